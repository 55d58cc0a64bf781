package io.flame4j.backend;

import io.flame4j.RunnerBootException;
import java.time.Duration;

/**
 * Starts runners: <em>start a JVM with this environment, and tell me when and why it ended</em>.
 *
 * <p>The pool does everything else: the runner dials the pool back with what it finds in its environment. A backend
 * belongs to one pool, which closes it, unless {@link #forPool} says otherwise. Implementations are thread-safe: starts
 * and stops happen at the same time.
 *
 * @since 0.1
 */
public interface Backend extends AutoCloseable {

    /**
     * Names the kind of backend in logs and errors, such as {@code process}.
     *
     * @return a word
     */
    String name();

    /**
     * The backend that one pool uses and closes. Called once for each pool that is built with this backend, before
     * anything else; may read files, but asks nobody else. Default: this one, which then serves that pool alone. A backend that can be given
     * to several pools returns a new one for each, and is not closed itself.
     *
     * @param pool the pool's name
     * @return the pool's own backend
     */
    default Backend forPool(String pool) {
        return this;
    }

    /**
     * Where the parent must listen so that this backend's runners can reach it. Asked once, when the pool is built.
     *
     * @return the place
     */
    ListenAt listenAt();

    /**
     * How many boots at a time are right for this backend when the user does not say. Default 10, as in the reference.
     *
     * @return at least 1
     */
    default int bootParallelism() {
        return 10;
    }

    /**
     * How long the platform may take, after a runner's connection has broken, to say why it ended. The callers that had
     * calls on it are told when it has, or when this time has passed. Default half a second.
     *
     * @return the time
     */
    default Duration lossDetailsWithin() {
        return Duration.ofMillis(500);
    }

    /**
     * Waits until there may be one more runner, for backends with a bound of their own that others share. Called before
     * each {@link #start}, on the same thread; {@code bootTimeout} begins when it returns, so that no time spent here makes
     * a boot fail. Default: returns at once.
     *
     * @throws InterruptedException when the boot is cancelled
     */
    default void awaitRoom() throws InterruptedException {}

    /**
     * Why boots wait in {@link #awaitRoom()} now, for the messages that callers get whose time is up meanwhile. Must not
     * block. Default: nothing.
     *
     * @return whole sentences; empty when none waits, or nothing can be said
     */
    default String whyNoRoom() {
        return "";
    }

    /**
     * Starts a runner. Called on a thread of the pool that may block for as long as {@link RunnerSpec#bootTimeout()}.
     * Returning means that the start is under way; the runner is up when it has dialled back. When this throws, nothing
     * may be left running.
     *
     * @param spec what to start
     * @return the runner
     * @throws RunnerBootException when it cannot be started, saying whether trying again can help
     * @throws NoRoomException when the room that {@link #awaitRoom()} has found is gone: the pool calls that again
     * @throws InterruptedException when the boot is cancelled; nothing may be left running
     */
    RunnerHandle start(RunnerSpec spec) throws InterruptedException;

    /**
     * Whether {@link RunnerHandle#addresses()} of this backend's runners tell from where they will connect. Then the token
     * of a runner is of no use from anywhere else, and a connection that comes before the address is known waits for it, for
     * as long as the boot may take. Asked before each {@link #start}. Default false: tokens are good from everywhere.
     *
     * @return whether they do
     */
    default boolean tellsAddresses() {
        return false;
    }

    /** Releases what the backend holds beside runners; those the pool has stopped before. Idempotent. */
    @Override
    void close();
}
