package io.flame4j.backend;

import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * How a runner ended.
 *
 * @param reason what a call that was running sees as {@link RunnerLostException#reason()}
 * @param message a clause that says what happened, such as {@code exited with code 3}
 * @param exitCode the exit code of the process, when known
 * @param lastLines the last lines of its output, when known, oldest first
 * @param permanent whether a runner that ends this way before it is ready will do so again
 * @param bootReason which kind of failed boot it is when it ends before it is ready
 * @since 0.1
 */
public record RunnerExit(
        RunnerLostException.Reason reason,
        String message,
        OptionalInt exitCode,
        List<String> lastLines,
        boolean permanent,
        RunnerBootException.Reason bootReason) {

    /** Checks and copies. */
    public RunnerExit {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(exitCode, "exitCode");
        Objects.requireNonNull(bootReason, "bootReason");
        lastLines = List.copyOf(lastLines);
    }

    /**
     * The end of a runner, which is {@link RunnerBootException.Reason#ENDED} when it comes before it is ready.
     *
     * @param reason what a call that was running sees as {@link RunnerLostException#reason()}
     * @param message a clause that says what happened, such as {@code exited with code 3}
     * @param exitCode the exit code of the process, when known
     * @param lastLines the last lines of its output, when known, oldest first
     * @param permanent whether a runner that ends this way before it is ready will do so again
     */
    public RunnerExit(
            RunnerLostException.Reason reason,
            String message,
            OptionalInt exitCode,
            List<String> lastLines,
            boolean permanent) {
        this(reason, message, exitCode, lastLines, permanent, RunnerBootException.Reason.ENDED);
    }
}
