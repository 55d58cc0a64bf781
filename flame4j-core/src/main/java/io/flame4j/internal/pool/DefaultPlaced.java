package io.flame4j.internal.pool;

import io.flame4j.CallOptions;
import io.flame4j.Placed;
import io.flame4j.RemoteConsumer;
import io.flame4j.RemoteFunction;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A placed object is a slot that is kept, and the functions that are sent to it. */
final class DefaultPlaced<S> implements Placed<S> {

    private final HeldCalls calls;
    private final CompletableFuture<@Nullable Void> told;

    DefaultPlaced(HeldCalls calls) {
        this.calls = calls;
        this.told = calls.toldExit();
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R call(RemoteFunction<? super S, R, X> function) throws X {
        return call(function, CallOptions.defaults());
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R call(
            RemoteFunction<? super S, R, X> function, CallOptions options) throws X {
        return calls.onPlaced(function, options);
    }

    @Override
    public <X extends Exception> void run(RemoteConsumer<? super S, X> action) throws X {
        Objects.requireNonNull(action, "action");
        RemoteFunction<S, @Nullable Void, X> function = object -> {
            action.accept(object);
            return null;
        };
        call(function);
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> CompletableFuture<R> callAsync(
            RemoteFunction<? super S, R, X> function) {
        return callAsync(function, CallOptions.defaults());
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> CompletableFuture<R> callAsync(
            RemoteFunction<? super S, R, X> function, CallOptions options) {
        return calls.onPlacedAsync(function, options);
    }

    @Override
    public CompletionStage<@Nullable Void> onExit() {
        CompletableFuture<@Nullable Void> exit = calls.slot().exit();
        // Who asks afterwards is told at once, on his own thread.
        CompletableFuture<@Nullable Void> end = exit.isDone() ? exit : told;
        // A copy would hand the stages of users a CompletionException.
        CompletableFuture<@Nullable Void> own = new CompletableFuture<>();
        CompletableFuture<@Nullable Void> unused = end.whenComplete((none, why) -> HeldCalls.tell(own, why));
        return own;
    }

    @Override
    public String runnerId() {
        return calls.slot().runnerId();
    }

    @Override
    public void close() {
        calls.slot().close();
    }

    @Override
    public String toString() {
        return "Placed[runner=" + runnerId() + "]";
    }
}
