package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.RunnerLostException.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What exit codes and last lines mean. */
class ProcessEndTest {

    @Test
    void exit_code() {
        RunnerExit exit = end(3, "bye");

        assertThat(exit.reason()).isEqualTo(Reason.EXITED);
        assertThat(exit.message()).isEqualTo("exited with code 3");
        assertThat(exit.exitCode()).hasValue(3);
        assertThat(exit.lastLines()).containsExactly("bye");
        assertThat(exit.permanent()).isFalse();
    }

    @Test
    void killed_by_someone() {
        assertThat(end(137).message()).contains("SIGKILL").contains("137").contains("out-of-memory killer");
        assertThat(ProcessEnd.of(137, 1, List.of(), false, false, false, false).message())
                .contains("SIGKILL")
                .doesNotContain("kernel");
        assertThat(end(137).reason()).isEqualTo(Reason.EXITED);
        assertThat(end(143).message()).isEqualTo("was ended by SIGTERM (exit code 143)");
        assertThat(end(160).message()).isEqualTo("was ended by signal 32 (exit code 160)");
        assertThat(end(255).message()).isEqualTo("exited with code 255");
    }

    @Test
    void killed_by_its_pool() {
        assertThat(ProcessEnd.of(137, 1, List.of(), true, false, false, true).message())
                .isEqualTo("was killed by its pool (exit code 137)");
    }

    @Test
    void crash() {
        assertThat(end(134).message()).contains("crashed").contains("SIGABRT").contains("hs_err_pid4711.log");
    }

    @Test
    void no_signals_on_windows() {
        assertThat(ProcessEnd.of(137, 1, List.of(), false, false, true, false).message())
                .isEqualTo("exited with code 137");
    }

    @Test
    void out_of_memory() {
        assertThat(end(3, "Terminating due to java.lang.OutOfMemoryError: Java heap space")
                        .reason())
                .isEqualTo(Reason.OUT_OF_MEMORY);
        assertThat(end(134, "Aborting due to java.lang.OutOfMemoryError: Metaspace")
                        .reason())
                .isEqualTo(Reason.OUT_OF_MEMORY);
        assertThat(end(0, "Terminating due to java.lang.OutOfMemoryError").reason())
                .isEqualTo(Reason.EXITED);
    }

    @Test
    void the_cure_of_an_end_is_said() {
        assertThat(end(3, "Terminating due to java.lang.OutOfMemoryError: Java heap space")
                        .message())
                .isEqualTo(
                        "ran out of memory (exit code 3). Give runners more (heap of ProcessBackend.builder(), or -Xmx),"
                                + " or fewer calls at a time (maxConcurrency of the pool)");
        assertThat(end(1, "# There is insufficient memory for the Java Runtime Environment to continue.")
                        .message())
                .isEqualTo(
                        "ran out of memory that is none of its heap (exit code 1). Give the machine or the container more,"
                                + " or runners a smaller heap (heap of ProcessBackend.builder(), or -Xmx)");
        assertThat(end(3, "Terminating due to java.lang.OutOfMemoryError: Metaspace")
                        .message())
                .contains("none of its heap");
        assertThat(end(1, "Error occurred during initialization of VM", "Too small maximum heap")
                        .message())
                .contains("exited with code 1. Its JVM does not start with the options")
                .contains("jvmOptions");
        assertThat(end(1, "Error: Could not find or load main class x.Y").message())
                .isEqualTo("exited with code 1");
        assertThat(end(1, "Error: Could not reserve enough space", "Error: Could not create the Java Virtual Machine.")
                        .message())
                .startsWith("exited with code 1. There is no room for its heap: look at heap of");
    }

    @Test
    void what_will_never_work_is_permanent() {
        assertThat(end(1, "Error: Could not find or load main class x.Y").permanent())
                .isTrue();
        assertThat(end(1, "Unrecognized VM option 'X'", "Error: Could not create the Java Virtual Machine.")
                        .permanent())
                .isTrue();
        assertThat(end(1, "Error: Could not reserve enough space", "Error: Could not create the Java Virtual Machine.")
                        .permanent())
                .isFalse();
        assertThat(end(2, "Unrecognized option: x").permanent()).isFalse();
        assertThat(end(1, "Exception in thread \"main\" java.lang.IllegalStateException")
                        .permanent())
                .isFalse();
    }

    @Test
    void the_application_s_own_main_is_told_about() {
        assertThat(ProcessEnd.of(0, 1, List.of(), false, true, false, true).message())
                .contains("exited with code 0")
                .contains("runIfRunner");
    }

    private static RunnerExit end(int code, String... lines) {
        return ProcessEnd.of(code, 4711, List.of(lines), false, false, false, true);
    }
}
