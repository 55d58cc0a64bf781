package io.flame4j.internal.pool;

import io.flame4j.FlameException;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
import io.flame4j.internal.bytes.LogText;
import io.flame4j.internal.closure.EncodedTask;
import io.flame4j.internal.wire.Protocol;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words for what becomes of one runner. */
final class RunnerTexts {

    private static final int MAX_LINES = 50;
    private static final int LONGEST_LINE = 10_000;

    /** Exit codes from here on stand for signals. */
    private static final int FIRST_SIGNAL = 128;

    /** Of HotSpot. */
    private static final int EXIT_ON_OUT_OF_MEMORY = 3;

    /** What HotSpot prints when it crashes, also where that ends it with exit code 1 and not by a signal. */
    private static final String CRASH = "A fatal error has been detected by the Java Runtime Environment";

    /** Of shells and container runtimes. */
    private static final int NOT_EXECUTABLE = 126;

    private static final int NO_COMMAND = 127;

    private final String pool;
    private final String id;

    RunnerTexts(String pool, String id) {
        this.pool = pool;
        this.id = id;
    }

    RunnerBootException notStarted(
            RunnerBootException.Reason reason, String why, boolean permanent, @Nullable Throwable cause) {
        return notStarted("", reason, why, permanent, cause);
    }

    private RunnerBootException notStarted(
            String which, RunnerBootException.Reason reason, String why, boolean permanent, @Nullable Throwable cause) {
        return new RunnerBootException(
                "Pool '" + pool + "': runner " + id + which + " could not be started: " + why,
                reason,
                permanent,
                cause);
    }

    /**
     * Its initializer failed.
     *
     * @param what is wrong
     * @param trace the stack trace there, or empty. That is for the log, once, and not for the message, which each caller logs; it
     *     becomes the cause
     */
    RunnerBootException initializerFailed(String what, String trace) {
        FlameException there = null;
        if (!trace.isEmpty()) {
            there = new FlameException("On the runner: " + trace);
            there.setStackTrace(new StackTraceElement[0]);
        }
        return notStarted(
                RunnerBootException.Reason.INITIALIZER,
                "its initializer failed, and would again: " + what,
                true,
                there);
    }

    /** The stack trace of a failed initializer; what other boots fail of is said by their messages. */
    static @Nullable Throwable remoteTrace(RunnerBootException failure) {
        return failure.reason() == RunnerBootException.Reason.INITIALIZER ? failure.getCause() : null;
    }

    /** The runner ended before it was ready. */
    RunnerBootException endedEarly(String description, RunnerExit ended, @Nullable String broken) {
        return notStarted(
                " (" + description + ")",
                ended.bootReason(),
                "it " + ended.message() + (broken == null ? "" : " (before that: " + broken + ")") + "."
                        + lastLines(ended.lastLines()),
                ended.permanent(),
                null);
    }

    RunnerLostException lost(String description, Reason reason, String clause) {
        return lost(description, reason, clause, List.of());
    }

    /**
     * The runner ended; its connection may have broken before.
     *
     * @param told whether it had been told to end
     */
    RunnerLostException lost(String description, RunnerExit ended, @Nullable String broken, boolean told) {
        return lost(
                description,
                ended.reason(),
                "it " + ended.message() + (broken == null ? "" : " (before that: " + broken + ")")
                        + (told ? "" : endedByItself(ended)),
                ended.lastLines());
    }

    /** Only a task can have done that, or what it uses: the codes of a runner's own ends and of signals are others. */
    private static String endedByItself(RunnerExit ended) {
        int code = ended.exitCode().orElse(-1);
        boolean ownCode = code >= Protocol.EXIT_NOT_CONNECTED && code <= Protocol.EXIT_PARENT_LOST;
        if (code < 0
                || code >= FIRST_SIGNAL
                || ownCode
                || code == NOT_EXECUTABLE
                || code == NO_COMMAND
                || ended.reason() != Reason.EXITED
                || !ended.message().startsWith("exited with code")
                || ended.lastLines().stream().anyMatch(line -> line.contains(CRASH))) {
            return "";
        }
        return ". Nobody had told it to end: most likely a task, or a library that it uses, has called System.exit or"
                + " Runtime.halt; have it throw an exception instead"
                + (code == EXIT_ON_OUT_OF_MEMORY
                        ? ". A JVM with -XX:+ExitOnOutOfMemoryError ends so too: then give it more memory"
                        : "");
    }

    private RunnerLostException lost(String description, Reason reason, String clause, List<String> lines) {
        return new RunnerLostException(
                "Pool '" + pool + "': runner " + id + " (" + description + ") was lost: " + clause
                        + ". Its tasks may have run wholly, in part or not at all; use " + EncodedTask.RETRIES
                        + " for tasks that"
                        + " are safe to repeat." + lastLines(lines),
                id,
                reason,
                null);
    }

    RunnerLostException shutDown() {
        return new RunnerLostException(
                "Pool '" + pool + "': runner " + id + " was shut down while the task may have been running, because its"
                        + " pool was.",
                id,
                Reason.SHUTDOWN,
                null);
    }

    private static String lastLines(List<String> lines) {
        if (lines.isEmpty()) {
            return "";
        }
        List<String> last = lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size());
        return last.stream()
                .map(line -> LogText.oneLine(line, LONGEST_LINE))
                .collect(Collectors.joining("\n    ", " The last lines of its output:\n    ", ""));
    }
}
