package io.flame4j.internal.pool;

import io.flame4j.CallOptions;
import io.flame4j.internal.closure.EncodedTask;
import io.flame4j.internal.context.CapturedContext;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.wire.Protocol;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call: what is to run, until when, and for whom. One thread at a time carries it; {@link #cancel} may come from
 * any other.
 */
final class Call {

    /** Null for a release, which needs no task. */
    final @Nullable EncodedTask task;

    final int target;
    final long trackedId;
    final CallOptions options;
    final boolean track;
    /** {@link Slot#NEVER} when there is none. */
    final long deadline;

    final ClassLoader loader;
    /** The frames of the thread that waits, which are joined to those of a failure; none when nobody does. */
    final Supplier<StackTraceElement[]> caller;
    /** Null when nobody listens. */
    final @Nullable CallWatch watch;

    private @Nullable CapturedContext context;
    private volatile boolean cancelled;
    private volatile Slot.@Nullable Line line;

    Call(
            @Nullable EncodedTask task,
            int target,
            long trackedId,
            CallOptions options,
            boolean track,
            long deadline,
            Supplier<StackTraceElement[]> caller,
            @Nullable CallWatch watch) {
        this.task = task;
        this.target = target;
        this.trackedId = trackedId;
        this.options = options;
        this.track = track;
        this.deadline = deadline;
        this.caller = caller;
        this.watch = watch;
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        this.loader = loader(context == null ? ClassLoader.getSystemClassLoader() : context, task);
    }

    /**
     * That of the thread that calls, unless it is above the one of the task, which then sees all that it does and the task's
     * classes besides: threads of the JDK's common pool have the system's, which sees nothing in an executable jar.
     */
    private static ClassLoader loader(ClassLoader context, @Nullable EncodedTask task) {
        ClassLoader ofTask = task == null ? null : task.loader();
        if (ofTask == null || ofTask == context) {
            return context;
        }
        ClassLoader above = ofTask.getParent();
        while (above != null && above != context) {
            above = above.getParent();
        }
        return above == null ? context : ofTask;
    }

    /** Lets a context travel with it. Before anybody else knows of the call. */
    void carry(@Nullable CapturedContext captured) {
        context = captured;
    }

    /** What travels with the task; null when nothing does. */
    @Nullable
    CapturedContext context() {
        return context;
    }

    int flags() {
        return (options.isDetached() ? Protocol.CALL_DETACHED : 0)
                | (track ? Protocol.CALL_TRACK : 0)
                | (options.onProgress().isPresent() ? Protocol.CALL_PROGRESS : 0)
                | (context != null ? Protocol.CALL_CONTEXT : 0)
                | (watch == null ? 0 : Protocol.CALL_TIMED);
    }

    /** For whoever listens: it waits to be sent. */
    void waits() {
        if (watch != null) {
            watch.waits();
        }
    }

    /** For whoever listens: it is over; null when it has succeeded. */
    void ended(@Nullable Throwable failure) {
        if (watch != null) {
            watch.end(failure);
        }
    }

    String describe() {
        return task == null ? "a release" : task.describe();
    }

    /** What the task calls itself, after a comma; nothing when it does not. */
    String ownName() {
        return task == null || task.ownName() == null ? "" : ", " + task.ownName();
    }

    /** A message about its loss, whose advice names the setting that the user of this task has. */
    String advised(String message) {
        return task == null ? message : message.replace(EncodedTask.RETRIES, task.retriesSetting());
    }

    /** Notes the connection that the call uses, so that a cancel can close it; refuses when it was cancelled before. */
    void begin(Slot.Line used) {
        line = used;
        if (cancelled) {
            throw cancellation();
        }
    }

    static CancellationException cancellation() {
        return new CancellationException("the call was cancelled");
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Wakes whoever carries it. */
    void cancel() {
        cancelled = true;
        Slot.Line current = line;
        if (current != null) {
            current.cutShort(this);
        }
    }
}
