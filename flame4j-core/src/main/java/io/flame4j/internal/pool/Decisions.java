package io.flame4j.internal.pool;

import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.internal.pool.PoolScheduler.Runner;

/**
 * What a {@link PoolScheduler} decides while an event runs. The shell records the decisions and carries them out once
 * it has left its lock. A method may read the scheduler (counts for a listener) but must not send it an event.
 *
 * @param <W> what waits
 */
interface Decisions<W> {

    /** The waiter has a slot on this runner now. */
    void grant(W waiter, Runner runner);

    /** The waiter has to wait; {@link PoolScheduler#queued()} counts it already. */
    void queued(W waiter);

    /**
     * The waiter's deadline has passed; it has no slot and never will.
     *
     * @param anyRunnerUp whether a runner was ready: the waiter waited for a slot, else for a boot
     * @param queuedSince when it began to wait
     */
    void expire(W waiter, boolean anyRunnerUp, long queuedSince);

    /** The pool is closed; the waiter gets no slot. */
    void rejectClosed(W waiter);

    /** No runner can be had, because of the permanent failure of this boot; the waiter gets no slot. */
    void failBoot(W waiter, Runner failed);

    /** Start a runner. */
    void boot(Runner runner);

    /** Give up this boot and remove what there is of it; it counts until {@link PoolScheduler#gone}. */
    void cancelBoot(Runner runner);

    /** This busy runner takes no more calls, by decision of the scheduler; {@link #stop} follows its last release. */
    void drain(Runner runner, ShrinkReason reason);

    /** Stop this runner, it has no calls; it counts until {@link PoolScheduler#gone}. */
    void stop(Runner runner, ShrinkReason reason);

    /** Ask the idle runner whether it may stop, and answer with {@link PoolScheduler#idleCheckAnswered}. */
    void askIdleCheck(Runner runner);
}
