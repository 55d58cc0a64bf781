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

        RunnerLostException lost = new RunnerTexts("thumbs", "thumbs-1").lost("pod a", ended, null);

        assertThat(lost)
                .hasMessageContaining(" line 11.\n")
                .hasMessageContaining(" line 60.")
                .hasMessageNotContaining(" line 10.");
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
