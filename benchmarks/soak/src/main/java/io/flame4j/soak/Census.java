package io.flame4j.soak;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Counts, again and again while nothing is going on, what must not become more and more. Used by one thread. */
final class Census {

    /**
     * One count.
     *
     * @param seconds since the run began
     * @param heap bytes after a collection
     * @param descriptors open files and sockets; 0 where that is not known
     * @param runners processes, however they are doing
     * @param calls so far
     * @param failures so far: calls without a value, as is to be expected when so much is broken
     */
    record Sample(long seconds, long heap, long threads, long descriptors, long runners, long calls, long failures) {

        Map<String, Object> json() {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("seconds", seconds);
            all.put("heap", heap);
            all.put("threads", threads);
            all.put("descriptors", descriptors);
            all.put("runners", runners);
            all.put("calls", calls);
            all.put("failures", failures);
            return all;
        }

        String text() {
            return String.format(
                    Locale.ROOT,
                    "%d:%02d  heap %.1f MiB, %d threads, %d descriptors, %d runners, %,d calls, %,d failures",
                    seconds / 60,
                    seconds % 60,
                    heap / (double) (1 << 20),
                    threads,
                    descriptors,
                    runners,
                    calls,
                    failures);
        }
    }

    /** What may become more although nothing leaks: caches that fill, buffers of the JDK, a thread of it. */
    enum Bounded {
        HEAP(Sample::heap, 12L << 20),
        THREADS(Sample::threads, 8),
        DESCRIPTORS(Sample::descriptors, 12),
        RUNNERS(Sample::runners, 1);

        private final ToLongFunction<Sample> value;
        private final long spare;

        Bounded(ToLongFunction<Sample> value, long spare) {
            this.value = value;
            this.spare = spare;
        }
    }

    /** Fewer say nothing about a trend. */
    private static final int ENOUGH = 6;

    private static final Duration SETTLED_AFTER = Duration.ofSeconds(1);
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(10);

    private final List<Sample> samples = new ArrayList<>();

    List<Sample> samples() {
        return samples;
    }

    void add(Sample sample) {
        samples.add(sample);
    }

    static Sample take(long seconds, long calls, long failures) {
        awaitSettled();
        return new Sample(
                seconds,
                heapAfterCollection(),
                threads(),
                descriptors(),
                ProcessHandle.current()
                        .descendants()
                        .filter(process -> Processes.isAlive(process.pid()))
                        .count(),
                calls,
                failures);
    }

    /** Until threads and descriptors have not become fewer for a moment: some end a little after what they were for. */
    private static void awaitSettled() {
        long leastThreads = Long.MAX_VALUE;
        long leastDescriptors = Long.MAX_VALUE;
        long end = System.nanoTime() + SETTLED_WITHIN.toNanos();
        long fell = System.nanoTime();
        while (System.nanoTime() < end && System.nanoTime() - fell < SETTLED_AFTER.toNanos()) {
            long threads = threads();
            long descriptors = descriptors();
            if (threads < leastThreads || descriptors < leastDescriptors) {
                fell = System.nanoTime();
            }
            leastThreads = Math.min(leastThreads, threads);
            leastDescriptors = Math.min(leastDescriptors, descriptors);
            Await.pass(Duration.ofMillis(20));
        }
    }

    private static long threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static long heapAfterCollection() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long descriptors() {
        long count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : all) {
                count++;
            }
        } catch (IOException e) {
            // Not Linux.
            return 0;
        }
        return count;
    }

    /** What has grown: between the first quarter, when all has been done once, and the last, by more than it may. */
    List<String> growth() {
        List<String> found = new ArrayList<>();
        if (samples.size() < ENOUGH) {
            return found;
        }
        int quarter = Math.max(2, samples.size() / 4);
        for (Bounded kind : Bounded.values()) {
            long early = median(kind, samples.subList(1, 1 + quarter));
            long late = median(kind, samples.subList(samples.size() - quarter, samples.size()));
            if (late > early + kind.spare) {
                found.add(kind.name().toLowerCase(Locale.ROOT) + " grew from " + early + " to " + late);
            }
        }
        return found;
    }

    private static long median(Bounded kind, List<Sample> some) {
        long[] values = some.stream().mapToLong(kind.value).sorted().toArray();
        return values[values.length / 2];
    }
}
