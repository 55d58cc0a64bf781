package io.flame4j.kubernetes.internal.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

    @Test
    void options_that_a_jvm_does_not_start_with_come_with_the_places_to_look_at() {
        ExitCode end = ExitCode.of(
                1, List.of("Unrecognized VM option 'X'", "Error: Could not create the Java Virtual Machine."));

        assertThat(end.permanent()).isTrue();
        assertThat(end.cure()).contains("jvmOptions", "JAVA_TOOL_OPTIONS");
    }

    @Test
    void other_ends_with_that_code_say_nothing_of_options() {
        assertThat(ExitCode.of(1, List.of("Exception in thread \"main\"")).cure())
                .isEmpty();
        assertThat(ExitCode.of(1, List.of("Error: Could not reserve enough space for 4194304KB object heap"))
                        .cure())
                .isEmpty();
    }
}
