package io.flame4j.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What others say ends up in logs, messages and exceptions. */
class ControlFrameTest {

    private static final String HOSTILE = "why\n2026-01-01 ERROR forged\u001b[2J\rover";

    static Stream<ControlFrame> talkative() {
        return Stream.of(
                new ControlFrame.Reject(HOSTILE),
                new ControlFrame.Draining(HOSTILE),
                new ControlFrame.Condemned(0, HOSTILE),
                new ControlFrame.CheckAnswer(1, ControlFrame.CheckAnswer.FAILED, HOSTILE),
                new ControlFrame.Goodbye(HOSTILE, Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("talkative")
    void what_the_other_side_says_is_one_line_without_controls(ControlFrame frame) throws Exception {
        assertThat(String.valueOf(ControlFrame.decode(frame.encode())))
                .contains("why\\n2026-01-01 ERROR forged\\u001b[2J\\rover")
                .doesNotContain("\n", "\r", "\u001b");
    }

    @ParameterizedTest
    @MethodSource("talkative")
    void a_trace_keeps_its_lines_and_none_of_them_looks_like_ours(ControlFrame frame) throws Exception {
        String said = String.valueOf(ControlFrame.decode(new ControlFrame.InitFailed(frame + "\n\tat A.b").encode()));
        assertThat(said)
                .contains("\n    2026-01-01 ERROR forged\\u001b[2J\\rover")
                .contains("\n    \tat A.b");
    }
}
