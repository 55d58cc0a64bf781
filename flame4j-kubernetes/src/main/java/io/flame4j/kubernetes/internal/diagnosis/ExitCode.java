package io.flame4j.kubernetes.internal.diagnosis;

import io.flame4j.RunnerLostException.Reason;
import java.util.List;
import java.util.Map;

/**
 * What a runner's exit code means, with the last lines of its output.
 *
 * @param reason what a call sees
 * @param clause such as {@code exited with code 3}
 * @param cure a sentence without a full stop; empty when there is nothing to say
 * @param permanent whether it would do so again
 */
record ExitCode(Reason reason, String clause, String cure, boolean permanent) {

    static final int NOT_CONNECTED = 75;
    static final int REJECTED = 76;
    static final int INIT_FAILED = 77;
    static final int CONDEMNED = 78;
    static final int PARENT_LOST = 79;

    private static final int SIGNALS = 128;
    private static final int LAST_SIGNAL = SIGNALS + 64;

    private static final Map<Integer, String> SIGNAL_NAMES = Map.of(
            1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 9, "SIGKILL", 11, "SIGSEGV",
            15, "SIGTERM");

    /** What {@code -XX:+ExitOnOutOfMemoryError} and its kin print. */
    private static final List<String> OUT_OF_MEMORY = List.of(
            "Terminating due to java.lang.OutOfMemoryError",
            "Aborting due to java.lang.OutOfMemoryError",
            "There is insufficient memory for the Java Runtime Environment to continue");

    /** What a JVM prints that will never come up as it was started. */
    private static final List<String> PERMANENT = List.of(
            "Could not find or load main class",
            "Could not create the Java Virtual Machine",
            "Unrecognized VM option",
            "Unrecognized option",
            "Main method not found in class",
            "Unable to access jarfile",
            "has been compiled by a more recent version of the Java Runtime",
            "Error occurred during initialization of boot layer",
            "Error opening zip file or JAR manifest missing",
            "Could not find agent library",
            "could not open `");

    static ExitCode of(int code, List<String> lines) {
        String exited = "exited with code " + code;
        if (code != 0 && mentions(lines, OUT_OF_MEMORY)) {
            return new ExitCode(
                    Reason.OUT_OF_MEMORY,
                    "ran out of memory (exit code " + code + ")",
                    "Give runners more, or fewer calls at a time",
                    false);
        }
        return switch (code) {
            case 0 -> exit(exited, "", false);
            case NOT_CONNECTED ->
                exit(
                        exited + ": it could not connect to its parent",
                        "Check that a NetworkPolicy lets runners reach the parent's address and port",
                        false);
            case REJECTED -> exit(exited + ": the parent rejected it", "", true);
            case INIT_FAILED -> exit(exited + ": its initializer failed", "", true);
            case CONDEMNED ->
                exit(
                        exited + ": it had no memory or threads left",
                        "Give runners more memory, or fewer calls at a time",
                        false);
            case PARENT_LOST -> exit(exited + ": it lost the connection to its parent", "", false);
            case 126, 127 ->
                exit(exited + ": its command was not found or may not be executed", "Check command(…)", true);
            default ->
                code > SIGNALS && code <= LAST_SIGNAL
                        ? signalled(code)
                        : exit(exited, "", code == 1 && mentions(lines, PERMANENT));
        };
    }

    private static ExitCode signalled(int code) {
        int signal = code - SIGNALS;
        String name = SIGNAL_NAMES.getOrDefault(signal, "signal " + signal);
        String end = name + ", exit code " + code;
        return switch (signal) {
            case 9 ->
                exit(
                        "was killed (" + end + ")",
                        "If nobody did that, it may be the node's out-of-memory killer: see the node's kernel log",
                        false);
            case 4, 6, 7, 11 -> exit("crashed (" + end + ")", "", false);
            default -> exit("was ended by " + name + " (exit code " + code + ")", "", false);
        };
    }

    private static ExitCode exit(String clause, String cure, boolean permanent) {
        return new ExitCode(Reason.EXITED, clause, cure, permanent);
    }

    private static boolean mentions(List<String> lines, List<String> texts) {
        return lines.stream().anyMatch(line -> texts.stream().anyMatch(line::contains));
    }
}
