package io.flame4j.benchmarks;

import io.flame4j.Dispatch;
import io.flame4j.FlamePool;
import io.flame4j.MapOptions;
import io.flame4j.benchmarks.scale.HostedRunners;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One parent with very many runners, which are threads of one other process, each with its own connections: what an idle one costs
 * the parent, how many calls a second it spreads over them, and a map over very many inputs.
 */
final class Scale implements Bench.Measure {

    private static final int CALLERS = 200;

    /** So that all runners are needed at a time: idle ones would be left alone, so that they can stop. */
    private static final long WORK_MILLIS = 15;

    private static final long BOOT_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final double KIB = 1024;

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public void run(Bench bench) throws Exception {
        int runners = bench.effort().manyRunners();
        int few = Math.max(1, runners / 10);
        try (HostedRunners backend = HostedRunners.start();
                FlamePool pool = FlamePool.builder("bench-scale")
                        .backend(backend)
                        .min(few)
                        .max(runners)
                        .maxConcurrency(2)
                        .dispatch(Dispatch.SPREAD)
                        .idleShutdownAfter(Duration.ofMinutes(10))
                        .build()) {
            String many = runners + " runners, ";
            awaitReady(pool, few, System.nanoTime());
            // What the first ones need beside their own is there by now.
            double heapBefore = settledHeap();
            double directBefore = direct();
            long began = System.nanoTime();
            pool.resize(runners, runners);
            int more = runners - few;
            add(bench, more + " more to " + many + "all ready after", "ms", awaitReady(pool, runners, began) / 1e6);
            add(bench, many + "heap for each on the parent", "KiB", (settledHeap() - heapBefore) / KIB / more);
            add(bench, many + "direct memory for each on the parent", "KiB", (direct() - directBefore) / KIB / more);
            add(bench, many + "threads of the parent for all", "threads", threads());
            calls(bench, pool, many, "platform", task -> new Thread(task, "bench-caller"));
            ThreadFactory virtual = virtualThreads();
            if (virtual != null) {
                calls(bench, pool, many, "virtual", virtual);
            }
            map(bench, pool);
        }
    }

    private void add(Bench bench, String metric, String unit, double value) {
        bench.figures().add(name(), metric, "parent", unit, value);
    }

    private static long awaitReady(FlamePool pool, int runners, long began) throws InterruptedException {
        while (pool.stats().ready() < runners) {
            if (System.nanoTime() - began > BOOT_NANOS) {
                throw new IllegalStateException("only " + pool.stats().ready() + " runners are ready");
            }
            Thread.sleep(1);
        }
        return System.nanoTime() - began;
    }

    /** After a collection, in bytes. */
    private static double usedHeap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** The least of a few, since what a cleaner or a reference still holds goes with one of the next collections. */
    private static double settledHeap() {
        double least = usedHeap();
        for (int same = 0; same < 3; ) {
            double now = usedHeap();
            same = now < least ? 0 : same + 1;
            least = Math.min(least, now);
        }
        return least;
    }

    /** Of all buffers outside the heap, in bytes. */
    private static double direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Those of flame4j. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("flame4j-"))
                .count();
    }

    private void calls(Bench bench, FlamePool pool, String many, String kind, ThreadFactory factory) throws Exception {
        String metric = many + CALLERS + " callers on " + kind + " threads";
        long nanos = TimeUnit.MILLISECONDS.toNanos(5L * bench.effort().throughputMillis());
        run(pool, factory, 0, nanos);
        for (int round = 0; round < bench.effort().rounds(); round++) {
            bench.progress(() -> "scale: calls from " + kind + " threads");
            add(
                    bench,
                    metric + ", no-op",
                    "calls/s",
                    run(pool, factory, 0, nanos).perSecond());
            Answered answered = run(pool, factory, WORK_MILLIS, nanos);
            String work = metric + ", tasks of " + WORK_MILLIS + " ms";
            add(bench, work, "calls/s", answered.perSecond());
            LongSummaryStatistics each = answered.byRunner().values().stream()
                    .mapToLong(LongAdder::sum)
                    .summaryStatistics();
            double mean = (double) each.getSum() / bench.effort().manyRunners();
            double least = answered.byRunner().size() < bench.effort().manyRunners() ? 0 : each.getMin();
            add(bench, work + ", of the least busy runner", "% of the mean", 100 * least / mean);
            add(bench, work + ", of the busiest runner", "% of the mean", 100 * each.getMax() / mean);
        }
    }

    /**
     * Calls answered.
     *
     * @param byRunner by the runner's name
     * @param nanos from the first call's begin to the last one's end, which is after what was planned
     */
    private record Answered(Map<String, LongAdder> byRunner, long nanos) {
        double perSecond() {
            return byRunner.values().stream().mapToLong(LongAdder::sum).sum() * 1e9 / nanos;
        }
    }

    /** A call returns the runner's own thread's name, which begins with the runner's. */
    private static Answered run(FlamePool pool, ThreadFactory factory, long millis, long nanos) throws Exception {
        Map<String, LongAdder> answered = new ConcurrentHashMap<>();
        AtomicReference<Exception> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(CALLERS);
        long began = System.nanoTime();
        long end = began + nanos;
        for (int i = 0; i < CALLERS; i++) {
            factory.newThread(() -> {
                        try {
                            // At least one, however late the thread is: no calls have no mean.
                            do {
                                String thread = pool.call(() -> work(millis));
                                answered.computeIfAbsent(runner(thread), name -> new LongAdder())
                                        .increment();
                            } while (System.nanoTime() < end);
                        } catch (Exception e) {
                            failure.set(e);
                        } finally {
                            done.countDown();
                        }
                    })
                    .start();
        }
        done.await();
        long took = System.nanoTime() - began;
        if (failure.get() != null) {
            throw failure.get();
        }
        return new Answered(answered, took);
    }

    private static String work(long millis) throws InterruptedException {
        if (millis > 0) {
            Thread.sleep(millis);
        }
        return Thread.currentThread().getName();
    }

    private static String runner(String thread) {
        int end = thread.lastIndexOf("-slot-");
        return end < 0 ? thread : thread.substring(0, end);
    }

    /** Where the JDK has them; this is compiled for one that does not. */
    private static @Nullable ThreadFactory virtualThreads() throws ReflectiveOperationException {
        if (Runtime.version().feature() < 21) {
            return null;
        }
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    }

    private void map(Bench bench, FlamePool pool) {
        int inputs = bench.effort().mapInputs();
        bench.progress(() -> "scale: a map over " + inputs + " inputs");
        double before = usedHeap();
        long[] seen = new long[1];
        double[] grown = new double[2];
        long began = System.nanoTime();
        try (Stream<Integer> all = Stream.iterate(0, i -> i < inputs, i -> i + 1)) {
            pool.mapStream(all, (Integer i) -> i + 1, MapOptions.defaults()).forEach(result -> {
                seen[0]++;
                if (seen[0] == inputs / 10) {
                    grown[0] = usedHeap() - before;
                } else if (seen[0] == inputs - inputs / 10) {
                    grown[1] = usedHeap() - before;
                }
            });
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        if (seen[0] != inputs) {
            throw new IllegalStateException(seen[0] + " results of " + inputs + " inputs");
        }
        String metric = "map over " + inputs + " inputs";
        add(bench, metric, "inputs/s", inputs / seconds);
        add(bench, metric + ", heap in use after a tenth", "KiB", grown[0] / KIB);
        add(bench, metric + ", heap in use after nine tenths", "KiB", grown[1] / KIB);
    }
}
