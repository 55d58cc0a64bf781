package io.flame4j.soak;

import io.flame4j.testkit.LeakCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What is done to processes from outside. */
final class Processes {

    private Processes() {}

    /** Ends a process as the kernel does when memory is short: at once, by one system call. */
    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Asks a process to end. */
    static void terminate(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }

    /** Freezes a process: it keeps its connections and says nothing. */
    static void freeze(long pid) {
        signal("STOP", pid);
    }

    static void thaw(long pid) {
        signal("CONT", pid);
    }

    private static void signal(String name, long pid) {
        if (run("kill", "-" + name, Long.toString(pid)) != 0 && isAlive(pid)) {
            throw new IllegalStateException("kill -" + name + " " + pid + " failed");
        }
    }

    /** Runs a command, and returns its exit code; -1 when there is no such command. */
    static int run(String... command) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return -1;
        }
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(String.join(" ", command) + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    /** Whether it runs; one that has ended and is only waited for does not. */
    static boolean isAlive(long pid) {
        return LeakCheck.isRunning(pid);
    }

    /** All processes with this text on their command lines, whoever their parent is. */
    static List<Long> withMark(String mark) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> isAlive(pid) && commandLine(pid).contains(mark))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
