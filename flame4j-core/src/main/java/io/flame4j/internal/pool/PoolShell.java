package io.flame4j.internal.pool;

import io.flame4j.BootPhase;
import io.flame4j.CallTimeoutException;
import io.flame4j.PoolClosedException;
import io.flame4j.PoolListener;
import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.PoolSaturatedException;
import io.flame4j.PoolStats;
import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock around the {@link PoolScheduler}. Every event enters under {@code lock}, the scheduler's decisions are noted
 * down, and they are carried out after the lock was left, by the thread that brought the event. Nothing that may block
 * and nobody else's code runs under the lock.
 *
 * <p>Longer than the house rule: every event and every decision passes here, each with a method of a few lines.
 */
final class PoolShell implements Decisions<Waiting> {

    private static final Logger LOG = LoggerFactory.getLogger(PoolShell.class);

    private final String name;
    private final LongSupplier clock;
    private final PoolEvents events;
    private final RunnerFactory factory;
    private final TimeoutMessages messages;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by lock. */
    private final PoolScheduler<Waiting> scheduler;

    /** Guarded by lock: what is to be done once it is left. */
    private List<Decision> decided = new ArrayList<>();

    /** Guarded by lock: what the listener is to hear of the present event, in order. */
    private final List<Consumer<PoolListener>> news = new ArrayList<>();

    /** Guarded by lock: threads in {@link #await}. */
    private int awaiting;

    /** What keeps the backend from booting more; asked under the lock, and does not block. */
    private final Supplier<String> whyNoRoom;

    private volatile @Nullable PoolTimer timer;
    private volatile boolean closed;

    /** Something to be done with the lock left; returns what became due by it. */
    private interface Decision {
        List<Decision> carryOut();
    }

    /** Makes the pool's own object for a runner that the scheduler wants booted. */
    interface RunnerFactory {
        ManagedRunner create(Runner runner);
    }

    PoolShell(
            PoolConfig config,
            SchedulerSettings settings,
            LongSupplier clock,
            PoolEvents events,
            RunnerFactory factory) {
        this.name = config.name();
        this.clock = clock;
        this.events = events;
        this.factory = factory;
        this.messages = new TimeoutMessages(name);
        this.whyNoRoom = config.backend()::whyNoRoom;
        this.scheduler = new PoolScheduler<>(settings, this, new SplittableRandom(), clock.getAsLong());
    }

    void start(PoolTimer newTimer) {
        timer = newTimer;
        lock.lock();
        try {
            scheduler.start(clock.getAsLong());
        } finally {
            leave();
        }
    }

    private void then(Runnable action) {
        decided.add(() -> {
            action.run();
            return List.of();
        });
    }

    /** Unlocks and carries out what was decided. */
    private void leave() {
        carryOut(unlock());
    }

    /** Unlocks; returns what was decided. */
    private List<Decision> unlock() {
        List<Decision> todo = List.of();
        long wake;
        try {
            if (!decided.isEmpty()) {
                todo = decided;
                decided = new ArrayList<>();
            }
            if (awaiting > 0) {
                changed.signalAll();
            }
            if (!news.isEmpty()) {
                news.forEach(events::note);
                news.clear();
            }
            wake = scheduler.nextWakeup();
        } finally {
            lock.unlock();
        }
        PoolTimer current = timer;
        if (current != null) {
            current.wakeBy(wake);
        }
        events.deliver();
        return todo;
    }

    /**
     * One decision that fails must not take the others along: somebody waits for each of them, and this thread may be
     * one that has no part in it. A loop, because each slot that nobody takes goes to the next in the queue.
     */
    private void carryOut(List<Decision> decisions) {
        if (decisions.isEmpty()) {
            return;
        }
        ArrayDeque<Decision> todo = new ArrayDeque<>(decisions);
        for (Decision next = todo.poll(); next != null; next = todo.poll()) {
            try {
                todo.addAll(next.carryOut());
            } catch (RuntimeException | Error e) {
                LOG.error("Pool '{}': a decision could not be carried out", name, e);
            }
        }
    }

