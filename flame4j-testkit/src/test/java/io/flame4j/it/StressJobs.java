package io.flame4j.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The tasks of {@link StressTest}. Every execution is a line in a file of its process, written before the task does
 * anything, so that it is counted however the process ends; a breach of the concurrency is another kind of line.
 */
final class StressJobs {

    private static final AtomicInteger RUNNING = new AtomicInteger();
    private static FileChannel log;

    private StressJobs() {}

    /** Takes a while, and returns its own number. */
    static long run(String directory, long number, int limit, int millis) throws InterruptedException {
        int running = RUNNING.incrementAndGet();
        try {
            note(directory, number + "\n");
            if (running > limit) {
                note(directory, "breach " + running + "\n");
            }
            if (millis > 0) {
                // Nobody opens it: a task of some length, which an interrupt ends.
                new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
            }
            return number;
        } finally {
            RUNNING.decrementAndGet();
        }
    }

    static long fail(String directory, long number, int limit) throws InterruptedException {
        run(directory, number, limit, 0);
        throw new IllegalStateException("task " + number);
    }

    static long exit(String directory, long number, int limit) throws InterruptedException {
        run(directory, number, limit, 0);
        Runtime.getRuntime().halt(9);
        return number;
    }

    /** Counts how often it was asked. */
    static final class Counter {
        private int count;

        int next() {
            return ++count;
        }
    }

    private static synchronized void note(String directory, String line) {
        try {
            if (log == null) {
                log = FileChannel.open(
                        Path.of(directory, "log-" + Jobs.pid()),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
            }
            boolean interrupted = Thread.interrupted();
            log.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        } catch (IOException e) {
            // An interrupt in the middle of the write closes the file; the line is there.
            log = null;
            if (!Thread.currentThread().isInterrupted()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** How often each line was written, in all processes together. */
    static Map<String, Integer> executions(Path directory) throws IOException {
        Map<String, Integer> lines = new HashMap<>();
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "log-*")) {
            for (Path file : logs) {
                for (String line : Files.readAllLines(file)) {
                    lines.merge(line, 1, Integer::sum);
                }
            }
        }
        return lines;
    }
}
