package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallTimeoutException;
import io.flame4j.RunnerLostException;
import io.flame4j.internal.closure.DecodedResult;
import io.flame4j.internal.link.Slot;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A slot that is kept after its call was answered, because something of that call lives on: a placed object, tracked
 * resources. {@code use} lets one call at a time onto it. It ends by {@link #close()}, with its pool, or with its
 * runner; {@link #exit()} tells.
 */
final class HeldSlot {

    private final RunnerServices services;
    private final CallEngine engine;
    private final ManagedRunner runner;
    private final Slot slot;
    private final ReentrantLock use = new ReentrantLock(true);
    private final CompletableFuture<@Nullable Void> exit = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Call current;

    HeldSlot(RunnerServices services, CallEngine engine, ManagedRunner runner, Slot slot) {
        this.services = services;
        this.engine = engine;
        this.runner = runner;
        this.slot = slot;
        slot.markHeld();
    }

    String runnerId() {
        return runner.id();
    }

    /** Completed at once by whoever brings the news, so that no later call is sent. Not for stages of users. */
    CompletableFuture<@Nullable Void> exit() {
        return exit;
    }

    long now() {
        return services.now();
    }

    /** Runs a call here. Throws what the caller is to see. */
    DecodedResult call(Call call) throws Throwable {
        long began = services.now();
        call.waits();
        if (!lock(call, began)) {
            throw busy(began);
        }
        try {
            return exchange(call, began);
        } finally {
            use.unlock();
        }
    }

    private boolean lock(Call call, long now) {
        try {
            if (call.deadline == Slot.NEVER) {
                use.lockInterruptibly();
                return true;
            }
            return use.tryLock(call.deadline - now, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private DecodedResult exchange(Call call, long began) throws Throwable {
        Slot.Line line = awaitLine(call, began);
        current = call;
        try {
            if (closed.get()) {
                throw closedUnder();
            }
            return engine.exchange().run(call, runner, line);
        } catch (Exchange.BrokenException e) {
            if (closed.get()) {
                throw closedUnder();
            }
            runner.slots().abandonKept(slot, line, !call.options.isDetached());
            throw e.outcome();
        } catch (Exchange.NotStartedException e) {
            throw new RunnerLostException(
                    "Pool '" + services.pool() + "': runner " + runner.id() + " takes no more calls: " + e.getMessage()
                            + ". The task did not run.",
                    runner.id(),
                    RunnerLostException.Reason.EVICTED,
                    e);
        } finally {
            current = null;
            if (line.isSpoiled() && !closed.get()) {
                runner.slots().abandonKept(slot, line, false);
            }
        }
    }

    private Slot.Line awaitLine(Call call, long began) {
        try {
            throwIfOver();
            Slot.Line line = runner.slots().awaitBack(slot, call.deadline);
            throwIfOver();
            if (line != null) {
                return line;
            }
            RunnerLostException loss = runner.loss().await(null, call.deadline);
            throw loss != null ? copy(loss) : busy(began);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Only of the waiting here: an InterruptedException of the task is the task's. */
    private CallInterruptedException interrupted() {
        Thread.currentThread().interrupt();
        return new CallInterruptedException(
                "Pool '" + services.pool() + "': the thread that waited for its turn on an object of runner "
                        + runner.id() + " was interrupted; the task did not run.",
                null);
    }

    /** For a call that has waited since then, and has not been sent. */
    CallTimeoutException busy(long began) {
        long waited = services.now() - began;
        return new CallTimeoutException(
                "Pool '" + services.pool() + "': the call's deadline passed after "
                        + TimeoutMessages.seconds(waited) + " of waiting for its turn on an object of runner "
                        + runner.id() + "; the task did not run. Calls on one object run one after the other.",
                CallTimeoutException.Phase.QUEUED,
                Duration.ofNanos(waited));
    }

    /** Why no call runs here any more; what is given when one could. */
    Throwable unusable(Throwable otherwise) {
        try {
            throwIfOver();
            return otherwise;
        } catch (IllegalStateException | RunnerLostException over) {
            return over;
        }
    }

    private void throwIfOver() {
        if (closed.get()) {
            throw new IllegalStateException(
                    "The object on runner " + runner.id() + " of pool '" + services.pool() + "' is closed.");
        }
        if (exit.isCompletedExceptionally()) {
            throw copy((RunnerLostException) exit.handle((none, why) -> why).join());
        }
    }

    private CancellationException closedUnder() {
        return new CancellationException("Pool '" + services.pool() + "': the object on runner " + runner.id()
                + " was closed while a call on it was under way; the task has been interrupted.");
    }

    /** The same news with the stack trace of the one who hears it. */
    private static RunnerLostException copy(RunnerLostException loss) {
        return new RunnerLostException(String.valueOf(loss.getMessage()), loss.runnerId(), loss.reason(), loss);
    }

    /** Interrupts what runs here, lets the runner throw away what it keeps here, and gives the slot back. */
    void close() {
        if (exit.isDone() || !closed.compareAndSet(false, true)) {
            return;
        }
        Call running = current;
        if (running != null) {
            running.cancel();
        }
        runner.loss().letGo(this);
        runner.slots().discard(slot);
        exit.complete(null);
    }

    void lost(RunnerLostException why) {
        exit.completeExceptionally(why);
    }
}
