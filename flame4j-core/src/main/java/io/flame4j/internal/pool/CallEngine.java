package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.RunnerLostException;
import io.flame4j.internal.closure.DecodedResult;
import io.flame4j.internal.link.RunnerSlots;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a call through its life: a slot, the exchange, and another slot when the task never started or may be repeated.
 * The calling thread does all of it. Thread-safe: it holds nothing of a call.
 */
final class CallEngine {

    private static final Logger LOG = LoggerFactory.getLogger(CallEngine.class);

    /** A connection that was used more recently than this is taken to be alive. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final RunnerServices services;
    private final Exchange exchange;
    private final TimeoutMessages messages;

    CallEngine(RunnerServices services, Decoders decoders) {
        this.services = services;
        this.exchange = new Exchange(services, decoders);
        this.messages = new TimeoutMessages(services.pool());
    }

    Exchange exchange() {
        return exchange;
    }

    /** The value of an answered call and, when the call keeps its slot, that slot. */
    record Answer(DecodedResult result, @Nullable HeldSlot kept) {

        /** Gives back the slot that it keeps. */
        void drop() {
            if (kept != null) {
                kept.close();
            }
        }
    }

    /** What to do after an attempt. */
    private sealed interface Attempt {
        record Done(Answer answer) implements Attempt {}

        record Again(boolean countsAsRetry) implements Attempt {}
    }

    /**
     * Runs the call, beginning with a slot that it was granted already, if it was.
     *
     * @param keep whether the slot is kept, whatever comes back
     * @throws Throwable what the caller is to see
     */
    Answer run(Call call, @Nullable Runner granted, boolean keep) throws Throwable {
        call.waits();
        if (Thread.currentThread().isInterrupted()) {
            if (granted != null) {
                services.shell().release(granted, -1);
            }
            throw new CallInterruptedException(
                    "Pool '" + services.pool() + "': the thread was interrupted before it could send " + call.describe()
                            + "; the task did not run.",
                    null);
        }
        int retries = call.options.retries();
        Runner runner = granted == null ? acquire(call, false) : granted;
        while (true) {
            Attempt attempt = attempt(call, runner, keep, retries > 0);
            if (attempt instanceof Attempt.Done done) {
                return done.answer;
            }
            if (((Attempt.Again) attempt).countsAsRetry) {
                retries--;
            }
            call.waits();
            runner = acquire(call, true);
        }
    }

    /** Waits for a slot. */
    private Runner acquire(Call call, boolean again) {
        PoolShell shell = services.shell();
        if (!again) {
            Runner runner = shell.tryAcquire();
            if (runner != null) {
                return runner;
            }
        }
        SyncWaiting waiting = new SyncWaiting();
        Waiter<Waiting> place = shell.enqueue(waiting, call.deadline, again);
        try {
            return waiting.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!shell.cancel(place)) {
                // Decided at the same moment: a slot that it was granted must not get lost.
                shell.release(waiting.awaitUninterruptibly(), -1);
            }
            throw new CallInterruptedException(
                    "Pool '" + services.pool() + "': the thread that waited in the queue with " + call.describe()
                            + " was interrupted; the task did not run.",
                    null);
        }
    }

    private Attempt attempt(Call call, Runner granted, boolean keep, boolean mayRepeat) throws Throwable {
        ManagedRunner runner = (ManagedRunner) Objects.requireNonNull(granted.attachment);
        RunnerSlots slots = runner.slots();
        long began = services.now();
        Slot slot = takeSlot(call, runner, granted, began);
        if (slot == null) {
            return new Attempt.Again(false);
        }
        Slot.Line line = slot.line();
        if (line.isDead(began, FRESH_NANOS)) {
            slots.abandon(slot, line, false, false);
            return new Attempt.Again(false);
        }
        boolean settled = false;
        try {
            DecodedResult result = exchange.run(call, runner, line);
            settled = true;
            return new Attempt.Done(settle(result, runner, slot, line, keep, began));
        } catch (Exchange.BrokenException e) {
            settled = true;
            // What the task may have left in the slot is nobody's, even when it ended just before.
            boolean linked = !call.options.isDetached();
            slots.abandon(slot, line, linked, linked);
            return again(call, e, mayRepeat);
        } catch (Exchange.NotStartedException e) {
            LOG.debug("Pool '{}': runner {} refused a call: {}", services.pool(), runner.id(), e.getMessage());
            settled = true;
            // First, or the slot is granted to this very call again.
            runner.refuses(String.valueOf(e.getMessage()));
            giveBack(runner, slot, line, -1);
            return new Attempt.Again(false);
        } finally {
            // Answered by a failure: the connection is good.
            if (!settled) {
                giveBack(runner, slot, line, services.now() - began);
            }
        }
    }

    /** Null when the runner is lost or the connection could not be had, so that the call has to go elsewhere. */
    private @Nullable Slot takeSlot(Call call, ManagedRunner runner, Runner granted, long began) {
        Slot slot = null;
        try {
            slot = runner.slots().take(call.deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(
                    "Pool '" + services.pool() + "': the thread that waited for a connection to runner " + runner.id()
                            + " was interrupted; the task did not run.",
                    null);
        } finally {
            if (slot == null) {
                services.shell().release(granted, -1);
            }
        }
        if (slot == null) {
            long now = services.now();
            if (now >= call.deadline) {
                throw messages.connecting(runner.id(), now - began);
            }
        }
        return slot;
    }

    private Answer settle(
            DecodedResult result, ManagedRunner runner, Slot slot, Slot.Line line, boolean keep, long began) {
        if (keep || !result.tracked().isEmpty()) {
            HeldSlot kept = new HeldSlot(services, this, runner, slot);
            services.shell().hold(runner.scheduled());
            runner.loss().hold(kept);
            if (line.isSpoiled()) {
                runner.slots().abandonKept(slot, line, false);
            }
            if (services.shell().isClosed()) {
                // It came too late for the pool to find it among those that end with it.
                kept.close();
            }
            return new Answer(result, kept);
        }
        giveBack(runner, slot, line, services.now() - began);
        return new Answer(result, null);
    }

    /** The call was answered. When its connection was closed under it all the same, the slot is free when redialled. */
    private void giveBack(ManagedRunner runner, Slot slot, Slot.Line line, long serviceNanos) {
        if (line.isSpoiled()) {
            runner.slots().abandon(slot, line, false, false);
        } else {
            runner.slots().giveBack(slot);
            services.shell().release(runner.scheduled(), serviceNanos);
        }
    }

    private Attempt again(Call call, Exchange.BrokenException broken, boolean mayRepeat) throws Throwable {
        if (broken.outcome() instanceof RunnerLostException lost
                && lost.reason() != RunnerLostException.Reason.SHUTDOWN
                && !services.shell().isClosed()) {
            if (!broken.started()) {
                return new Attempt.Again(false);
            }
            if (mayRepeat) {
                LOG.info(
                        "Pool '{}': {} is run again elsewhere: {}",
                        services.pool(),
                        call.describe(),
                        lost.getMessage());
                return new Attempt.Again(true);
            }
        }
        throw broken.outcome();
    }
}
