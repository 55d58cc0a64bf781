package io.flame4j.internal.pool;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.MapOptions;
import io.flame4j.MapResult;
import io.flame4j.Placed;
import io.flame4j.PoolStats;
import io.flame4j.RemoteAction;
import io.flame4j.RemoteFunction;
import io.flame4j.RemoteTask;
import io.flame4j.internal.closure.FailureDecoder;
import io.flame4j.internal.closure.TrackedEntry;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The public face of a pool. It turns what the user asks for into {@link Call}s and hands them to the engine. */
public final class DefaultFlamePool implements FlamePool {

    private static final Logger LOG = LoggerFactory.getLogger(FlamePool.class);
    private static final int MAX_DEFAULT_WINDOW = 1000;

    private final PoolConfig config;
    private final PoolRuntime runtime;
    private final CallEngine engine;
    private final CallFactory calls;

    private DefaultFlamePool(PoolConfig config, PoolRuntime runtime) {
        this.config = config;
        this.runtime = runtime;
        this.engine = runtime.engine();
        this.calls = runtime.calls();
    }

    /** Builds, registers and starts a pool; when that fails, nothing of it is left. */
    public static FlamePool start(PoolConfig config) {
        PoolRuntime runtime = PoolRuntime.create(config);
        DefaultFlamePool pool = new DefaultFlamePool(config, runtime);
        try {
            PoolRegistry.register(pool);
        } catch (RuntimeException e) {
            runtime.discard();
            throw e;
        }
        try {
            runtime.listeners().opens(pool);
            runtime.start(() -> PoolRegistry.unregister(pool));
            return pool;
        } catch (RuntimeException e) {
            pool.shutdownNow();
            throw e;
        }
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T call(RemoteTask<T, X> task) throws X {
        return call(task, CallOptions.defaults());
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T call(RemoteTask<T, X> task, CallOptions options)
            throws X {
        return await(task, options);
    }

    @Override
    public <X extends Exception> void call(RemoteAction<X> action) throws X {
        call(action, CallOptions.defaults());
    }

    @Override
    public <X extends Exception> void call(RemoteAction<X> action, CallOptions options) throws X {
        await(action, options);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private <T extends @Nullable Object> T await(Serializable task, CallOptions options) {
        refuseWhenClosed();
        Call call = calls.plain(Objects.requireNonNull(task, "task"), options, true);
        try {
            T value = Unchecked.value(value(engine.run(call, null, false)));
            call.ended(null);
            return value;
        } catch (Throwable failure) {
            call.ended(failure);
            throw Unchecked.rethrow(failure);
        }
    }

    /** The value of an answer; the tracked resources in it get their handles. */
    private @Nullable Object value(CallEngine.Answer answer) {
        HeldSlot kept = answer.kept();
        if (kept != null) {
            HeldCalls held = new HeldCalls(calls, kept);
            List<TrackedEntry> tracked = answer.result().tracked();
            AtomicInteger open = new AtomicInteger(tracked.size());
            try {
                for (TrackedEntry entry : tracked) {
                    entry.copy().tracked(new DefaultTrackedHandle(held, entry.id(), open));
                }
            } catch (RuntimeException | Error e) {
                // The caller gets this instead of the result, and so cannot close what is in it.
                answer.drop();
                throw e;
            }
        }
        return answer.result().value();
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> CompletableFuture<T> callAsync(RemoteTask<T, X> task) {
        return callAsync(task, CallOptions.defaults());
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> CompletableFuture<T> callAsync(
            RemoteTask<T, X> task, CallOptions options) {
        refuseWhenClosed();
        return submit(calls.plain(Objects.requireNonNull(task, "task"), options, false));
    }

    @Override
    public <X extends Exception> CompletableFuture<@Nullable Void> callAsync(RemoteAction<X> action) {
        return callAsync(action, CallOptions.defaults());
    }

    @Override
    public <X extends Exception> CompletableFuture<@Nullable Void> callAsync(
            RemoteAction<X> action, CallOptions options) {
        refuseWhenClosed();
        return submit(calls.plain(Objects.requireNonNull(action, "action"), options, false));
    }

    private <T extends @Nullable Object> AsyncCall<T> submit(Call call) {
        return this.<T>async(call).submit();
    }

    private <T extends @Nullable Object> AsyncCall<T> async(Call call) {
        if (call.task != null) {
            call.task.detach();
        }
        AsyncCall.Carrier<T> carrier = new AsyncCall.Carrier<>() {
            @Override
            public CallEngine.Answer carry(Call current, Runner granted) throws Throwable {
                return engine.run(current, granted, false);
            }

            @Override
            public T value(CallEngine.Answer answer) {
                return Unchecked.value(DefaultFlamePool.this.value(answer));
            }
        };
        return new AsyncCall<T>(runtime.shell(), calls.executor(), call, carrier);
    }

    @Override
    public void cast(RemoteAction<?> action) {
        cast(action, CallOptions.defaults());
    }

    @Override
    public void cast(RemoteAction<?> action, CallOptions options) {
        refuseWhenClosed();
        Call call = calls.cast(Objects.requireNonNull(action, "action"), options);
        this.<@Nullable Object>submit(call).whenComplete((none, failure) -> {
            if (failure != null) {
                String task = call.describe();
                LOG.warn("Pool '{}': a cast failed: {}", config.name(), task, failure);
                if (runtime.events().hasRoom()) {
                    runtime.events().tell(listener -> listener.onCastFailed(config.name(), task, failure));
                }
            }
        });
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object, X extends Exception> List<O> map(
            Collection<? extends I> inputs, RemoteFunction<I, O, X> function) throws X {
        return map(inputs, function, MapOptions.defaults());
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object, X extends Exception> List<O> map(
            Collection<? extends I> inputs, RemoteFunction<I, O, X> function, MapOptions options) throws X {
        refuseWhenClosed();
        Objects.requireNonNull(options, "options");
        // A function that cannot travel is the caller's mistake, not a failure of each input.
        calls.check(function);
        // The calls are carried by other threads; these frames are asked for only when one of them fails.
        Throwable here = new Throwable();
        List<I> snapshot = new ArrayList<>(Objects.requireNonNull(inputs, "inputs"));
        return new MapRun<I, O>(
                        config.name(),
                        snapshot.size(),
                        options,
                        window(options),
                        mapCalls(function, options, () -> FailureDecoder.callerFrames(here)))
                .run(snapshot);
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> Stream<MapResult<I, O>> mapStream(
            Stream<? extends I> inputs, RemoteFunction<I, O, ?> function) {
        return mapStream(inputs, function, MapOptions.defaults());
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> Stream<MapResult<I, O>> mapStream(
            Stream<? extends I> inputs, RemoteFunction<I, O, ?> function, MapOptions options) {
        refuseWhenClosed();
        // A function that cannot travel is the caller's mistake, not a failure of each input.
        calls.check(function);
        Objects.requireNonNull(options, "options");
        MapStream<I, O> results = new MapStream<>(
                config.name(),
                Objects.requireNonNull(inputs, "inputs").iterator(),
                options,
                window(options),
                mapCalls(function, options, CallFactory.NOBODY));
        return StreamSupport.stream(results, false).onClose(() -> {
            results.close();
            inputs.close();
        });
    }

    private <I extends @Nullable Object, O extends @Nullable Object> MapCalls<I, O> mapCalls(
            RemoteFunction<I, O, ?> function, MapOptions options, Supplier<StackTraceElement[]> caller) {
        return new MapCalls<>() {
            @Override
            public Call make(I input) {
                return calls.withArgument(function, input, options.call(), caller);
            }

            @Override
            public AsyncCall<O> submit(Call call) {
                return DefaultFlamePool.this.<O>async(call).trySubmit();
            }

            @Override
            public Call again(Call call) {
                return calls.again(call);
            }
        };
    }

    private int window(MapOptions options) {
        long slots = (long) runtime.shell().max() * (config.singleUse() ? 1 : config.maxConcurrency());
        return options.maxInFlight().orElse((int) Math.min(slots, MAX_DEFAULT_WINDOW));
    }

    @Override
    public <S, X extends Exception> Placed<S> place(RemoteTask<S, X> factory) throws X {
        return place(factory, CallOptions.defaults());
    }

    @Override
    public <S, X extends Exception> Placed<S> place(RemoteTask<S, X> factory, CallOptions options) throws X {
        refuseWhenClosed();
        Call call = calls.place(Objects.requireNonNull(factory, "factory"), options);
        try {
            HeldSlot kept = Objects.requireNonNull(engine.run(call, null, true).kept());
            call.ended(null);
            return new DefaultPlaced<>(new HeldCalls(calls, kept));
        } catch (Throwable failure) {
            call.ended(failure);
            throw Unchecked.rethrow(failure);
        }
    }

    @Override
    public void resize(int min, int max) {
        refuseWhenClosed();
        if (min < 0 || max < 1 || min > max) {
            throw new IllegalArgumentException("Pool '" + config.name()
                    + "': resize needs 0 <= min <= max and max >= 1, but got min=" + min + " and max=" + max);
        }
        runtime.shell().resize(min, max);
    }

    @Override
    public PoolStats stats() {
        return runtime.stats();
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public void close() {
        runtime.close();
    }

    @Override
    public void shutdownNow() {
        runtime.shutdownNow();
    }

    private void refuseWhenClosed() {
        if (runtime.shell().isClosed()) {
            throw runtime.shell().closedException();
        }
    }

    @Override
    public String toString() {
        return "FlamePool[" + config.name() + "]";
    }
}
