package io.flame4j;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears what a pool does: given to one pool with {@link FlamePoolBuilder#listener}, or to all of them with
 * {@link Flame#addListener}. Metrics, flight recordings and traces are listeners like any other. All methods do nothing by default.
 *
 * <p>But for {@link #onOpen}, {@link #onClose} and {@link #onCall}, they are called one at a time, in order, on a thread of
 * the pool that does nothing else, so a slow listener delays later events, those for other listeners of the pool too, and nothing more. While 10,000
 * events wait for it, further {@link #onQueued} and {@link #onCastFailed(String, String, Throwable)} are left out, which a log line says; the others
 * are about runners, and so few that all of them are kept. What a listener throws is logged.
 *
 * @since 0.1
 */
public interface PoolListener {

    /**
     * A pool opens: it can be called as soon as its first runners are up. Comes before all else, on the thread that builds
     * the pool; of pools that are open already when the listener is added, on the thread that adds it. Building pools waits
     * for it.
     *
     * @param pool the pool; it may not be called yet, but asked for its name and {@link FlamePool#stats()}
     */
    default void onOpen(FlamePool pool) {}

    /**
     * A pool is closed, and its name is about to be free again. Comes on the thread that closes the pool, which waits for
     * it; the last events of its runners may come after this.
     *
     * @param pool the pool
     */
    default void onClose(FlamePool pool) {}

    /**
     * A call begins, of any kind; a {@code map} is one for each input. Comes on the calling thread, before the task is encoded and
     * before context is captured for it. See
     * {@link CallListener} for what that asks of a listener. When no listener wants to hear of a call, nothing of it is
     * measured.
     *
     * @param pool the pool
     * @return what is to hear of this call, such as one object for all of them; null when it is of no interest
     */
    default @Nullable CallListener onCall(String pool) {
        return null;
    }

    /**
     * A boot has begun.
     *
     * @param pool the pool
     * @param runnerId the new runner
     * @param runners how many runners the pool has or boots now, this one included
     */
    default void onGrowStart(String pool, String runnerId, int runners) {}

    /**
     * A boot has come one phase further. Phases come in their order, after {@link #onGrowStart}; those that the backend
     * cannot tell are left out, so that the next one takes in their time. {@link BootPhase#READY} is followed by {@link #onGrowEnd}.
     *
     * @param pool the pool
     * @param runnerId the runner
     * @param phase the phase that was reached
     * @param took since the phase before; of the first, since the pool wanted the runner, which is how long the backend had
     *     no room for it
     */
    default void onBootPhase(String pool, String runnerId, BootPhase phase, Duration took) {}

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

    /**
     * A {@link FlamePool#cast} has failed; this is the one that is called. Unless overridden it calls
     * {@link #onCastFailed(String, Throwable)}.
     *
     * @param pool the pool
     * @param task what was cast, such as {@code lambda in com.acme.Main.run(Main.java:42)}, or the name of a {@link NamedTask}
     * @param failure what a call would have thrown
     */
    default void onCastFailed(String pool, String task, Throwable failure) {
        onCastFailed(pool, failure);
    }

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
