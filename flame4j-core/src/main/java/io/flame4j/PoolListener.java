package io.flame4j;

import java.time.Duration;

/**
 * Hears what a pool does. All methods do nothing by default.
 *
 * <p>They are called one at a time, in order, on a thread of the pool that does nothing else, so a slow listener delays
 * later events and nothing more. What a listener throws is logged.
 *
 * @since 0.1
 */
public interface PoolListener {

    /**
     * A boot has begun.
     *
     * @param pool the pool
     * @param runnerId the new runner
     * @param runners how many runners the pool has or boots now, this one included
     */
    default void onGrowStart(String pool, String runnerId, int runners) {}

    /**
     * A runner is ready to take calls.
     *
     * @param pool the pool
     * @param runnerId the runner
     * @param runners how many runners the pool has or boots now
     * @param bootTime from the request to ready
     */
    default void onGrowEnd(String pool, String runnerId, int runners, Duration bootTime) {}

    /**
     * A boot has failed.
     *
     * @param pool the pool
     * @param runnerId the runner that did not come up
     * @param failure why
     * @param retryAfter how long the pool waits before it tries again, when there is demand
     */
    default void onBootFailed(String pool, String runnerId, RunnerBootException failure, Duration retryAfter) {}

    /**
     * A boot was cancelled because nobody needs the runner any more.
     *
     * @param pool the pool
     * @param runnerId the runner
     */
    default void onBootCancelled(String pool, String runnerId) {}

    /**
     * A runner is being stopped by the pool, or drains by itself.
     *
     * @param pool the pool
     * @param runnerId the runner
     * @param runners how many runners remain
     * @param reason why
     */
    default void onShrink(String pool, String runnerId, int runners, ShrinkReason reason) {}

    /**
     * A runner was lost.
     *
     * @param pool the pool
     * @param runnerId the runner
     * @param loss why; its message is what its callers see
     */
    default void onRunnerLost(String pool, String runnerId, RunnerLostException loss) {}

    /**
     * A call has had to queue.
     *
     * @param pool the pool
     * @param queued how many calls wait now, this one included
     */
    default void onQueued(String pool, int queued) {}

    /**
     * A {@link FlamePool#cast} has failed.
     *
     * @param pool the pool
     * @param failure what a call would have thrown
     */
    default void onCastFailed(String pool, Throwable failure) {}

    /** Why a runner leaves a pool that goes on. New constants may be added; a switch should have a default. */
    enum ShrinkReason {
        /** Idle for long enough. */
        IDLE,
        /** Above the new maximum of {@link FlamePool#resize}. */
        RESIZED,
        /** Single use, and used. */
        SINGLE_USE,
        /** It announced that its platform is taking it away (SIGTERM). */
        DRAINING,
        /** A task on it ignored its interrupt, or ran out of memory. */
        CONDEMNED,
        /** The pool is closing. */
        CLOSING
    }
}
