package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * The parent's tie to a {@link Trackable} object that stayed on its runner.
 *
 * <p>Thread-safe. Several handles of one result share one slot and one thread on the runner: their calls wait for each
 * other, and the slot is free again when the last of them is closed.
 *
 * @since 0.1
 */
public interface TrackedHandle extends AutoCloseable {

    /**
     * Runs a function against the original object on its runner and waits for the value.
     *
     * @param function what to run
     * @param <I> the type of the tracked object
     * @param <R> the type of the value
     * @param <X> the checked exception it may throw
     * @return the value
     * @throws X what the function threw
     * @throws RunnerLostException when the runner is gone
     * @throws IllegalStateException when the handle is closed
     */
    <I, R extends @Nullable Object, X extends Exception> R call(RemoteFunction<I, R, X> function) throws X;

    /**
     * As {@link #call(RemoteFunction)}, with options. {@code retries} has no meaning here and is refused.
     *
     * @param function what to run
     * @param options how to treat the call
     * @param <I> the type of the tracked object
     * @param <R> the type of the value
     * @param <X> the checked exception it may throw
     * @return the value
     * @throws X what the function threw
     * @throws IllegalArgumentException when the options ask for retries
     */
    <I, R extends @Nullable Object, X extends Exception> R call(RemoteFunction<I, R, X> function, CallOptions options)
            throws X;

    /**
     * The runner that holds the object.
     *
     * @return its id
     */
    String runnerId();

    /**
     * Whether {@link #close()} was called or the runner is gone.
     *
     * @return true when the handle is of no more use
     */
    boolean isClosed();

    /** Lets the runner release the object. Does not wait for the runner. Idempotent. */
    @Override
    void close();
}
