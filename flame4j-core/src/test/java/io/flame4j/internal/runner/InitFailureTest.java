package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlameException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class InitFailureTest {

    @Test
    void says_what_is_wrong_once_and_then_where() {
        FlameException e = new FlameException("No context.\n\nAction:\n\nDefine a bean.", new IOException("no file"));

        assertThat(InitFailure.explain(e).message()).isEqualTo("No context.\n\nAction:\n\nDefine a bean.");
        assertThat(InitFailure.explain(e).trace())
                .startsWith("io.flame4j.FlameException")
                .doesNotContain("Define a bean")
                .contains("Caused by: java.io.IOException: no file")
                .contains("\tat ");
        assertThat(InitFailure.brief(e, true))
                .isEqualTo("io.flame4j.FlameException: No context. Its parent has logged the whole of it.");
        assertThat(InitFailure.brief(e, false)).isEqualTo("io.flame4j.FlameException: No context.");
    }

    @Test
    void the_cause_of_a_short_message_is_part_of_it() {
        IOException cause = new IOException("no file");

        assertThat(InitFailure.explain(new FlameException("no propagator(...)", cause))
                        .message())
                .isEqualTo("no propagator(...)\nCaused by: java.io.IOException: no file.");
        assertThat(InitFailure.explain(new FlameException("no propagator: " + cause, cause))
                        .message())
                .isEqualTo("no propagator: java.io.IOException: no file.");
    }

    @Test
    void the_causes_of_others_are_part_of_it() {
        IllegalStateException e = new IllegalStateException("not ready", new IOException("no file"));

        assertThat(InitFailure.explain(e).message())
                .isEqualTo("java.lang.IllegalStateException: not ready\nCaused by: java.io.IOException: no file.");
        assertThat(InitFailure.explain(e).trace())
                .startsWith("java.lang.IllegalStateException" + System.lineSeparator() + "\tat ");
        assertThat(InitFailure.brief(e, true)).isEqualTo("java.lang.IllegalStateException: not ready");
    }
}
