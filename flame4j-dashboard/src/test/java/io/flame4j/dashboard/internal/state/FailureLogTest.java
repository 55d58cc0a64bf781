package io.flame4j.dashboard.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.dashboard.internal.state.FailureLog.Entry;
import io.flame4j.dashboard.internal.state.FailureLog.Failure;
import io.flame4j.dashboard.internal.state.FailureLog.Kind;
import org.junit.jupiter.api.Test;

class FailureLogTest {

    private final FailureLog log = new FailureLog(3);

    @Test
    void keepsTheLastOnesNewestFirst() {
        for (int i = 1; i <= 5; i++) {
            log.add(failure("m" + i), i);
        }

        assertThat(log.newestFirst())
                .extracting(entry -> entry.failure().message())
                .containsExactly("m5", "m4", "m3");
    }

    @Test
    void tellsEqualOnesAsOne() {
        log.add(failure("other"), 1);
        for (int i = 2; i <= 1_000; i++) {
            log.add(failure("same"), i);
        }
        log.add(failure("other"), 2_000);

        assertThat(log.newestFirst())
                .containsExactly(new Entry(failure("other"), 2_000, 2), new Entry(failure("same"), 1_000, 999));
    }

    @Test
    void cutsLongTexts() {
        Failure failure = new Failure(Kind.CALL, "t".repeat(100_000), "m".repeat(100_000));

        assertThat(failure.what()).hasSize(FailureLog.MOST_CHARACTERS).endsWith("…");
        assertThat(failure.message()).hasSize(FailureLog.MOST_CHARACTERS).endsWith("…");
    }

    private static Failure failure(String message) {
        return new Failure(Kind.BOOT, "thumbs-1", message);
    }
}
