package io.flame4j;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pool of runners: short-lived copies of this application that run blocks of its code.
 *
 * <pre>{@code
 * FlamePool pool = FlamePool.builder("thumbs").max(10).maxConcurrency(5).build();
 * byte[] thumbnail = pool.call(() -> Thumbnails.of(picture));
 * }</pre>
 *
 * <p>Runners start when calls need them, are reused, and stop when they have been idle. A call goes to a runner with a
 * free slot; when there is none and the pool may not grow, it waits in a queue, first come first served.
 *
 * <p><b>At most once.</b> A task is sent to one runner. When that runner is lost before the task was sent, the call
 * moves to another one by itself; when it is lost while the task may have been running, the caller gets
 * {@link RunnerLostException}, unless it asked for {@link CallOptions#retries(int)}.
 *
 * <p>Thread-safe. {@code call} blocks its thread; on Java 21 and later that may be a virtual thread.
 *
 * @since 0.1
 */
public interface FlamePool extends AutoCloseable {

    /**
     * Begins a pool.
     *
     * @param name the pool's name, used in logs, errors, thread and runner names: 1 to 40 lower-case letters, digits
     *     and dashes, beginning with a letter and not ending with a dash
     * @return a builder
     * @throws IllegalArgumentException when the name is malformed
     */
    static FlamePoolBuilder builder(String name) {
        return new FlamePoolBuilder(name);
    }

    /**
     * Runs a task on a runner and waits for its value.
     *
     * @param task what to run
     * @param <T> the type of the value
     * @param <X> the checked exception the task may throw
     * @return the value
     * @throws X what the task threw: same type, message, cause and suppressed exceptions, its remote stack trace joined
     *     to the caller's
     * @throws TaskSerializationException when the task cannot travel; nothing was sent
     * @throws CodeMismatchException when the runner has another version of the code; it was not run
     * @throws CallTimeoutException when the deadline passed, saying in which phase
     * @throws RunnerBootException when no runner can be started
     * @throws RunnerLostException when the runner was lost while the task may have been running
     * @throws ResultSerializationException when the task ran but its result cannot travel
     * @throws RemoteTaskException when what the task threw cannot travel
     * @throws PoolSaturatedException when the queue is full
     * @throws PoolClosedException when the pool is closed
     * @throws CallInterruptedException when this thread is interrupted while it waits
     */
    <T extends @Nullable Object, X extends Exception> T call(RemoteTask<T, X> task) throws X;

    /**
     * As {@link #call(RemoteTask)}, with options.
     *
     * @param task what to run
     * @param options how to treat the call
     * @param <T> the type of the value
     * @param <X> the checked exception the task may throw
     * @return the value
     * @throws X what the task threw
     */
    <T extends @Nullable Object, X extends Exception> T call(RemoteTask<T, X> task, CallOptions options) throws X;

    /**
     * Runs an action on a runner and waits until it is done. Throws as {@link #call(RemoteTask)}.
     *
     * @param action what to run
     * @param <X> the checked exception the action may throw
     * @throws X what the action threw
     */
    <X extends Exception> void call(RemoteAction<X> action) throws X;

    /**
     * As {@link #call(RemoteAction)}, with options.
     *
     * @param action what to run
     * @param options how to treat the call
     * @param <X> the checked exception the action may throw
     * @throws X what the action threw
     */
    <X extends Exception> void call(RemoteAction<X> action, CallOptions options) throws X;

    /**
     * Runs a task on a runner without waiting. What it captures is encoded before this method returns, so later changes
     * to captured objects do not matter, and a task that cannot travel is refused here.
     *
     * @param task what to run
     * @param <T> the type of the value
     * @param <X> the checked exception the task may throw
     * @return completes with the value, or with exactly what {@link #call(RemoteTask)} would throw. {@code cancel(true)}
     *     takes the call from the queue or interrupts the task (unless detached). Dependent stages run on the pool's
     *     executor ({@link FlamePoolBuilder#executor})
     * @throws TaskSerializationException when the task cannot travel
     * @throws PoolSaturatedException when the queue is full
     * @throws PoolClosedException when the pool is closed
     */
    <T extends @Nullable Object, X extends Exception> CompletableFuture<T> callAsync(RemoteTask<T, X> task);

    /**
     * As {@link #callAsync(RemoteTask)}, with options.
     *
     * @param task what to run
     * @param options how to treat the call
     * @param <T> the type of the value
     * @param <X> the checked exception the task may throw
     * @return completes with the value
     */
    <T extends @Nullable Object, X extends Exception> CompletableFuture<T> callAsync(
            RemoteTask<T, X> task, CallOptions options);

    /**
     * Runs an action on a runner without waiting. As {@link #callAsync(RemoteTask)}; unlike {@link #cast}, it has the
     * time limit of a call, and what comes of it is the caller's to see.
     *
     * @param action what to run
     * @param <X> the checked exception the action may throw
     * @return completes with null when the action is done, or with exactly what {@link #call(RemoteAction)} would throw
     * @throws TaskSerializationException when the action cannot travel
     * @throws PoolSaturatedException when the queue is full
     * @throws PoolClosedException when the pool is closed
     */
    <X extends Exception> CompletableFuture<@Nullable Void> callAsync(RemoteAction<X> action);

    /**
     * As {@link #callAsync(RemoteAction)}, with options.
     *
     * @param action what to run
     * @param options how to treat the call
     * @param <X> the checked exception the action may throw
     * @return completes with null when the action is done
     */
    <X extends Exception> CompletableFuture<@Nullable Void> callAsync(RemoteAction<X> action, CallOptions options);

    /**
     * Runs an action on a runner without waiting and without a time limit. A failure is logged and given to
     * {@link PoolListener#onCastFailed(String, String, Throwable)}.
     *
     * @param action what to run
     * @throws TaskSerializationException when the action cannot travel
     * @throws PoolSaturatedException when the queue is full
     * @throws PoolClosedException when the pool is closed
     */
    void cast(RemoteAction<?> action);

    /**
     * As {@link #cast(RemoteAction)}, with options.
     *
     * @param action what to run
     * @param options how to treat the call
     */
    void cast(RemoteAction<?> action, CallOptions options);

    /**
     * Runs a function with each input, on all the slots the pool may have, and waits for all. At the first failure the
     * remaining calls are cancelled and that failure is thrown; one of its suppressed exceptions, a
     * {@link FlameException}, says which input it was. Each input is one call with the pool's timeout.
     *
     * @param inputs the inputs; each must be serializable
     * @param function what to run
     * @param <I> the type of the inputs
     * @param <O> the type of the values
     * @param <X> the checked exception the function may throw
     * @return the values, in the order of the inputs
     * @throws X what the function threw first
     */
    <I extends @Nullable Object, O extends @Nullable Object, X extends Exception> List<O> map(
            Collection<? extends I> inputs, RemoteFunction<I, O, X> function) throws X;

    /**
     * As {@link #map(Collection, RemoteFunction)}, with options: which failure policy, how many at a time, progress.
     *
     * @param inputs the inputs
     * @param function what to run
     * @param options how to treat the calls
     * @param <I> the type of the inputs
     * @param <O> the type of the values
     * @param <X> the checked exception the function may throw
     * @return the values, in the order of the inputs
     * @throws X what the function threw first
     * @throws MapFailedException with {@link MapOptions#collectFailures()}, when at least one call failed
     */
    <I extends @Nullable Object, O extends @Nullable Object, X extends Exception> List<O> map(
            Collection<? extends I> inputs, RemoteFunction<I, O, X> function, MapOptions options) throws X;

    /**
     * Runs a function with each input and hands out the results as they finish, in any order, failures included. Inputs
     * are taken from the stream only as slots and the reader allow: memory stays bounded however many there are.
     *
     * @param inputs the inputs, read by the thread that reads the results, as it reads them; closed with them
     * @param function what to run
     * @param options how to treat the calls
     * @param <I> the type of the inputs
     * @param <O> the type of the values
     * @return the results, read by one thread; close it to cancel what is still running
     */
    <I extends @Nullable Object, O extends @Nullable Object> Stream<MapResult<I, O>> mapStream(
            Stream<? extends I> inputs, RemoteFunction<I, O, ?> function, MapOptions options);

    /**
     * As {@link #mapStream(Stream, RemoteFunction, MapOptions)} with the defaults.
     *
     * @param inputs the inputs
     * @param function what to run
     * @param <I> the type of the inputs
     * @param <O> the type of the values
     * @return the results as they finish
     */
    <I extends @Nullable Object, O extends @Nullable Object> Stream<MapResult<I, O>> mapStream(
            Stream<? extends I> inputs, RemoteFunction<I, O, ?> function);

    /**
     * Makes a long-lived object on a runner. It occupies a slot until it is closed.
     *
     * @param factory makes the object, on the runner
     * @param <S> the type of the object; it stays on the runner, so it need not be serializable
     * @param <X> the checked exception the factory may throw
     * @return the parent's tie to it
     * @throws X what the factory threw
     */
    <S, X extends Exception> Placed<S> place(RemoteTask<S, X> factory) throws X;

    /**
     * As {@link #place(RemoteTask)}, with options; the timeout covers the making of the object, and
     * {@link CallOptions#detached()} lets the object outlive the parent by up to the shutdown timeout.
     *
     * @param factory makes the object, on the runner
     * @param options how to treat the call
     * @param <S> the type of the object
     * @param <X> the checked exception the factory may throw
     * @return the parent's tie to it
     * @throws X what the factory threw
     */
    <S, X extends Exception> Placed<S> place(RemoteTask<S, X> factory, CallOptions options) throws X;

    /**
     * Changes the bounds at runtime. Growing happens at once, shrinking as runners become idle.
     *
     * @param min fewest runners, 0 or more
     * @param max most runners, 1 or more and at least {@code min}
     * @throws IllegalArgumentException when out of range
     * @throws PoolClosedException when the pool is closed
     */
    void resize(int min, int max);

    /**
     * What the pool is doing now.
     *
     * @return a consistent snapshot
     */
    PoolStats stats();

    /**
     * The pool's name.
     *
     * @return the name
     */
    String name();

    /**
     * Refuses new calls and those still in the queue with {@link PoolClosedException}, waits for running calls, whose
     * callers get their results, at most {@link FlamePoolBuilder#shutdownTimeout(Duration)}, then stops all runners and
     * waits for them to be gone. Idempotent. An interrupt of this thread makes it {@link #shutdownNow()}.
     */
    @Override
    void close();

    /**
     * Stops all runners at once; running calls fail with {@link RunnerLostException}, queued ones with
     * {@link PoolClosedException}. Waits until the runners are gone. Idempotent.
     */
    void shutdownNow();
}
