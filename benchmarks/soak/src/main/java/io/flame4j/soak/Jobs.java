package io.flame4j.soak;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What tasks do on runners, and how it is seen from the parent. They meet in a directory: each execution of a call is a
 * line in a file of its process, written before the task does anything, so that it is counted however the process ends.
 */
final class Jobs {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
    private static final String RUNS = "runs-";

    private Jobs() {}

    // ---- on the runner

    static long pid() {
        return ProcessHandle.current().pid();
    }

    /** This call runs here. */
    static synchronized void note(String directory, long number) {
        // A stream, since an interrupt would close a channel in the middle of the line.
        try (FileOutputStream out =
                new FileOutputStream(Path.of(directory, RUNS + pid()).toFile(), true)) {
            out.write((number + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a while, and returns its own number. */
    static long take(String directory, long number, int millis) throws InterruptedException {
        note(directory, number);
        if (millis > 0) {
            // Nobody opens it: a task of some length, which an interrupt ends.
            new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        }
        return number;
    }

    static long fail(String directory, long number) {
        note(directory, number);
        throw new IllegalStateException("task " + number);
    }

    static long halt(String directory, long number) {
        note(directory, number);
        Runtime.getRuntime().halt(9);
        return number;
    }

    /** Brings its number and as many bytes as it is told. */
    static byte[] bytes(String directory, long number, int size) {
        note(directory, number);
        byte[] bytes = new byte[size];
        stamp(bytes, number);
        return bytes;
    }

    /** Looks whether the argument is what was sent, and gives it back. */
    static byte[] echo(String directory, long number, byte[] argument) {
        note(directory, number);
        if (!isStamped(argument, number)) {
            throw new IllegalStateException("something else has come");
        }
        return argument;
    }

    /** Tells where it runs, waits to be told to go on, and returns its number. */
    static long hold(String directory, long number, String job) throws InterruptedException {
        note(directory, number);
        mark(directory, job);
        while (Files.notExists(Path.of(directory, job + ".go"))) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return number;
    }

    /** Leaves a file that says that the job was begun, and where. */
    static void mark(String directory, String job) {
        try {
            Path part = Path.of(directory, "part." + UUID.randomUUID());
            Files.writeString(part, Long.toString(pid()));
            Files.move(part, Path.of(directory, job + ".run." + UUID.randomUUID()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- on both sides

    static void stamp(byte[] bytes, long number) {
        for (int i = 0; i < bytes.length; i += 1021) {
            bytes[i] = (byte) (number * 31 + i);
        }
    }

    static boolean isStamped(byte[] bytes, long number) {
        byte[] expected = new byte[bytes.length];
        stamp(expected, number);
        return Arrays.equals(bytes, expected);
    }

    // ---- in the parent

    static void go(Path directory, String job) {
        try {
            Files.createFile(directory.resolve(job + ".go"));
        } catch (FileAlreadyExistsException e) {
            // Told before.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The processes in which a job was begun so far, in no order. */
    static List<Long> begun(Path directory, String job) {
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

    /** How often each call ran, in all processes together. */
    static Map<Long, Integer> runs(Path directory) throws IOException {
        Map<Long, Integer> runs = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, RUNS + "*")) {
            for (Path file : files) {
                for (String line : Files.readAllLines(file)) {
                    runs.merge(Long.parseLong(line), 1, Integer::sum);
                }
            }
        }
        return runs;
    }
}
