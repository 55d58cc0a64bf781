package io.flame4j.internal.pool;

import io.flame4j.Dispatch;
import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A scheduler with a clock set by hand, whose decisions are written down as words: {@code grant a 0} is the grant of a
 * slot on the first runner to waiter {@code a}. The scheduler checks itself after every event. Times are milliseconds.
 */
final class SchedulerFixture implements Decisions<String> {

    static final long MS = 1_000_000;
    static final long NONE = -1;

    /** Close to the end of the number range, so that times overflow in every test. */
    private static final long ORIGIN = Long.MAX_VALUE - 70 * MS;

    final PoolScheduler<String> pool;
    final List<Runner> runners = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private long now;

    private SchedulerFixture(SchedulerSettings settings) {
        pool = new PoolScheduler<>(settings, this, new SplittableRandom(1), ORIGIN);
    }

    static Options pool() {
        return new Options();
    }

    /** The decisions since the last call of this. */
    List<String> decisions() {
        List<String> result = List.copyOf(log);
        log.clear();
        pool.check();
        return result;
    }

    long now() {
        return now;
    }

    SchedulerFixture after(long millis) {
        now += millis;
        return this;
    }

    long nanos() {
        return ORIGIN + now * MS;
    }

    /** In milliseconds from the beginning; {@link #NONE} for never. */
    long nextWakeup() {
        long next = pool.nextWakeup();
        return next == SchedulerSettings.NEVER ? NONE : (next - ORIGIN) / MS;
    }

    void tick() {
        pool.tick(nanos());
        pool.check();
    }

    /** Advances to the next wake-up, and ticks. */
    void tickWhenDue() {
        now = Math.max(now, (pool.nextWakeup() - ORIGIN + MS - 1) / MS);
        tick();
    }

    int acquire() {
        Runner runner = pool.tryAcquire(nanos());
        pool.check();
        return runner == null ? -1 : index(runner);
    }

    Waiter<String> enqueue(String waiter) {
        return enqueue(waiter, NONE);
    }

    Waiter<String> enqueue(String waiter, long timeoutMillis) {
        Waiter<String> place = pool.enqueue(waiter, deadline(timeoutMillis), nanos());
        pool.check();
        return place;
    }

    Waiter<String> enqueueFirst(String waiter) {
        Waiter<String> place = pool.enqueueFirst(waiter, deadline(NONE), nanos());
        pool.check();
        return place;
    }

    private long deadline(long timeoutMillis) {
        return timeoutMillis == NONE ? SchedulerSettings.NEVER : nanos() + timeoutMillis * MS;
    }

    boolean cancel(Waiter<String> waiter) {
        return pool.cancel(waiter, nanos());
    }

    void release(int runner) {
        release(runner, NONE);
    }

    void release(int runner, long serviceMillis) {
        pool.release(runners.get(runner), serviceMillis == NONE ? -1 : serviceMillis * MS, nanos());
        pool.check();
    }

    void up(int... indexes) {
        for (int index : indexes) {
            pool.bootSucceeded(runners.get(index), nanos());
            pool.check();
        }
    }

    void bootFailed(int runner, boolean permanent) {
        pool.bootFailed(runners.get(runner), permanent, nanos());
        pool.check();
    }

    void draining(int runner, ShrinkReason reason) {
        pool.draining(runners.get(runner), reason, nanos());
        pool.check();
    }

    void lost(int runner) {
        pool.lost(runners.get(runner), nanos());
        pool.check();
    }

    void ended(int runner) {
        pool.ended(runners.get(runner), nanos());
        pool.check();
    }

    void gone(int runner) {
        pool.gone(runners.get(runner), nanos());
        pool.check();
    }

    void resize(int min, int max) {
        pool.resize(min, max, nanos());
        pool.check();
    }

    void close() {
        pool.close(nanos());
        pool.check();
    }

    void answer(int runner, boolean mayStop) {
        pool.idleCheckAnswered(runners.get(runner), mayStop, nanos());
        pool.check();
    }

    @Override
    public void grant(String waiter, Runner runner) {
        log.add("grant " + waiter + " " + index(runner));
    }

