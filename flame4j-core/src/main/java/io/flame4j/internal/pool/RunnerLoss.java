package io.flame4j.internal.pool;

import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.wire.ControlFrame;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of one runner as seen by those who depend on it: its calls, and what lives in its slots. Thread-safe. */
final class RunnerLoss {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerLoss.class);

    /** The connections of a process that ends break within a moment of each other. */
    private static final long SUSPICION_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** The end of the control connection may be there to be read for as long, by a thread that gets no processor. */
    private static final long CATCH_UP_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** More than the platform is given to say why, and an ended runner to say how far it came, by this much. */
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    private final RunnerServices services;
    private final ManagedRunner runner;
    private final CompletableFuture<@Nullable Void> suspected = new CompletableFuture<>();
    private final CompletableFuture<RunnerLostException> settled = new CompletableFuture<>();
    private volatile ControlFrame.@Nullable Goodbye goodbye;
    private final Set<HeldSlot> held = ConcurrentHashMap.newKeySet();

    RunnerLoss(RunnerServices services, ManagedRunner runner) {
        this.services = services;
        this.runner = runner;
    }

    /** The runner is lost, for this reason; the first reason counts. */
    void settle(RunnerLostException why) {
        suspect();
        if (settled.complete(why)) {
            if (why.reason() != Reason.SHUTDOWN) {
                LOG.warn("{}", why.getMessage());
                services.shell().lossKnown(runner, why);
            }
            endHeld();
        }
    }

    /** The runner has ended as it was told to; this is for a call that was still on it against all expectation. */
    void settleExpected(RunnerLostException why) {
        suspect();
        settled.complete(why);
        endHeld();
    }

    /** The runner has said how far it has come; it begins nothing more. */
    void goodbye(ControlFrame.Goodbye frame) {
        goodbye = frame;
        suspect();
    }

    /** Whether the runner has said that it never began, and never will, the call that was last sent on a connection. */
    boolean excludes(Slot.Line line) {
        ControlFrame.Goodbye last = goodbye;
        return last != null
                && last.begun()
                        .filter(calls -> calls.stream()
                                .allMatch(call -> line.isBeyond(call.slotId(), call.generation(), call.sequence())))
                        .isPresent();
    }

    /** Something is wrong with the runner; why is still to be found out. */
    void suspect() {
        suspected.complete(null);
    }

    /**
     * Why the runner was lost, for a call whose connection broke. Waits for the platform to say why, once the runner is
     * known to be lost, unless it {@linkplain #excludes excludes} the call.
     *
     * @param line the connection, if there is one
     * @param deadline the call's: nobody waits beyond it
     * @return the loss; null when nothing else is wrong with the runner, so that only the connection was lost
     */
    @Nullable
    RunnerLostException await(Slot.@Nullable Line line, long deadline) throws InterruptedException {
        if (!isSuspected(deadline)) {
            return null;
        }
        try {
            if (line != null && excludes(line)) {
                return null;
            }
            long details = Math.max(services.lossDetailsNanos(), ManagedRunner.LAST_WORDS_NANOS);
            return settled.get(rest(details + SLACK_NANOS, deadline), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The threads that would tell may be late; they and the platform are asked before the runner is said to be up. */
    private boolean isSuspected(long deadline) throws InterruptedException {
        return comes(suspected, rest(SUSPICION_NANOS, deadline))
                || comes(CompletableFuture.anyOf(suspected, services.caughtUp()), rest(CATCH_UP_NANOS, deadline))
                        && suspected.isDone()
                || runner.hasEnded();
    }

    private static boolean comes(CompletableFuture<?> what, long within) throws InterruptedException {
        try {
            what.get(within, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private long rest(long most, long deadline) {
        return deadline == Slot.NEVER ? most : Math.min(most, deadline - services.now());
    }

    /** Something lives on in a slot and ends with the runner. */
    void hold(HeldSlot slot) {
        held.add(slot);
        if (settled.isDone()) {
            endHeld();
        }
    }

    void letGo(HeldSlot slot) {
        held.remove(slot);
    }

    Set<HeldSlot> held() {
        return held;
    }

    private void endHeld() {
        RunnerLostException why = settled.join();
        for (HeldSlot slot : held) {
            slot.lost(why);
        }
        held.clear();
    }
}
