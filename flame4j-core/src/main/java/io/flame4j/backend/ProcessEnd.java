package io.flame4j.backend;

import io.flame4j.RunnerLostException.Reason;
import java.io.File;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** Says what a JVM's exit code and last lines mean. */
final class ProcessEnd {

    /** The first exit code that stands for a signal, in Unix shells and in {@link Process#exitValue()}. */
    private static final int SIGNALS = 128;

    private static final int LAST_SIGNAL = SIGNALS + 64;

    private static final Map<Integer, String> SIGNAL_NAMES = Map.of(
            1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 9, "SIGKILL", 11, "SIGSEGV", 15,
            "SIGTERM");

    private ProcessEnd() {}

    static RunnerExit of(int code, long pid, List<String> lines, boolean killed, boolean originalMain) {
        boolean windows = File.separatorChar == '\\';
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
        return of(code, pid, lines, killed, originalMain, windows, linux);
    }

    static RunnerExit of(
            int code,
            long pid,
            List<String> lines,
            boolean killed,
            boolean originalMain,
            boolean windows,
            boolean linux) {
        boolean outOfMemory = !killed && code != 0 && JvmOutput.saysOutOfMemory(lines);
        String message = "exited with code " + code;
        if (killed && code != 0) {
            message = "was killed by its pool (exit code " + code + ")";
        } else if (outOfMemory) {
            message = JvmOutput.saysHeapIsNotToBlame(lines)
                    ? "ran out of memory that is none of its heap (exit code " + code
                            + "). Give the machine or the container more, or runners a smaller heap (heap of"
                            + " ProcessBackend.builder(), or -Xmx)"
                    : "ran out of memory (exit code " + code + "). Give runners more (heap of"
                            + " ProcessBackend.builder(), or -Xmx), or fewer calls at a time (maxConcurrency of the pool)";
        } else if (!windows && code > SIGNALS && code <= LAST_SIGNAL) {
            message = signalled(code, pid, linux);
        }
        if (code == 1 && !killed && JvmOutput.saysItsOptionsAreWrong(lines)) {
            message += ". Its JVM does not start with the options that it was given: look at heap and jvmOptions of"
                    + " ProcessBackend.builder(), at the options of this JVM, which runners get too, and at the"
                    + " environment variables JAVA_TOOL_OPTIONS and JDK_JAVA_OPTIONS";
        }
        if (code == 1 && !killed && JvmOutput.saysNoRoomForItsHeap(lines)) {
            message +=
                    ". There is no room for its heap: look at heap of ProcessBackend.builder(), or at -Xmx, and at the"
                            + " memory of the machine or container";
        }
        if (originalMain && !killed) {
            message += ". It was started through the application's own main, which must call FlameRunner.runIfRunner()"
                    + " before anything else";
        }
        boolean permanent = code == 1 && !killed && JvmOutput.saysItNeverStarts(lines);
        return new RunnerExit(
                outOfMemory ? Reason.OUT_OF_MEMORY : Reason.EXITED, message, OptionalInt.of(code), lines, permanent);
    }

    private static String signalled(int code, long pid, boolean linux) {
        int signal = code - SIGNALS;
        String name = SIGNAL_NAMES.getOrDefault(signal, "signal " + signal);
        return switch (signal) {
            case 9 ->
                "was killed (SIGKILL, exit code 137)"
                        + (linux
                                ? "; if nobody did that, it may be the kernel's out-of-memory killer: see dmesg, or"
                                        + " memory.events of the control group"
                                : "");
            case 4, 6, 11 ->
                "crashed (" + name + ", exit code " + code + "); look for hs_err_pid" + pid
                        + ".log in its working directory";
            default -> "was ended by " + name + " (exit code " + code + ")";
        };
    }
}
