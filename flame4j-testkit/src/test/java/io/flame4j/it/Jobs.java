package io.flame4j.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * What tasks of the fault tests do on runners, and how the tests watch them. Task and test meet in a directory: each
 * execution of a job leaves a file of its own, so that runs can be counted even when the runner dies.
 */
final class Jobs {

    /** For what has to happen, on a machine that does a lot besides. */
    static final Duration LONG = Duration.ofSeconds(60);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private Jobs() {}

    // ---- on the runner

    static long pid() {
        return ProcessHandle.current().pid();
    }

    /** Leaves a file that says that the job was run, and where. */
    static void mark(String directory, String job) {
        try {
            Path mark = Path.of(directory, job + ".run." + UUID.randomUUID());
            Path part = Path.of(directory, "part." + UUID.randomUUID());
            Files.writeString(part, Long.toString(pid()));
            Files.move(part, mark, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Marks its start, waits for the test to say go, and returns the process it ran in. */
    static long hold(String directory, String job) throws InterruptedException {
        // Made before it is needed: an interrupted task whose parent is gone has no time to lose.
        String interrupted = job + "-interrupted";
        mark(directory, job);
        awaitGo(directory, job, interrupted);
        return pid();
    }

    /** As {@link #hold}, but no interrupt stops it. */
    static long holdStubbornly(String directory, String job) {
        mark(directory, job);
        while (!mayGo(directory, job)) {
            Thread.interrupted();
            LockSupport.parkNanos(POLL_NANOS);
        }
        return pid();
    }

    private static void awaitGo(String directory, String job, String interrupted) throws InterruptedException {
        while (!mayGo(directory, job)) {
            if (Thread.interrupted()) {
                mark(directory, interrupted);
                throw new InterruptedException();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static boolean mayGo(String directory, String job) {
        return Files.exists(Path.of(directory, job + ".go"));
    }

    // ---- in the test

    static void go(Path directory, String job) {
        try {
            Files.createFile(directory.resolve(job + ".go"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The processes of all executions of a job so far, in no order. */
    static List<Long> runs(Path directory, String job) {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> marks = Files.newDirectoryStream(directory, job + ".run.*")) {
            for (Path mark : marks) {
                pids.add(Long.parseLong(Files.readString(mark)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pids;
    }

    /** Waits until a job was started so many times. */
    static List<Long> awaitRuns(Path directory, String job, int count) {
        return Awaitility.await(job + " started " + count + " times")
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(3))
                .pollDelay(Duration.ZERO)
                .until(() -> runs(directory, job), pids -> pids.size() >= count);
    }

    static long awaitRun(Path directory, String job) {
        return awaitRuns(directory, job, 1).get(0);
    }
}
