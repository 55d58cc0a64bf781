package io.flame4j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reference to an object that stays on its runner, made there by {@link RunnerContext#track(Object)} and sent home
 * in the result.
 *
 * <pre>{@code
 * try (Tracked<Model> model = pool.call(() -> RunnerContext.current().track(Model.load()), tracking)) {
 *     String answer = model.call(m -> m.ask("why?"));
 * }
 * }</pre>
 *
 * @param <T> the type of the object, which need not be serializable
 * @since 0.1
 */
public final class Tracked<T> implements Trackable, AutoCloseable {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable T value;
    private transient volatile @Nullable TrackedHandle handle;

    Tracked(T value) {
        this.value = Objects.requireNonNull(value, "value");
    }

    /**
     * Runs a function against the object on its runner and waits for the value.
     *
     * @param function what to run
     * @param <R> the type of the value
     * @param <X> the checked exception it may throw
     * @return the value
     * @throws X what the function threw
     * @throws RunnerLostException when the runner is gone
     * @throws IllegalStateException when this reference is closed, or was never part of a result that arrived with
     *     tracking on
     */
    public <R extends @Nullable Object, X extends Exception> R call(RemoteFunction<? super T, R, X> function) throws X {
        return call(function, CallOptions.defaults());
    }

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
    public <R extends @Nullable Object, X extends Exception> R call(
            RemoteFunction<? super T, R, X> function, CallOptions options) throws X {
        Objects.requireNonNull(function, "function");
        RemoteFunction<Tracked<T>, R, X> onValue = tracked -> function.apply(tracked.get());
        return handle().call(onValue, options);
    }

    /**
     * Does something with the object on its runner and waits until it is done. Throws as {@link #call(RemoteFunction)}.
     *
     * @param action what to run
     * @param <X> the checked exception it may throw
     * @throws X what the action threw
     */
    public <X extends Exception> void run(RemoteConsumer<? super T, X> action) throws X {
        Objects.requireNonNull(action, "action");
        RemoteFunction<Tracked<T>, @Nullable Void, X> onValue = tracked -> {
            action.accept(tracked.get());
            return null;
        };
        handle().call(onValue);
    }

    /**
     * The object itself, on the runner that made it.
     *
     * @return the object
     * @throws IllegalStateException anywhere else
     */
    public T get() {
        T here = value;
        if (here == null) {
            throw new IllegalStateException(
                    "The tracked object lives on its runner and cannot be had here. Use call(object -> ...) instead.");
        }
        return here;
    }

    @Override
    public void tracked(TrackedHandle handle) {
        this.handle = Objects.requireNonNull(handle);
    }

    @Override
    public void released() throws Exception {
        if (value instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    /** Lets the runner release the object, which is closed there when it is {@link AutoCloseable}. Idempotent. */
    @Override
    public void close() {
        TrackedHandle current = handle;
        if (current != null) {
            current.close();
        }
    }

    private TrackedHandle handle() {
        TrackedHandle current = handle;
        if (current == null) {
            throw new IllegalStateException("This reference is not tied to a runner. Return it from a call with"
                    + " trackResources(true), and use the copy that arrives in the result.");
        }
        return current;
    }
}
