package io.flame4j.it;

import io.flame4j.testkit.LeakCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What is done to processes from outside. */
final class Processes {

    private Processes() {}

    /** Ends a process as the kernel does when memory is short. */
    static void kill(long pid) {
        signal("KILL", pid);
    }

    /** Freezes a process: it keeps its connections and says nothing. Waits until all of its threads stand still. */
    static void freeze(long pid) {
        signal("STOP", pid);
        Path threads = Path.of("/proc", Long.toString(pid), "task");
        if (Files.isDirectory(threads)) {
            Awaitility.await("process " + pid + " to stand still")
                    .atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> stand(threads));
        }
    }

    private static boolean stand(Path threads) throws IOException {
        try (Stream<Path> all = Files.list(threads)) {
            return all.allMatch(Processes::stands);
        } catch (NoSuchFileException | UncheckedIOException e) {
            if (Files.exists(threads)) {
                throw e;
            }
            // It has ended meanwhile.
            return true;
        }
    }

    private static boolean stands(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            // Stopped, or at its end, where nothing stops it any more.
            return "TZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
        } catch (IOException e) {
            // It has ended meanwhile.
            return true;
        }
    }

    static void thaw(long pid) {
        signal("CONT", pid);
    }

    static void terminate(long pid) {
        signal("TERM", pid);
    }

    private static void signal(String name, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(30, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("kill -" + name + " " + pid + " failed");
            }
        } catch (IOException e) {
            throw new IllegalStateException("kill -" + name + " " + pid + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Whether it runs; one that has ended and is only waited for does not. */
    static boolean isAlive(long pid) {
        return LeakCheck.isRunning(pid);
    }

    static void awaitEnd(long pid, Duration time) {
        Awaitility.await("end of process " + pid)
                .atMost(time)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !isAlive(pid));
    }
}
