package io.flame4j.internal.pool;

import io.flame4j.CallOptions;
import io.flame4j.internal.closure.EncodedTask;
import io.flame4j.internal.closure.FailureDecoder;
import io.flame4j.internal.closure.TaskEncoder;
import io.flame4j.internal.context.CapturedContext;
import io.flame4j.internal.context.ContextCapture;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.wire.Protocol;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes calls: encodes what is to run, which refuses what cannot travel, and starts their clocks. Thread-safe. */
final class CallFactory {

    /** Of a call that nobody waits for. */
    static final Supplier<StackTraceElement[]> NOBODY = () -> new StackTraceElement[0];

    /** Of a call that is carried by the thread that waits for it. */
    private static final Supplier<StackTraceElement[]> CARRIER = FailureDecoder::callerFrames;

    private final TaskEncoder encoder;
    private final ContextCapture contexts;
    private final LongSupplier clock;
    private final long timeoutNanos;
    private final boolean track;
    private final Executor executor;
    private final Listeners listeners;

    CallFactory(PoolConfig config, LongSupplier clock, Executor executor, Listeners listeners) {
        this.encoder = new TaskEncoder(config.codec());
        this.contexts = new ContextCapture(config.name(), config.propagators());
        this.clock = clock;
        this.timeoutNanos = config.timeout().toNanos();
        this.track = config.trackResources();
        this.executor = executor;
        this.listeners = listeners;
    }

    Executor executor() {
        return executor;
    }

    TaskEncoder encoder() {
        return encoder;
    }

    /** Throws what making a call of this would throw. */
    void check(Serializable task) {
        encoder.encode(Objects.requireNonNull(task, "function"));
    }

    Call plain(Serializable task, CallOptions options, boolean caller) {
        boolean tracks = tracks(options);
        CallWatch watch = listeners.call();
        EncodedTask encoded = watched(watch, () -> encoder.encode(task));
        return make(encoded, Protocol.TARGET_NONE, 0, options, tracks, deadline(options), caller(caller), watch);
    }

    /** A call whose failure ends with the frames that the last argument gives. */
    Call withArgument(
            Serializable function,
            @Nullable Object argument,
            CallOptions options,
            Supplier<StackTraceElement[]> caller) {
        Objects.requireNonNull(function, "function");
        boolean tracks = tracks(options);
        CallWatch watch = listeners.call();
        EncodedTask encoded = watched(watch, () -> encoder.encode(function, argument));
        return make(encoded, Protocol.TARGET_NONE, 0, options, tracks, deadline(options), caller, watch);
    }

    /** A call without a time limit of its own unless the options have one. */
    Call cast(Serializable action, CallOptions options) {
        long deadline =
                Objects.requireNonNull(options, "options").timeout().isPresent() ? deadline(options) : Slot.NEVER;
        CallWatch watch = listeners.call();
        EncodedTask encoded = watched(watch, () -> encoder.encode(action));
        return make(encoded, Protocol.TARGET_NONE, 0, options, false, deadline, NOBODY, watch);
    }

    Call place(Serializable factory, CallOptions options) {
        Objects.requireNonNull(options, "options");
        CallWatch watch = listeners.call();
        EncodedTask encoded = watched(watch, () -> encoder.encode(factory));
        return make(encoded, Protocol.TARGET_PLACE, 0, options, false, deadline(options), CARRIER, watch);
    }

    Call held(Serializable function, int target, long id, CallOptions options, boolean caller) {
        Objects.requireNonNull(function, "function");
        CallWatch watch = listeners.call();
        EncodedTask encoded = watched(watch, () -> encoder.encode(function));
        return make(encoded, target, id, options, false, deadline(options), caller(caller), watch);
    }

    /** Whoever listens is told of a task that cannot travel, too. */
    private static EncodedTask watched(@Nullable CallWatch watch, Supplier<EncodedTask> encoding) {
        if (watch == null) {
            return encoding.get();
        }
        try {
            EncodedTask encoded = encoding.get();
            watch.encoded(encoded);
            return encoded;
        } catch (RuntimeException | Error e) {
            watch.end(e);
            throw e;
        }
    }

    /** The same call, whose time has not begun since it could not be submitted. */
    Call again(Call call) {
        Call next = new Call(
                call.task,
                call.target,
                call.trackedId,
                call.options,
                call.track,
                deadline(call.options),
                call.caller,
                call.watch);
        next.carry(call.context());
        return next;
    }

    /** Without a time limit: it waits its turn behind the calls on its slot, and nobody waits for it. */
    Call release(long id) {
        CallOptions options = CallOptions.defaults();
        return new Call(null, Protocol.TARGET_RELEASE, id, options, false, Slot.NEVER, NOBODY, null);
    }

    private Call make(
            EncodedTask task,
            int target,
            long id,
            CallOptions options,
            boolean track,
            long deadline,
            Supplier<StackTraceElement[]> caller,
            @Nullable CallWatch watch) {
        CapturedContext captured = contexts.capture(task::name);
        if (captured == null) {
            return new Call(task, target, id, options, track, deadline, caller, watch);
        }
        CallWatch all = listeners.call(task, watch, captured.followers());
        Call call = new Call(task, target, id, options, track, deadline, caller, all);
        Throwable failure = captured.failure();
        if (failure != null) {
            call.ended(failure);
            throw Unchecked.rethrow(failure);
        }
        call.carry(captured.travels() ? captured : null);
        return call;
    }

    private static Supplier<StackTraceElement[]> caller(boolean carries) {
        return carries ? CARRIER : NOBODY;
    }

    private boolean tracks(CallOptions options) {
        return Objects.requireNonNull(options, "options").trackResources().orElse(track);
    }

    private long deadline(CallOptions options) {
        Duration own = Objects.requireNonNull(options, "options").timeout().orElse(null);
        long nanos = own == null ? timeoutNanos : saturated(own);
        long deadline = clock.getAsLong() + nanos;
        return deadline < 0 ? Slot.NEVER : deadline;
    }

    static long saturated(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
