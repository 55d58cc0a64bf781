package io.flame4j.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final Duration LATE = BOUND.plus(Scenario.NOISE).plusMillis(1);

    private final Ledger ledger = new Ledger();

    private void noticed(Duration after) {
        ledger.add("killed", BOUND, new StageResult(1, List.of(), List.of(), List.of(), List.of(), List.of(after)));
    }

    @Test
    void one_that_was_noticed_late_once_is_in_doubt_until_there_are_three() {
        assertThat(ledger.isInDoubt("killed")).isFalse();
        noticed(LATE);
        assertThat(ledger.isInDoubt("killed")).isTrue();
        noticed(LATE);
        assertThat(ledger.isInDoubt("killed")).isTrue();
        noticed(LATE);
        assertThat(ledger.isInDoubt("killed")).isFalse();
        assertThat(ledger.violations())
                .singleElement()
                .asString()
                .isEqualTo("killed: noticed after 2501 ms in the median, and not within 2000");
    }

    @Test
    void one_late_of_three_is_a_stall_and_one_very_late_is_not() {
        noticed(LATE);
        noticed(BOUND);
        noticed(BOUND);
        assertThat(ledger.isInDoubt("killed")).isFalse();
        assertThat(ledger.violations()).isEmpty();

        noticed(BOUND);
        noticed(BOUND.plus(Scenario.NOISE.multipliedBy(10)).plusMillis(1));
        assertThat(ledger.violations())
                .singleElement()
                .asString()
                .startsWith("killed: once noticed only after 7001 ms");
    }
}
