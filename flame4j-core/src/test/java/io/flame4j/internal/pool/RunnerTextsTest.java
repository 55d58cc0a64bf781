package io.flame4j.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
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
}