    /** A granted slot that was not taken is free again. */
    private List<Decision> takeBack(Runner runner) {
        List<Decision> next;
        lock.lock();
        try {
            scheduler.release(runner, -1, clock.getAsLong());
        } finally {
            next = unlock();
        }
        return next;
    }

    /** Of the event that comes in, ahead of what it made the scheduler decide. */
    private void tellFirst(Consumer<PoolListener> event) {
        news.add(0, event);
    }

    // ---- calls

    /** A slot that is free at once, or null. */
    @Nullable
    Runner tryAcquire() {
        lock.lock();
        try {
            return scheduler.tryAcquire(clock.getAsLong());
        } finally {
            leave();
        }
    }

    /**
     * Queues a call.
     *
     * @param again whether it was granted a slot before and never ran there: it goes to the front
     * @throws PoolSaturatedException when the queue is full
     */
    Waiter<Waiting> enqueue(Waiting waiting, long deadline, boolean again) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            if (again) {
                return scheduler.enqueueFirst(waiting, deadline, now);
            }
            Waiter<Waiting> place = scheduler.enqueue(waiting, deadline, now);
            if (place == null) {
                throw new PoolSaturatedException(
                        "Pool '" + name + "': the call was refused: no slot is free (" + occupation() + "), "
                                + scheduler.queued() + " calls wait, and maxQueued allows no more. Raise max,"
                                + " maxConcurrency or maxQueued, or call less.",
                        null);
            }
            return place;
        } finally {
            leave();
        }
    }

    /** Takes a call from the queue; false when it was granted or refused already. */
    boolean cancel(Waiter<Waiting> place) {
        lock.lock();
        try {
            return scheduler.cancel(place, clock.getAsLong());
        } finally {
            leave();
        }
    }

    /** Gives a slot back. */
    void release(Runner runner, long serviceNanos) {
        lock.lock();
        try {
            scheduler.release(runner, serviceNanos, clock.getAsLong());
        } finally {
            leave();
        }
    }

    void hold(Runner runner) {
        lock.lock();
        try {
            scheduler.hold(runner, clock.getAsLong());
        } finally {
            leave();
        }
    }

    void releaseHeld(Runner runner) {
        lock.lock();
        try {
            scheduler.releaseHeld(runner, clock.getAsLong());
        } finally {
            leave();
        }
    }

    // ---- runners

    /** False when nobody wants the runner any more. */
    boolean bootSucceeded(ManagedRunner runner, Duration bootTime) {
        lock.lock();
        try {
            int runners = liveRunners();
            boolean wanted = scheduler.bootSucceeded(runner.scheduled(), clock.getAsLong());
            if (wanted) {
                tellFirst(listener -> listener.onGrowEnd(name, runner.id(), runners, bootTime));
            }
            return wanted;
        } finally {
            leave();
        }
    }

    void bootFailed(ManagedRunner runner, RunnerBootException failure) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            firstBootFailure = firstBootFailure == null ? failure : firstBootFailure;
            scheduler.bootFailed(runner.scheduled(), failure.isPermanent(), now);
            Duration retry = Duration.ofNanos(scheduler.retryAfterNanos(now));
            tellFirst(listener -> listener.onBootFailed(name, runner.id(), failure, retry));
        } finally {
            leave();
        }
    }

    void draining(ManagedRunner runner, ShrinkReason reason) {
        lock.lock();
        try {
            boolean counted = runner.scheduled().isLive();
            int others = liveRunners() - (counted ? 1 : 0);
            scheduler.draining(runner.scheduled(), reason, clock.getAsLong());
            if (runner.markShrunk()) {
                tellFirst(listener -> listener.onShrink(name, runner.id(), others, reason));
            }
        } finally {
            leave();
        }
    }

    void lost(ManagedRunner runner) {
        lock.lock();
        try {
            scheduler.lost(runner.scheduled(), clock.getAsLong());
        } finally {
            leave();
        }
    }

    /** It takes no more calls; {@link #lost} follows unless it had said so. */
    void ended(ManagedRunner runner) {
        lock.lock();
        try {
            scheduler.ended(runner.scheduled(), clock.getAsLong());
        } finally {
            leave();
        }
    }

    void lossKnown(ManagedRunner runner, RunnerLostException loss) {
        events.tell(listener -> listener.onRunnerLost(name, runner.id(), loss));
    }

    /** {@link #tellNoted} is to follow. */
    void noteBootPhase(ManagedRunner runner, BootPhase phase, Duration took) {
        events.note(listener -> listener.onBootPhase(name, runner.id(), phase, took));
    }

    void tellNoted() {
        events.deliver();
    }

    void gone(ManagedRunner runner) {
        lock.lock();
        try {
            scheduler.gone(runner.scheduled(), clock.getAsLong());
        } finally {
            leave();
        }
    }

    void idleCheckAnswered(ManagedRunner runner, boolean mayStop) {
        lock.lock();
        try {
            scheduler.idleCheckAnswered(runner.scheduled(), mayStop, clock.getAsLong());
        } finally {
            leave();
        }
    }

    void resize(int min, int max) {
        lock.lock();
        try {
            scheduler.resize(min, max, clock.getAsLong());
        } finally {
            leave();
        }
    }

    /** Refuses all calls from now on. False when that was done before. */
    boolean close() {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            scheduler.close(clock.getAsLong());
            return true;
        } finally {
            leave();
        }
    }

    boolean isClosed() {
        return closed;
    }

    PoolClosedException closedException() {
        return new PoolClosedException(
                "Pool '" + name + "' is closed; the call did not run. Build a new pool to go on.", null);
    }

    /** Does what time makes due; says when it is next to be called. */
    long tick(long now) {
        lock.lock();
        try {
            scheduler.tick(now);
        } finally {
            leave();
        }
        lock.lock();
        try {
            return scheduler.nextWakeup();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until so many runners are ready, less those that have idled out meanwhile, or a boot has failed.
     *
     * @return the failure, if there was one first
     */
    @Nullable
    RunnerBootException awaitFirst(int runners) throws InterruptedException {
        lock.lock();
        try {
            awaiting++;
            // Nobody replaces a runner of the minimum that has idled out: it was ready, and is not waited for again.
            while (scheduler.ready() < Math.min(runners, scheduler.floor()) && !closed) {
                if (firstBootFailure != null) {
                    return firstBootFailure;
                }
                changed.await();
            }
            return null;
        } finally {
            awaiting--;
            lock.unlock();
        }
    }

    /**
     * Waits until a condition on the scheduler holds.
     *
     * @return false when it still does not after the time
     */
    boolean await(Predicate<PoolScheduler<Waiting>> condition, Duration time) throws InterruptedException {
        long rest = time.toNanos();
        lock.lock();
        try {
            awaiting++;
            while (!condition.test(scheduler)) {
                if (rest <= 0) {
                    return false;
                }
                rest = changed.awaitNanos(rest);
            }
            return true;
        } finally {
            awaiting--;
            lock.unlock();
        }
    }

    PoolStats stats(Map<Refusal, Long> refused) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            List<PoolStats.RunnerStats> runners = new ArrayList<>();
            for (Runner runner : scheduler.runners()) {
                runners.add(managed(runner).stats(now));
            }
            return new PoolStats(
                    name,
                    scheduler.min(),
                    scheduler.max(),
                    scheduler.booting(),
                    scheduler.ready(),
                    scheduler.leaving(),
                    scheduler.slots(),
                    scheduler.busySlots(),
                    scheduler.queued(),
                    Duration.ofNanos(scheduler.bootTimeNanos()),
                    scheduler.totals(),
                    runners,
                    refused);
        } finally {
            lock.unlock();
        }
    }

    /** The runners that are not gone. */
    List<ManagedRunner> runners() {
        lock.lock();
        try {
            List<ManagedRunner> all = new ArrayList<>(scheduler.total());
            for (Runner runner : scheduler.runners()) {
                all.add(managed(runner));
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    private static ManagedRunner managed(Runner runner) {
        return (ManagedRunner) Objects.requireNonNull(runner.attachment);
    }

    /** Those that take calls, or will. */
    private int liveRunners() {
        return scheduler.booting() + scheduler.ready();
    }

    private String occupation() {
        return scheduler.busySlots() + " of " + scheduler.slots() + " slots of " + scheduler.ready()
                + " ready runners busy, " + scheduler.booting() + " booting, max " + scheduler.max();
    }

    // ---- what the scheduler decides; called under the lock

    @Override
    public void grant(Waiting waiter, Runner runner) {
        decided.add(() -> waiter.granted(runner) ? List.of() : takeBack(runner));
    }

    @Override
    public void queued(Waiting waiter) {
        if (events.hasRoom()) {
            int queued = scheduler.queued();
            news.add(listener -> listener.onQueued(name, queued));
        }
    }

    @Override
    public void expire(Waiting waiter, boolean anyRunnerUp, long queuedSince) {
        long waited = clock.getAsLong() - queuedSince;
        CallTimeoutException expired =
                messages.waiting(anyRunnerUp, waited, occupation(), scheduler.queued(), obstacle());
        then(() -> waiter.refused(expired));
    }

    private TimeoutMessages.Obstacle obstacle() {
        String noRoom;
        try {
            noRoom = whyNoRoom.get();
        } catch (RuntimeException e) {
            noRoom = "The backend cannot say whether boots wait: " + e;
        }
        return new TimeoutMessages.Obstacle(
                lastBootFailure,
                noRoom,
                scheduler.ready() + scheduler.booting() < scheduler.max(),
                scheduler.total() < scheduler.max() ? 0 : scheduler.leaving());
    }

    @Override
    public void rejectClosed(Waiting waiter) {
        then(() -> waiter.refused(closedException()));
    }

    /** Guarded by lock: explains to callers that time out why there is no runner. */
    private @Nullable RunnerBootException lastBootFailure;

    /** Guarded by lock: why the pool cannot start, should it still be starting. Stays, whatever succeeds later. */
    private @Nullable RunnerBootException firstBootFailure;

    int max() {
        lock.lock();
        try {
            return scheduler.max();
        } finally {
            lock.unlock();
        }
    }

    void noteBootFailure(@Nullable RunnerBootException failure) {
        lock.lock();
        try {
            lastBootFailure = failure;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void failBoot(Waiting waiter, Runner failed) {
        RunnerBootException failure = managed(failed).bootFailure();
        // Each caller gets an exception of its own, with its own stack trace.
        then(() -> waiter.refused(
                new RunnerBootException(String.valueOf(failure.getMessage()), failure.reason(), true, failure)));
    }

    @Override
    public void boot(Runner runner) {
        ManagedRunner managed = factory.create(runner);
        runner.attachment = managed;
        int runners = liveRunners();
        news.add(listener -> listener.onGrowStart(name, managed.id(), runners));
        then(managed::boot);
    }

    @Override
    public void cancelBoot(Runner runner) {
        ManagedRunner managed = managed(runner);
        news.add(listener -> listener.onBootCancelled(name, managed.id()));
        then(managed::cancelBoot);
    }

    @Override
    public void drain(Runner runner, ShrinkReason reason) {
        shrunk(managed(runner), reason);
    }

    @Override
    public void stop(Runner runner, ShrinkReason reason) {
        ManagedRunner managed = managed(runner);
        shrunk(managed, reason);
        then(managed::stop);
    }

    /** Tells the listener once, when the runner leaves the number of those that take calls. */
    private void shrunk(ManagedRunner runner, ShrinkReason reason) {
        if (runner.markShrunk()) {
            int runners = liveRunners();
            news.add(listener -> listener.onShrink(name, runner.id(), runners, reason));
        }
    }

    @Override
    public void askIdleCheck(Runner runner) {
        ManagedRunner managed = managed(runner);
        then(managed::askIdleCheck);
    }
}
