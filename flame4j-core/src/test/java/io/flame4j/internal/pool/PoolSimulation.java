package io.flame4j.internal.pool;

import static io.flame4j.internal.pool.SchedulerFixture.MS;

import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * A pool as it would run, in virtual time: calls arrive and take their time, boots take theirs and may fail, processes
 * end a moment after they were told to, and the scheduler is woken when it asked for it. Times are milliseconds.
 */
final class PoolSimulation implements Decisions<PoolSimulation.Call> {

    private static final long END_MILLIS = 1;

    /** A call to come: when, and how long it will run. */
    record Call(long at, double millis) {}

    private record Event(long nanos, long order, Runnable action) {}

    private final PoolScheduler<Call> pool;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::order));
    private final Map<Runner, Set<Call>> running = new HashMap<>();
    private final List<Long> bootTimes = new ArrayList<>();

    private IntToLongFunction bootMillis = boot -> 150;
    private IntPredicate bootFails = boot -> false;
    private long order;
    private long now;
    private long wakeup = SchedulerSettings.NEVER;
    private long lastGrant;
    private long lastCompletion;
    private int completed;
    private int mostReady;
    private int cancelled;

    PoolSimulation(SchedulerFixture.Options options) {
        pool = new PoolScheduler<>(options.settings(), this, new SplittableRandom(7), 0);
        pool.start(0);
    }

    PoolSimulation bootsTake(IntToLongFunction millisOfBoot) {
        bootMillis = millisOfBoot;
        return this;
    }

    PoolSimulation bootsFail(IntPredicate fails) {
        bootFails = fails;
        return this;
    }

    /** Lets so many calls arrive now. */
    PoolSimulation calls(int count, double millis) {
        return calls(now / MS, count, millis);
    }

    PoolSimulation calls(long atMillis, int count, double millis) {
        for (int i = 0; i < count; i++) {
            Call call = new Call(atMillis, millis);
            at(atMillis * MS, () -> arrive(call));
        }
        return this;
    }

    /** The first runner that is ready dies then; its process is noticed to be gone a moment later. */
    PoolSimulation killAt(long atMillis) {
        at(atMillis * MS, () -> {
            Runner victim = pool.runners().stream()
                    .filter(r -> r.state() == PoolScheduler.State.READY)
                    .findFirst()
                    .orElseThrow();
            running.remove(victim);
            pool.lost(victim, now);
            end(victim);
        });
        return this;
    }

    /** Runs until nothing is left to do before this time. */
    PoolSimulation runUntil(long millis) {
        while (!events.isEmpty() && events.peek().nanos <= millis * MS) {
            Event event = events.remove();
            now = event.nanos;
            event.action.run();
            pool.check();
            mostReady = Math.max(mostReady, pool.ready());
            long next = pool.nextWakeup();
            if (next != SchedulerSettings.NEVER && (next < wakeup || wakeup <= now)) {
                wakeup = Math.max(next, now);
                at(wakeup, () -> pool.tick(now));
            }
        }
        now = millis * MS;
        return this;
    }

    private void at(long nanos, Runnable action) {
        events.add(new Event(nanos, order++, action));
    }

    private void arrive(Call call) {
        Runner runner = pool.tryAcquire(now);
        if (runner != null) {
            grant(call, runner);
        } else {
            pool.enqueue(call, SchedulerSettings.NEVER, now);
        }
    }

    private void end(Runner runner) {
        at(now + END_MILLIS * MS, () -> pool.gone(runner, now));
    }

    @Override
    public void grant(Call call, Runner runner) {
        lastGrant = now;
        running.computeIfAbsent(runner, r -> Collections.newSetFromMap(new IdentityHashMap<>()))
                .add(call);
        long nanos = (long) (call.millis * MS);
        at(now + nanos, () -> {
            Set<Call> calls = running.get(runner);
            if (calls != null && calls.remove(call)) {
                completed++;
                lastCompletion = now;
                pool.release(runner, nanos, now);
            }
        });
    }

    @Override
    public void boot(Runner runner) {
        int index = bootTimes.size();
        bootTimes.add(now / MS);
        at(now + bootMillis.applyAsLong(index) * MS, () -> {
            if (bootFails.test(index)) {
                pool.bootFailed(runner, false, now);
                end(runner);
            } else {
                pool.bootSucceeded(runner, now);
            }
        });
    }

    @Override
    public void cancelBoot(Runner runner) {
        cancelled++;
        end(runner);
    }

    @Override
    public void stop(Runner runner, ShrinkReason reason) {
        end(runner);
    }

    @Override
    public void queued(Call waiter) {}

    @Override
    public void drain(Runner runner, ShrinkReason reason) {}

    @Override
    public void expire(Call waiter, boolean anyRunnerUp, long queuedSince) {
        throw new IllegalStateException("no call has a deadline");
    }

    @Override
    public void rejectClosed(Call waiter) {
        throw new IllegalStateException("the pool was not closed");
    }

    @Override
    public void failBoot(Call waiter, Runner failed) {
        throw new IllegalStateException("no failure is permanent");
    }

    @Override
    public void askIdleCheck(Runner runner) {
        throw new IllegalStateException("there is no idle check");
    }

    int ready() {
        return pool.ready();
    }

    int total() {
        return pool.total();
    }

    int mostReady() {
        return mostReady;
    }

    int completed() {
        return completed;
    }

    int cancelled() {
        return cancelled;
    }

    /** When boots began, in milliseconds. */
    List<Long> bootTimes() {
        return bootTimes;
    }

    long lastGrantMillis() {
        return lastGrant / MS;
    }

    long lastCompletionMillis() {
        return lastCompletion / MS;
    }
}
