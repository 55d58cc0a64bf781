package io.flame4j;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A long-lived object on a runner, made by {@link FlamePool#place}.
 *
 * <p>It occupies one slot until it is closed. The factory and all calls on one placed object run on the same runner
 * thread, one after the other, so the object need not be thread-safe. It is never restarted: when its runner is lost,
 * every later call throws {@link RunnerLostException} and {@link #onExit()} completes. It ends with its owner: with
 * the parent process, or with the pool.
 *
 * <p>Thread-safe; calls of several threads wait for each other.
 *
 * @param <S> the type of the object; it never leaves the runner, so it need not be serializable
 * @since 0.1
 */
public interface Placed<S> extends AutoCloseable {

    /**
     * Runs a function against the object and waits for its value.
     *
     * @param function what to run
     * @param <R> the type of the value
     * @param <X> the checked exception it may throw
     * @return the value
     * @throws X what the function threw
     * @throws FlameException as for {@link FlamePool#call(RemoteTask)}; {@link RunnerLostException} when the object
     *     is gone
     */
    <R extends @Nullable Object, X extends Exception> R call(RemoteFunction<? super S, R, X> function) throws X;

    /**
     * As {@link #call(RemoteFunction)}, with options. {@code retries} has no meaning here and is refused.
     *
     * @param function what to run
     * @param options how to treat the call
     * @param <R> the type of the value
     * @param <X> the checked exception it may throw
     * @return the value
     * @throws X what the function threw
     * @throws IllegalArgumentException when the options ask for retries
     */
    <R extends @Nullable Object, X extends Exception> R call(
            RemoteFunction<? super S, R, X> function, CallOptions options) throws X;

    /**
     * Does something with the object and waits until it is done. Throws as {@link #call(RemoteFunction)}.
     *
     * @param action what to run
     * @param <X> the checked exception it may throw
     * @throws X what the action threw
     */
    <X extends Exception> void run(RemoteConsumer<? super S, X> action) throws X;

    /**
     * Runs a function against the object without waiting. Functions run in the order they were submitted.
     * {@code cancel(true)} interrupts it.
     *
     * @param function what to run
     * @param <R> the type of the value
     * @param <X> the checked exception it may throw
     * @return completes with the value or with what the function threw
     */
    <R extends @Nullable Object, X extends Exception> CompletableFuture<R> callAsync(
            RemoteFunction<? super S, R, X> function);

    /**
     * As {@link #callAsync(RemoteFunction)}, with options. {@code retries} has no meaning here and is refused. The
     * timeout begins now: a function whose turn comes after it has passed does not run, and its future completes with
     * {@link CallTimeoutException} then.
     *
     * @param function what to run
     * @param options how to treat the call; when detached, {@code cancel} does not interrupt it
     * @param <R> the type of the value
     * @param <X> the checked exception it may throw
     * @return completes with the value or with what the function threw
     * @throws IllegalArgumentException when the options ask for retries
     */
    <R extends @Nullable Object, X extends Exception> CompletableFuture<R> callAsync(
            RemoteFunction<? super S, R, X> function, CallOptions options);

    /**
     * Completes when the object is gone: normally after {@link #close()} or the close of its pool, exceptionally with
     * {@link RunnerLostException} when its runner was lost. When it is gone already, this has completed.
     *
     * <p>A thread of the pool's {@linkplain FlamePoolBuilder#executor executor} completes it, so stages that depend on it
     * may block, or close the pool. Only when the executor refuses, they run on a thread that brings the news, and hold up
     * others if they block.
     *
     * @return the end of the object
     */
    CompletionStage<@Nullable Void> onExit();

    /**
     * The runner that holds the object.
     *
     * @return its id
     */
    String runnerId();

    /**
     * Interrupts a call that is under way, closes the object on the runner when it is {@link AutoCloseable}, and gives
     * its slot back. Does not wait for the runner. Idempotent.
     */
    @Override
    void close();
}
