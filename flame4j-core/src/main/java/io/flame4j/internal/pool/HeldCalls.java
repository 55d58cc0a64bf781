package io.flame4j.internal.pool;

import io.flame4j.CallOptions;
import io.flame4j.internal.closure.EncodedTask;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.wire.Protocol;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls to what lives in a kept slot. {@code this} guards the queue of asynchronous ones, each of which gets a
 * thread of the executor when the one before it has been answered, or when its deadline passes before that.
 */
final class HeldCalls {

    private final CallFactory factory;
    private final HeldSlot slot;
    private final ArrayDeque<Queued> queue = new ArrayDeque<>();
    private boolean serving;

    HeldCalls(CallFactory factory, HeldSlot slot) {
        this.factory = factory;
        this.slot = slot;
    }

    HeldSlot slot() {
        return slot;
    }

    /**
     * The end of the slot, told by the executor: the stages that depend on it are the user's, and may block. They must not
     * hold up the one who brings the news.
     */
    CompletableFuture<@Nullable Void> toldExit() {
        CompletableFuture<@Nullable Void> told = new CompletableFuture<>();
        CompletableFuture<@Nullable Void> unused = slot.exit().whenComplete((none, why) -> {
            try {
                factory.executor().execute(() -> tell(told, why));
            } catch (RuntimeException | Error e) {
                tell(told, why);
            }
        });
        return told;
    }

    static void tell(CompletableFuture<@Nullable Void> exit, @Nullable Throwable why) {
        if (why == null) {
            exit.complete(null);
        } else {
            exit.completeExceptionally(why);
        }
    }

    <R extends @Nullable Object> R onPlaced(Serializable function, CallOptions options) {
        return run(make(function, Protocol.TARGET_PLACED, 0, options, true));
    }

    <R extends @Nullable Object> R onTracked(long id, Serializable function, CallOptions options) {
        return run(make(function, Protocol.TARGET_TRACKED, id, options, true));
    }

    private Call make(Serializable function, int target, long id, CallOptions options, boolean caller) {
        if (Objects.requireNonNull(options, "options").retries() > 0) {
            throw new IllegalArgumentException("retries(" + options.retries() + ") makes no sense on a "
                    + (target == Protocol.TARGET_PLACED ? "placed" : "tracked")
                    + " object: it is gone with its runner");
        }
        return factory.held(function, target, id, options, caller);
    }

    void release(long id) {
        enqueue(new Queued(factory.release(id), slot.now()));
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private <R extends @Nullable Object> R run(Call call) {
        try {
            R value = Unchecked.value(slot.call(call).value());
            call.ended(null);
            return value;
        } catch (Throwable failure) {
            call.ended(failure);
            throw Unchecked.rethrow(failure);
        }
    }

    @SuppressWarnings("unchecked")
    <R extends @Nullable Object> CompletableFuture<R> onPlacedAsync(Serializable function, CallOptions options) {
        Call call = make(function, Protocol.TARGET_PLACED, 0, options, false);
        EncodedTask task = call.task;
        if (task != null) {
            task.detach();
        }
        Queued queued = new Queued(call, slot.now());
        call.waits();
        enqueue(queued);
        return (CompletableFuture<R>) queued;
    }

    /** An asynchronous call; cancelling it interrupts it, unless it is detached. */
    private static final class Queued extends CompletableFuture<@Nullable Object> {
        private final Call call;

        private final long since;

        /** Completes at the deadline, if it is still in the queue then. */
        private final CompletableFuture<@Nullable Void> due = new CompletableFuture<>();

        /** Whether another one was in front of it; guarded by the queue's owner. */
        private boolean waited;

        private Queued(Call call, long since) {
            this.call = call;
            this.since = since;
        }

        private boolean isOverdue(long now) {
            return now >= call.deadline;
        }

        private void succeed(@Nullable Object value) {
            call.ended(isCancelled() ? Call.cancellation() : null);
            complete(value);
        }

        private void fail(Throwable failure) {
            call.ended(failure);
            completeExceptionally(failure);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                due.cancel(false);
                call.ended(Call.cancellation());
            }
            if (cancelled && mayInterruptIfRunning && !call.options.isDetached()) {
                call.cancel();
            }
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }

    private void enqueue(Queued queued) {
        boolean waits;
        synchronized (this) {
            waits = serving;
            queued.waited = waits;
            queue.add(queued);
            serving = true;
        }
        if (waits) {
            expireInTime(queued);
        } else {
            serveNext();
        }
    }

    private void expireInTime(Queued queued) {
        if (queued.call.deadline == Slot.NEVER) {
            return;
        }
        CompletableFuture<Void> unused = queued.due
                .completeOnTimeout(null, queued.call.deadline - slot.now(), TimeUnit.NANOSECONDS)
                .thenRunAsync(() -> expire(queued), factory.executor());
    }

    private void expire(Queued queued) {
        boolean waits;
        synchronized (this) {
            waits = queue.remove(queued);
        }
        if (waits) {
            queued.fail(slot.busy(queued.since));
        }
    }

    /** Hands the first of the queue to a thread; there is a queue, and nobody serves it. */
    private void serveNext() {
        try {
            factory.executor().execute(this::serve);
        } catch (RuntimeException | Error e) {
            for (Queued next = poll(); next != null; next = poll()) {
                next.fail(slot.unusable(e));
            }
        }
    }

    private void serve() {
        Queued next = poll();
        while (next != null && next.isDone()) {
            next.call.ended(Call.cancellation());
            next = poll();
        }
        if (next == null) {
            return;
        }
        Object value = null;
        Throwable failure = null;
        if (next.waited && next.isOverdue(slot.now())) {
            failure = slot.busy(next.since);
        } else {
            try {
                value = slot.call(next.call).value();
            } catch (Throwable e) {
                failure = e;
            }
        }
        // Before this one is told: a stage that depends on it may wait for a later one.
        if (hasMore()) {
            serveNext();
        }
        if (failure == null) {
            next.succeed(value);
        } else {
            next.fail(failure);
        }
    }

    private synchronized @Nullable Queued poll() {
        Queued next = queue.poll();
        serving = next != null;
        if (next != null) {
            next.due.cancel(false);
        }
        return next;
    }

    private synchronized boolean hasMore() {
        serving = !queue.isEmpty();
        return serving;
    }
}
