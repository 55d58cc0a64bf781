package io.flame4j.benchmarks;

import io.flame4j.internal.pool.SchedulerLoad;

/** What the pure scheduler takes for a decision, by the size of the pool and of its queue. */
final class Scheduling implements Bench.Measure {

    private static final int SLOTS = 100;

    @Override
    public String name() {
        return "scheduler";
    }

    @Override
    public void run(Bench bench) {
        for (int runners : bench.effort().runners()) {
            for (int waiters : bench.effort().waiters()) {
                bench.progress(() -> "scheduler: " + runners + " runners, " + waiters + " waiters");
                SchedulerLoad load = new SchedulerLoad(runners, SLOTS, waiters);
                for (int i = 0; i < Math.max(3, bench.effort().warmUp() / 2_000); i++) {
                    round(load);
                }
                for (int i = 0; i < bench.effort().rounds(); i++) {
                    add(bench, runners, waiters, round(load));
                }
            }
        }
    }

    private record Nanos(
            double enqueue, double releaseAndGrant, double median, double cancel, double expire, double acquireFree) {}

    private static Nanos round(SchedulerLoad load) {
        int batch = load.batch();
        double enqueue = nanos(batch, load::enqueueBatch);
        double release = nanos(batch, load::releaseBatch);
        double median = new Samples(load.timedReleases()).micros(0.5) * 1e3;
        load.enqueueBatch();
        double cancel = nanos(batch, load::cancelBatch);
        load.enqueueExpiringBatch();
        double expire = nanos(batch, load::expireBatch);
        double acquire = nanos(2L * batch, load::acquireAndReleaseBatch);
        return new Nanos(enqueue, release, median, cancel, expire, acquire);
    }

    private static double nanos(long events, Runnable batch) {
        long began = System.nanoTime();
        batch.run();
        return (double) (System.nanoTime() - began) / events;
    }

    private static void add(Bench bench, int runners, int waiters, Nanos nanos) {
        String size = runners + " runners, " + waiters + " waiters";
        Figures figures = bench.figures();
        figures.add("scheduler", size, "enqueue", "ns", nanos.enqueue);
        figures.add("scheduler", size, "release and grant", "ns", nanos.releaseAndGrant);
        figures.add("scheduler", size, "release and grant, median", "ns", nanos.median);
        figures.add("scheduler", size, "cancel", "ns", nanos.cancel);
        figures.add("scheduler", size, "expire", "ns", nanos.expire);
        figures.add("scheduler", size, "acquire or release, nobody waiting", "ns", nanos.acquireFree);
        // One call that has to wait: it is queued, and granted when another ends.
        double decisions = 2e9 / (nanos.enqueue + nanos.releaseAndGrant);
        figures.add("scheduler", size, "decisions", "/s", decisions);
    }
}
