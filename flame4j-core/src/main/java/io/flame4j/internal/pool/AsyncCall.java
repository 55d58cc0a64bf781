package io.flame4j.internal.pool;

import io.flame4j.PoolSaturatedException;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A call that nobody waits for on a thread. While it is queued it costs no thread; once it has a slot, one of the
 * executor's threads carries it.
 */
final class AsyncCall<T extends @Nullable Object> extends CompletableFuture<T> implements Waiting {

    private final PoolShell shell;
    private final Executor executor;
    private final Call call;
    private final Carrier<T> carrier;
    /** Set once, before anybody else knows of this call. */
    private volatile @Nullable Waiter<Waiting> place;
    /** The slot that tracked resources in the result keep; set before the result can be seen. */
    private volatile @Nullable HeldSlot kept;

    /** Takes the call through its life on the granted slot. */
    interface Carrier<T extends @Nullable Object> {
        CallEngine.Answer carry(Call call, Runner granted) throws Throwable;

        /** What the caller gets to see of the answer. */
        T value(CallEngine.Answer answer);
    }

    AsyncCall(PoolShell shell, Executor executor, Call call, Carrier<T> carrier) {
        this.shell = shell;
        this.executor = executor;
        this.call = call;
        this.carrier = carrier;
    }

    AsyncCall<T> submit() {
        try {
            return trySubmit();
        } catch (PoolSaturatedException e) {
            call.ended(e);
            throw e;
        }
    }

    /** As {@link #submit}, but a call for which there was no room is not over. */
    AsyncCall<T> trySubmit() {
        call.waits();
        try {
            enter();
        } catch (PoolSaturatedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            call.ended(e);
            throw e;
        }
        return this;
    }

    private void enter() {
        Runner runner = shell.tryAcquire();
        if (runner != null) {
            if (!granted(runner)) {
                shell.release(runner, -1);
            }
        } else {
            place = shell.enqueue(this, call.deadline, false);
            if (isCancelled()) {
                leaveQueue();
            }
        }
    }

    @Override
    public boolean granted(Runner runner) {
        if (isDone()) {
            call.ended(Call.cancellation());
            return false;
        }
        try {
            executor.execute(() -> carry(runner));
            return true;
        } catch (RuntimeException | Error e) {
            // It has no thread to spare: not for this call, and perhaps none to be had at all.
            fail(e);
            return false;
        }
    }

    private void carry(Runner runner) {
        if (isDone()) {
            call.ended(Call.cancellation());
            shell.release(runner, -1);
            return;
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(call.loader);
            CallEngine.Answer answer = carrier.carry(call, runner);
            kept = answer.kept();
            T value = carrier.value(answer);
            call.ended(isCancelled() ? Call.cancellation() : null);
            if (!complete(value)) {
                // Cancelled meanwhile: nobody will ever close the handles of what it tracks.
                answer.drop();
            }
        } catch (Throwable failure) {
            fail(failure);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** The stages that depend on this are the user's, and may block: they must not hold up the one who brings the news. */
    @Override
    public void refused(RuntimeException why) {
        try {
            executor.execute(() -> fail(why));
        } catch (RuntimeException | Error e) {
            fail(why);
        }
    }

    private void fail(Throwable failure) {
        call.ended(failure);
        completeExceptionally(failure);
    }

    /** Whether its result keeps a slot. */
    boolean keepsSlot() {
        return kept != null;
    }

    /** Gives back the slot that its result keeps, for a result that nobody gets to see. */
    void letGo() {
        HeldSlot slot = kept;
        if (slot != null) {
            slot.close();
        }
    }

    /** Takes the call from the queue; one that runs is only given up when it may be interrupted and is linked. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            call.ended(Call.cancellation());
            leaveQueue();
            if (mayInterruptIfRunning && !call.options.isDetached()) {
                call.cancel();
            }
        }
        return cancelled;
    }

    private void leaveQueue() {
        Waiter<Waiting> current = place;
        if (current != null) {
            shell.cancel(current);
        }
    }

    /** Stages that depend on it are plain futures: cancelling one of those must not reach the runner. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
