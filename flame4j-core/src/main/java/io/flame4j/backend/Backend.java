package io.flame4j.backend;

import io.flame4j.RunnerBootException;

/**
 * Starts runners: <em>start a JVM with this environment, and tell me when and why it ended</em>.
 *
 * <p>The pool does everything else: the runner dials the pool back with what it finds in its environment. A backend
 * belongs to one pool, which closes it. Implementations are thread-safe: starts and stops happen at the same time.
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
     * Starts a runner. Called on a thread of the pool that may block for as long as {@link RunnerSpec#bootTimeout()}.
     * Returning means that the start is under way; the runner is up when it has dialled back. When this throws, nothing
     * may be left running.
     *
     * @param spec what to start
     * @return the runner
     * @throws RunnerBootException when it cannot be started, saying whether trying again can help
     * @throws InterruptedException when the boot is cancelled; nothing may be left running
     */
    RunnerHandle start(RunnerSpec spec) throws InterruptedException;

    /** Releases what the backend holds beside runners; those the pool has stopped before. Idempotent. */
    @Override
    void close();
}
