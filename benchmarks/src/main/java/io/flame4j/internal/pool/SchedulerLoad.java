package io.flame4j.internal.pool;

import io.flame4j.Dispatch;
import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Drives a {@link PoolScheduler} whose runners are all busy and whose queue is long, in batches of equal events, as the
 * pool's shell would: each event is followed by the question when time is next due. It sits in this package because the
 * scheduler is nobody else's.
 */
public final class SchedulerLoad {

    private static final int SMALLEST_BATCH = 2_000;
    private static final long MINUTE = 60_000_000_000L;

    private final Recorder recorder = new Recorder();
    private final PoolScheduler<Object> scheduler;
    private final PoolScheduler<Object> idle;
    private final SplittableRandom random = new SplittableRandom(42);

    /** Runners with a busy slot, in the order in which they were granted. */
    private final ArrayDeque<Runner> busy = recorder.granted;

    /** Places that may still be queued, in no order. */
    private final List<Waiter<Object>> places = new ArrayList<>();

    private final int batch;
    private long now = 1;
    private long sink;

    /** With so many slots for each runner, all taken, and so many waiters with different deadlines. */
    public SchedulerLoad(int runners, int slots, int waiters) {
        this.batch = Math.max(SMALLEST_BATCH, waiters / 10);
        this.idle = pool(runners, slots);
        this.scheduler = pool(runners, slots);
        for (Runner runner = scheduler.tryAcquire(now); runner != null; runner = scheduler.tryAcquire(now)) {
            busy.add(runner);
        }
        for (int i = 0; i < waiters; i++) {
            enqueue(MINUTE);
        }
    }

    private PoolScheduler<Object> pool(int runners, int slots) {
        SchedulerSettings settings = new SchedulerSettings(
                runners,
                runners,
                slots,
                0,
                runners,
                Dispatch.SPREAD,
                false,
                Integer.MAX_VALUE,
                MINUTE,
                false,
                SchedulerSettings.NEVER,
                SchedulerSettings.INITIAL_BACKOFF_NANOS,
                SchedulerSettings.MAX_BACKOFF_NANOS);
        PoolScheduler<Object> pool = new PoolScheduler<>(settings, recorder, new SplittableRandom(1), now);
        pool.start(now);
        for (Runner runner = recorder.booted.poll(); runner != null; runner = recorder.booted.poll()) {
            pool.bootSucceeded(runner, now);
        }
        return pool;
    }

    /** How many events a batch has. */
    public int batch() {
        return batch;
    }

    /** Calls that find no free slot. */
    public void enqueueBatch() {
        for (int i = 0; i < batch; i++) {
            enqueue(MINUTE);
        }
    }

    /** As before, with deadlines that {@link #expireBatch} passes; the others are later. */
    public void enqueueExpiringBatch() {
        for (int i = 0; i < batch; i++) {
            Object call = new Object();
            scheduler.enqueue(call, now + 1 + random.nextInt(1_000), now);
        }
        asked(scheduler);
    }

    /** Calls that end; each makes room for the first of the queue. */
    public void releaseBatch() {
        for (int i = 0; i < batch; i++) {
            scheduler.release(busy.remove(), 1_000, now += 10);
            asked(scheduler);
        }
    }

    /** As before, with the nanoseconds that each took; the queue is as long as before after it. */
    public long[] timedReleases() {
        long[] nanos = new long[batch];
        for (int i = 0; i < batch; i++) {
            Runner runner = busy.remove();
            now += 10;
            long began = System.nanoTime();
            scheduler.release(runner, 1_000, now);
            asked(scheduler);
            nanos[i] = System.nanoTime() - began;
            enqueue(MINUTE);
        }
        return nanos;
    }

    /** Callers that give up, from anywhere in the queue. */
    public void cancelBatch() {
        for (int cancelled = 0; cancelled < batch; ) {
            int index = random.nextInt(places.size());
            Waiter<Object> place = places.get(index);
            places.set(index, places.get(places.size() - 1));
            places.remove(places.size() - 1);
            if (scheduler.cancel(place, now += 10)) {
                cancelled++;
                asked(scheduler);
            }
        }
    }

    /** Time passes all the deadlines of {@link #enqueueExpiringBatch}. */
    public void expireBatch() {
        scheduler.tick(now += 1_001);
        asked(scheduler);
    }

    /** Calls that find a free slot and end, with nobody waiting: two events each. */
    public void acquireAndReleaseBatch() {
        for (int i = 0; i < batch; i++) {
            Runner runner = idle.tryAcquire(now += 10);
            asked(idle);
            if (runner != null) {
                idle.release(runner, 1_000, now += 10);
                asked(idle);
            }
        }
    }

    /** One call that waits and one that ends, for JMH. */
    public long releaseAndEnqueue() {
        scheduler.release(busy.remove(), 1_000, now += 10);
        asked(scheduler);
        Waiter<Object> place = scheduler.enqueue(recorder, now + MINUTE, now);
        asked(scheduler);
        return place == null ? sink : place.deadline;
    }

    private void enqueue(long time) {
        Object call = new Object();
        now += 10;
        Waiter<Object> place = scheduler.enqueue(call, now + time + random.nextInt(1_000_000), now);
        asked(scheduler);
        if (place != null) {
            places.add(place);
        }
        if (places.size() > 4 * (scheduler.queued() + batch)) {
            places.removeIf(each -> !each.isQueued());
        }
    }

    private void asked(PoolScheduler<Object> pool) {
        sink += pool.nextWakeup();
    }

    /** How many wait. */
    public int queued() {
        return scheduler.queued();
    }

    /** Notes what the driver needs of the decisions. */
    private static final class Recorder implements Decisions<Object> {

        private final ArrayDeque<Runner> booted = new ArrayDeque<>();
        private final ArrayDeque<Runner> granted = new ArrayDeque<>();

        @Override
        public void grant(Object waiter, Runner runner) {
            granted.add(runner);
        }

        @Override
        public void boot(Runner runner) {
            booted.add(runner);
        }

        @Override
        public void queued(Object waiter) {}

        @Override
        public void expire(Object waiter, boolean anyRunnerUp, long queuedSince) {}

        @Override
        public void rejectClosed(Object waiter) {}

        @Override
        public void failBoot(Object waiter, Runner failed) {}

        @Override
        public void cancelBoot(Runner runner) {}

        @Override
        public void drain(Runner runner, ShrinkReason reason) {}

        @Override
        public void stop(Runner runner, ShrinkReason reason) {}

        @Override
        public void askIdleCheck(Runner runner) {}
    }
}
