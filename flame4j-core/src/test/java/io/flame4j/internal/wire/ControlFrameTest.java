package io.flame4j.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

    @Test
    void a_trace_keeps_its_lines_and_none_of_them_looks_like_ours() throws Exception {
        ControlFrame.InitFailed said =
                reread(new ControlFrame.InitFailed(HOSTILE + "\nAction: none", HOSTILE + "\n\tat A.b"));

        assertThat(said.message()).isEqualTo("why\n    2026-01-01 ERROR forged\\u001b[2J\\rover\n    Action: none");
        assertThat(said.trace()).isEqualTo("why\n    2026-01-01 ERROR forged\\u001b[2J\\rover\n    \tat A.b");
    }

    /** Three bytes for each of them. */
    @Test
    void a_long_message_leaves_room_for_the_trace() throws Exception {
        ControlFrame.InitFailed said =
                reread(new ControlFrame.InitFailed("\u4e16".repeat(50_000), "\u754c".repeat(50_000)));

        assertThat(said.message()).isEqualTo("\u4e16".repeat(ControlFrame.MAX_REPORT) + " …");
        assertThat(said.trace()).isEqualTo("\u754c".repeat(ControlFrame.MAX_TRACE) + " …");
    }

    private static ControlFrame.InitFailed reread(ControlFrame.InitFailed frame) throws Exception {
        return (ControlFrame.InitFailed) Objects.requireNonNull(ControlFrame.decode(frame.encode()));
    }
}
