package io.flame4j.kubernetes.internal.diagnosis;

import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.JvmOutput;
import java.util.List;
import java.util.Map;

/**
 * What a container's exit code means, with the last lines of its output.
 *
 * @param reason what a call sees
 * @param event such as {@code exited with code 3}
 * @param details what follows the place of the event; may be empty
 * @param cure a sentence without a full stop; empty when there is nothing to say
 * @param permanent whether it would do so again
 */
record ExitCode(Reason reason, String event, String details, String cure, boolean permanent) {

    // Those of runners, as in docs/PROTOCOL.md.
    static final int NOT_CONNECTED = 75;
    static final int REJECTED = 76;
    static final int INIT_FAILED = 77;
    static final int CONDEMNED = 78;
    static final int PARENT_LOST = 79;

    private static final int NOT_EXECUTABLE = 126;
    private static final int NO_COMMAND = 127;
    private static final String OPTIONS =
            "Its JVM does not start with the options that it was given: look at jvmOptions"
                    + " of the backend's builder, at the parent's own options, which runners get too, and at the container's"
                    + " JAVA_TOOL_OPTIONS and JDK_JAVA_OPTIONS";

    private static final int SIGNALS = 128;
    private static final int LAST_SIGNAL = SIGNALS + 64;

    private static final Map<Integer, String> SIGNAL_NAMES = Map.of(
            1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 9, "SIGKILL", 11, "SIGSEGV",
            15, "SIGTERM");

    static ExitCode of(int code, List<String> lines) {
        if (code != 0 && JvmOutput.saysOutOfMemory(lines)) {
            return new ExitCode(
                    Reason.OUT_OF_MEMORY,
                    "ran out of memory",
                    " (exit code " + code + ")",
                    "Give runners more, or fewer calls at a time",
                    false);
        }
        return switch (code) {
            case NOT_CONNECTED ->
                exited(
                        code,
                        ", because it could not connect to its parent",
                        "Check that a NetworkPolicy lets runners reach the parent's address and port",
                        false);
            case REJECTED -> exited(code, ", because its parent rejected it", "", true);
            case INIT_FAILED -> exited(code, ", because its initializer failed", "", true);
            case CONDEMNED ->
                exited(
                        code,
                        ", because it had no memory or threads left",
                        "Give runners more memory, or fewer calls at a time",
                        false);
            case PARENT_LOST -> exited(code, ", because it lost the connection to its parent", "", false);
            case NOT_EXECUTABLE, NO_COMMAND ->
                exited(
                        code,
                        ", because its command was not found or may not be executed",
                        "See command(…) of the backend's builder",
                        true);
            default ->
                code > SIGNALS && code <= LAST_SIGNAL
                        ? signalled(code)
                        : exited(
                                code,
                                "",
                                code == 1 && JvmOutput.saysItsOptionsAreWrong(lines) ? OPTIONS : "",
                                code == 1 && JvmOutput.saysItNeverStarts(lines));
        };
    }

    private static ExitCode signalled(int code) {
        int signal = code - SIGNALS;
        String name = SIGNAL_NAMES.getOrDefault(signal, "signal " + signal);
        String details = " (" + name + ", exit code " + code + ")";
        return switch (signal) {
            case 9 ->
                new ExitCode(
                        Reason.EXITED,
                        "was killed",
                        details,
                        "If nobody did that, it was the node's out-of-memory killer, as the node's kernel log says",
                        false);
            case 4, 6, 7, 11 -> new ExitCode(Reason.EXITED, "crashed", details, "", false);
            default -> new ExitCode(Reason.EXITED, "was ended by a signal", details, "", false);
        };
    }

    private static ExitCode exited(int code, String details, String cure, boolean permanent) {
        return new ExitCode(Reason.EXITED, "exited with code " + code, details, cure, permanent);
    }
}