    @Override
    public void queued(String waiter) {
        log.add("queued " + waiter);
    }

    @Override
    public void expire(String waiter, boolean anyRunnerUp, long queuedSince) {
        log.add("expire " + waiter + (anyRunnerUp ? " up since " : " down since ") + (queuedSince - ORIGIN) / MS);
    }

    @Override
    public void rejectClosed(String waiter) {
        log.add("reject " + waiter);
    }

    @Override
    public void failBoot(String waiter, Runner failed) {
        log.add("failBoot " + waiter + " " + index(failed));
    }

    @Override
    public void boot(Runner runner) {
        runner.attachment = runners.size();
        runners.add(runner);
        log.add("boot " + index(runner));
    }

    @Override
    public void cancelBoot(Runner runner) {
        log.add("cancelBoot " + index(runner));
    }

    @Override
    public void drain(Runner runner, ShrinkReason reason) {
        log.add("drain " + index(runner) + " " + reason);
    }

    @Override
    public void stop(Runner runner, ShrinkReason reason) {
        log.add("stop " + index(runner) + " " + reason);
    }

    @Override
    public void askIdleCheck(Runner runner) {
        log.add("ask " + index(runner));
    }

    static int index(Runner runner) {
        return (Integer) runner.attachment;
    }

    /** The options of a test's pool: one slot per runner, at most four of them, none kept, unless said otherwise. */
    static final class Options {

        private int min = 0;
        private int max = 4;
        private int maxConcurrency = 1;
        private int headroom = 0;
        private int bootParallelism = 100;
        private Dispatch dispatch = Dispatch.SPREAD;
        private boolean singleUse;
        private int maxQueued = Integer.MAX_VALUE;
        private long idleNanos = SchedulerSettings.NEVER;
        private boolean idleCheck;
        private long minIdleNanos = SchedulerSettings.NEVER;

        Options min(int value) {
            min = value;
            return this;
        }

        Options max(int value) {
            max = value;
            return this;
        }

        Options maxConcurrency(int value) {
            maxConcurrency = value;
            return this;
        }

        Options headroom(int value) {
            headroom = value;
            return this;
        }

        Options bootParallelism(int value) {
            bootParallelism = value;
            return this;
        }

        Options dispatch(Dispatch value) {
            dispatch = value;
            return this;
        }

        Options singleUse() {
            singleUse = true;
            return this;
        }

        Options singleUse(boolean value) {
            singleUse = value;
            return this;
        }

        Options maxQueued(int value) {
            maxQueued = value;
            return this;
        }

        Options idle(long millis) {
            idleNanos = millis * MS;
            return this;
        }

        Options idleCheck() {
            return idleCheck(true);
        }

        Options idleCheck(boolean value) {
            idleCheck = value;
            return this;
        }

        Options minIdle(long millis) {
            minIdleNanos = millis * MS;
            return this;
        }

        SchedulerSettings settings() {
            return new SchedulerSettings(
                    min,
                    max,
                    maxConcurrency,
                    headroom,
                    bootParallelism,
                    dispatch,
                    singleUse,
                    maxQueued,
                    idleNanos,
                    idleCheck,
                    minIdleNanos,
                    SchedulerSettings.INITIAL_BACKOFF_NANOS,
                    SchedulerSettings.MAX_BACKOFF_NANOS);
        }

        /** Started; its first decisions are there to be read. */
        SchedulerFixture start() {
            SchedulerFixture fixture = new SchedulerFixture(settings());
            fixture.pool.start(fixture.nanos());
            return fixture;
        }

        /** Started, with so many runners ready and idle, as after a burst of calls; nothing in the log. */
        SchedulerFixture startWith(int ready) {
            SchedulerFixture fixture = start();
            while (fixture.pool.booting() + fixture.pool.ready() < ready) {
                fixture.enqueue("warm-up");
            }
            while (fixture.pool.ready() < ready) {
                fixture.up(fixture.pool.ready());
            }
            for (Runner runner : fixture.runners) {
                while (runner.busy() > 0) {
                    fixture.release(index(runner));
                }
            }
            fixture.decisions();
            return fixture;
        }
    }
}
