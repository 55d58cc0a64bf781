package io.flame4j.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunnerTextsTest {

    @Test
    void who_loses_a_runner_sees_the_last_fifty_lines_of_it() {
        List<String> lines =
                IntStream.rangeClosed(1, 60).mapToObj(i -> "line " + i + ".").toList();
        RunnerExit ended = new RunnerExit(Reason.EXITED, "exited with code 3", OptionalInt.of(3), lines, false);

        RunnerLostException lost = new RunnerTexts("thumbs", "thumbs-1").lost("pod a", ended, null, false);

        assertThat(lost)
                .hasMessageContaining(" line 11.\n")
                .hasMessageContaining(" line 60.")
                .hasMessageNotContaining(" line 10.");
    }

    private static RunnerLostException lost(int code, String message, boolean told) {
        RunnerExit ended = new RunnerExit(Reason.EXITED, message, OptionalInt.of(code), List.of(), false);
        return new RunnerTexts("thumbs", "thumbs-1").lost("process 7", ended, "the connection was closed", told);
    }

    @Test
    void a_jvm_that_ended_without_being_told_to_was_ended_by_a_task() {
        assertThat(lost(0, "exited with code 0", false))
                .hasMessage(
                        "Pool 'thumbs': runner thumbs-1 (process 7) was lost: it exited with code 0 (before that: the"
                                + " connection was closed). Nobody had told it to end: most likely a task, or a library that it"
                                + " uses, has called System.exit or Runtime.halt; have it throw an exception instead. Its tasks may"
                                + " have run wholly, in part or not at all; use CallOptions.retries for tasks that are safe to"
                                + " repeat.");
        assertThat(lost(3, "exited with code 3", false))
                .hasMessageContaining("System.exit")
                .hasMessageContaining("-XX:+ExitOnOutOfMemoryError");
        assertThat(lost(5, "exited with code 5 on node a", false))
                .hasMessageContaining("System.exit")
                .hasMessageNotContaining("OutOfMemory");
    }

    @Test
    void no_task_is_blamed_for_an_end_that_has_another_cause() {
        String blame = "System.exit";
        assertThat(lost(0, "exited with code 0", true)).hasMessageNotContaining(blame);
        assertThat(lost(78, "exited with code 78", false)).hasMessageNotContaining(blame);
        assertThat(lost(143, "was ended by SIGTERM (exit code 143)", false)).hasMessageNotContaining(blame);
        assertThat(lost(1, "was killed by its pool (exit code 1)", false)).hasMessageNotContaining(blame);
        assertThat(lost(127, "exited with code 127", false)).hasMessageNotContaining(blame);
        RunnerExit crashed = new RunnerExit(
                Reason.EXITED,
                "exited with code 1",
                OptionalInt.of(1),
                List.of("#", "# A fatal error has been detected by the Java Runtime Environment:"),
                false);
        assertThat(new RunnerTexts("thumbs", "thumbs-1").lost("process 7", crashed, null, false))
                .hasMessageNotContaining(blame);
    }

    @Test
    void the_trace_of_an_initializer_is_the_cause_and_not_in_the_message() {
        RunnerBootException failure = new RunnerTexts("thumbs", "thumbs-1")
                .initializerFailed("no model.", "Größe-1\n    Caused by: A\n    \tat A.b");

        assertThat(failure)
                .hasMessage(
                        "Pool 'thumbs': runner thumbs-1 could not be started: its initializer failed, and would again:"
                                + " no model.");
        assertThat(RunnerTexts.remoteTrace(failure))
                .hasMessage("On the runner: Größe-1\n    Caused by: A\n    \tat A.b")
                .hasNoCause();
        assertThat(new RunnerTexts("thumbs", "thumbs-1").initializerFailed("no model.", ""))
                .hasNoCause();
    }

    /** The thread that listens to all runners makes these texts of what one of them sends. */
    @Test
    void the_time_that_a_text_takes_does_not_grow_with_its_square() {
        String blank = "\n".repeat(160_010) + "x";

        assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> new RunnerTexts("thumbs", "thumbs-1").initializerFailed(blank, blank));
    }
}
