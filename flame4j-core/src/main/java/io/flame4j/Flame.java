package io.flame4j;

import io.flame4j.internal.pool.Listeners;
import io.flame4j.internal.pool.PoolRegistry;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Pools looked up by name. A pool is found here from the moment it is built until it is closed.
 *
 * @since 0.1
 */
public final class Flame {

    private Flame() {}

    /**
     * Adds a listener to all pools of this process, those that are open, which it hears of before this returns, and those
     * that will be built. It is kept until it is removed.
     *
     * @param listener the listener; adding one again does nothing
     */
    public static void addListener(PoolListener listener) {
        Listeners.addEverywhere(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Removes a listener that was {@linkplain #addListener added}. It hears nothing more, but for the ends of calls that it
     * follows already and of events that are being told just now.
     *
     * @param listener the listener; nothing happens when it was not added
     */
    public static void removeListener(PoolListener listener) {
        Listeners.removeEverywhere(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * The live pool of a name.
     *
     * @param name the name
     * @return the pool
     * @throws IllegalArgumentException when there is none; the message lists those there are
     */
    public static FlamePool pool(String name) {
        return PoolRegistry.get(name);
    }

    /**
     * {@link FlamePool#call(RemoteTask)} on the pool of a name.
     *
     * @param pool the pool's name
     * @param task what to run
     * @param <T> the type of the value
     * @param <X> the checked exception the task may throw
     * @return the value
     * @throws X what the task threw
     */
    public static <T extends @Nullable Object, X extends Exception> T call(String pool, RemoteTask<T, X> task)
            throws X {
        return pool(pool).call(task);
    }

    /**
     * {@link FlamePool#call(RemoteAction)} on the pool of a name.
     *
     * @param pool the pool's name
     * @param action what to run
     * @param <X> the checked exception the action may throw
     * @throws X what the action threw
     */
    public static <X extends Exception> void call(String pool, RemoteAction<X> action) throws X {
        pool(pool).call(action);
    }

    /**
     * {@link FlamePool#callAsync(RemoteTask)} on the pool of a name.
     *
     * @param pool the pool's name
     * @param task what to run
     * @param <T> the type of the value
     * @param <X> the checked exception the task may throw
     * @return completes with the value
     */
    public static <T extends @Nullable Object, X extends Exception> CompletableFuture<T> callAsync(
            String pool, RemoteTask<T, X> task) {
        return pool(pool).callAsync(task);
    }

    /**
     * {@link FlamePool#callAsync(RemoteAction)} on the pool of a name.
     *
     * @param pool the pool's name
     * @param action what to run
     * @param <X> the checked exception the action may throw
     * @return completes with null when the action is done
     */
    public static <X extends Exception> CompletableFuture<@Nullable Void> callAsync(
            String pool, RemoteAction<X> action) {
        return pool(pool).callAsync(action);
    }

    /**
     * {@link FlamePool#cast(RemoteAction)} on the pool of a name.
     *
     * @param pool the pool's name
     * @param action what to run
     */
    public static void cast(String pool, RemoteAction<?> action) {
        pool(pool).cast(action);
    }

    /**
     * {@link FlamePool#place(RemoteTask)} on the pool of a name.
     *
     * @param pool the pool's name
     * @param factory makes the object, on the runner
     * @param <S> the type of the object
     * @param <X> the checked exception the factory may throw
     * @return the parent's tie to it
     * @throws X what the factory threw
     */
    public static <S, X extends Exception> Placed<S> place(String pool, RemoteTask<S, X> factory) throws X {
        return pool(pool).place(factory);
    }
}
