package io.flame4j.internal.pool;

import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.PoolStats;
import java.util.Collection;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which call runs where and when runners start and stop. A pure state machine: events in, {@link Decisions}
 * out, time and randomness passed in. Not thread-safe; the shell guards it by one lock.
 *
 * @param <W> what waits
 */
final class PoolScheduler<W> {

    PoolScheduler(SchedulerSettings settings, Decisions<W> decisions, RandomGenerator random, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Boots the first runners: {@code min} and what headroom wants. */
    void start(long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /**
     * A slot that is free at once, or null. The slot is granted: it is returned by {@link #release}. May emit boots for
     * headroom.
     */
    @Nullable
    Runner tryAcquire(long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /**
     * Queues a call, or grants it a slot when one is free ({@link Decisions#grant}).
     *
     * @param deadlineNanos when it expires; {@link SchedulerSettings#NEVER} for no deadline
     * @return its place, to cancel it; null when the queue is full. After {@link #close} it is refused with
     *     {@link Decisions#rejectClosed} and its place is no longer queued
     */
    @Nullable
    Waiter<W> enqueue(W waiter, long deadlineNanos, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Queues a call that runs again, ahead of those that never ran, behind earlier repeats; the queue is never full. */
    Waiter<W> enqueueFirst(W waiter, long deadlineNanos, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The caller gave up. False when it had left the queue already: granted, expired or refused. */
    boolean cancel(Waiter<W> waiter, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /**
     * One slot is free again. Ignored for runners that are lost or gone.
     *
     * @param serviceNanos how long the call took; negative when that says nothing about other calls
     */
    void release(Runner runner, long serviceNanos, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** One of the runner's busy slots belongs to a long-lived object now; optional, it only sharpens the forecast. */
    void hold(Runner runner, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** A slot marked by {@link #hold} is free again; instead of {@link #release}. */
    void releaseHeld(Runner runner, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The runner is connected. False when it is not wanted any more (cancelled, closed): the shell goes on ending it. */
    boolean bootSucceeded(Runner runner, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The boot has failed. {@link #gone} follows, once nothing is left of it. */
    void bootFailed(Runner runner, boolean permanent, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The runner takes no more calls (SIGTERM, condemned). {@link Decisions#stop} comes with its last release. */
    void draining(Runner runner, ShrinkReason reason, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Its connection is lost. Its slots are void, releases of them are ignored; it counts until {@link #gone}. */
    void lost(Runner runner, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Nothing is left of the runner. Comes once for every runner that was booted, whatever its end. */
    void gone(Runner runner, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The answer to {@link Decisions#askIdleCheck}; a check that failed or did not answer must be answered too. */
    void idleCheckAnswered(Runner runner, boolean mayStop, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    void resize(int newMin, int newMax, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Refuses all waiters, cancels all boots, stops idle runners, and the others after their last release. */
    void close(long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Does what the time makes due. */
    void tick(long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** When {@link #tick} has something to do: in the past means now, {@link SchedulerSettings#NEVER} means never. */
    long nextWakeup() {
        throw new UnsupportedOperationException();
    }

    /** Fewest runners, as last set. */
    int min() {
        throw new UnsupportedOperationException();
    }

    int max() {
        throw new UnsupportedOperationException();
    }

    int booting() {
        throw new UnsupportedOperationException();
    }

    int ready() {
        throw new UnsupportedOperationException();
    }

    /** Runners that are neither booting nor ready, nor gone. */
    int leaving() {
        throw new UnsupportedOperationException();
    }

    /** All runners that are not gone. After {@link #close}, 0 means that the pool is empty for good. */
    int total() {
        throw new UnsupportedOperationException();
    }

    /** Slots on ready runners. */
    int slots() {
        throw new UnsupportedOperationException();
    }

    /** Busy slots on ready runners. */
    int busySlots() {
        throw new UnsupportedOperationException();
    }

    int queued() {
        throw new UnsupportedOperationException();
    }

    /** How long the first of the queue has waited; 0 when nobody does. */
    long headWaitNanos(long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The running mean of boot times; 0 before the first. */
    long bootTimeNanos() {
        throw new UnsupportedOperationException();
    }

    /** How long boots pause after a failure; 0 when they do not. */
    long retryAfterNanos(long nowNanos) {
        throw new UnsupportedOperationException();
    }

    PoolStats.Totals totals() {
        throw new UnsupportedOperationException();
    }

    /** All runners that are not gone, oldest first. A view: read it under the lock. */
    Collection<Runner> runners() {
        throw new UnsupportedOperationException();
    }

    /** What becomes of a runner: down this list, never up. */
    enum State {
        /** {@link Decisions#boot} was emitted. */
        BOOTING,
        /** Takes calls. */
        READY,
        /** Has calls, takes no more. */
        DRAINING,
        /** Cancelled, failed, told to stop, or lost: only {@link PoolScheduler#gone} is to come. */
        ENDING,
        /** Does not count any more. */
        GONE
    }

    /** A runner as the scheduler knows it; compared by identity. */
    static final class Runner {

        /** The shell's own, set when it starts the boot. */
        @Nullable
        Object attachment;

        State state = State.BOOTING;

        int busy;
        long served;
        long createdNanos;

        State state() {
            return state;
        }

        int busy() {
            return busy;
        }

        /** Calls it was given. */
        long served() {
            return served;
        }

        /** When its boot was decided, on the caller's time line. */
        long createdNanos() {
            return createdNanos;
        }
    }
}
