package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TroubleTest {

    private final RecordedLog log = new RecordedLog();
    private final Trouble trouble = new Trouble(log, "It works again");

    @Test
    void one_line_when_it_begins_and_one_when_it_is_over() {
        trouble.failed("a", "It broke.", 0);
        trouble.failed("b", "It broke too.", 1);
        trouble.failed("a", "It broke.", 2);
        trouble.succeeded("a", 3);
        trouble.succeeded("c", 4);
        trouble.succeeded("b", Duration.ofMillis(2500).toNanos());
        trouble.succeeded("b", Duration.ofMillis(2600).toNanos());
        assertThat(log.lines())
                .containsExactly(
                        "WARN It broke. It is tried again, ever less often; a line here says when it goes through.",
                        "INFO It works again after 2.5 s.");
    }

    @Test
    void it_is_not_over_because_somebody_gave_up() {
        trouble.failed("a", "It broke.", 0);
        trouble.ended("a");
        trouble.failed("b", "It broke.", 1);
        trouble.ended("b");
        assertThat(log.lines()).hasSize(1);
        trouble.succeeded("c", Duration.ofSeconds(9).toNanos());
        assertThat(log.lines()).last().isEqualTo("INFO It works again after 9.0 s.");
    }

    @Test
    void trouble_can_come_again() {
        trouble.failed("a", "It broke.", 0);
        trouble.succeeded("a", 1);
        trouble.failed("a", "It broke.", 2);
        assertThat(log.lines()).hasSize(3);
    }
}
