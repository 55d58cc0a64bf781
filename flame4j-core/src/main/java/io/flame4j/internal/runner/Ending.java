package io.flame4j.internal.runner;

import io.flame4j.internal.wire.ControlFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How a runner ends: waits for its calls as long as they may take, says goodbye, lets the slots close what they keep,
 * and ends the host. All of that on a thread of its own, which begins with the first reason to end; later reasons can
 * only make it faster. The first reason determines the exit code.
 *
 * <p>{@code lock} guards all fields; nothing is sent, interrupted or joined under it.
 */
final class Ending implements Runnable {

    /** What a task gets after the interrupt that asks it to end. */
    static final long HOLD_MILLIS = 2_000;

    /** The same without a parent, where all of the end may take two seconds. */
    private static final long HOLD_ALONE_MILLIS = 1_000;

    /** What slots get to close what they keep, with a parent that waits, and without one. */
    private static final long TIDY_MILLIS = 5_000;

    private static final long TIDY_ALONE_MILLIS = 500;

    private final Runner runner;
    private final RunnerHost host;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private @Nullable Thread thread;
    private int exitCode;
    private String why = "";
    private boolean goodbye = true;
    private boolean over;
    private final Limits linked = new Limits();
    private final Limits detached = new Limits();

    /** Until when the calls of one kind may go on. Guarded by {@code lock}. */
    private static final class Limits {
        long interruptAt = Clock.NEVER;
        long until = Clock.NEVER;

        void tighten(long interrupt, long holdMillis) {
            interruptAt = Math.min(interruptAt, interrupt);
            until = Math.min(until, interrupt == Clock.NEVER ? interrupt : Clock.after(interrupt, holdMillis));
        }

        boolean takeInterrupt(long now) {
            if (now < interruptAt) {
                return false;
            }
            interruptAt = Clock.NEVER;
            return true;
        }
    }

    Ending(Runner runner, RunnerHost host, Clock clock) {
        this.runner = runner;
        this.host = host;
        this.clock = clock;
    }

    /** Running calls may finish; after the grace they are interrupted. A negative grace has no end. */
    void finishCalls(int code, String reason, long graceMillis) {
        long interruptAt = graceMillis < 0 ? Clock.NEVER : Clock.after(clock.nanos(), graceMillis);
        lock.lock();
        try {
            linked.tighten(interruptAt, HOLD_MILLIS);
            detached.tighten(interruptAt, HOLD_MILLIS);
            begin(code, reason);
        } finally {
            lock.unlock();
        }
    }

    /** Linked calls are interrupted, detached ones may finish within the grace. */
    void parentLost(int code, String reason, long graceMillis) {
        long now = clock.nanos();
        lock.lock();
        try {
            goodbye = false;
            linked.tighten(now, HOLD_ALONE_MILLIS);
            detached.tighten(Clock.after(now, graceMillis), HOLD_ALONE_MILLIS);
            begin(code, reason);
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts all calls and waits so long for them. */
    void now(int code, String reason, long holdMillis) {
        long now = clock.nanos();
        lock.lock();
        try {
            goodbye = false;
            linked.tighten(now, Math.min(HOLD_MILLIS, holdMillis));
            detached.tighten(now, Math.min(HOLD_MILLIS, holdMillis));
            begin(code, reason);
        } finally {
            lock.unlock();
        }
    }

    private void begin(int code, String reason) {
        changed.signalAll();
        if (thread != null) {
            return;
        }
        exitCode = code;
        why = reason;
        try {
            Thread started = runner.thread(this, "-end");
            thread = started;
            started.start();
        } catch (OutOfMemoryError e) {
            host.halt(code);
        }
    }

    /** A call has ended. */
    void callEnded() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            awaitCalls();
            if (saysGoodbye()) {
                sayGoodbye();
            }
            runner.over();
            awaitSlots();
            runner.closeControl();
        } finally {
            finish();
        }
    }

    private void finish() {
        int code;
        lock.lock();
        try {
            over = true;
            code = exitCode;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        host.exit(code);
    }

    private void awaitCalls() {
        boolean waiting = true;
        while (waiting) {
            boolean interruptLinked;
            boolean interruptDetached;
            lock.lock();
            try {
                long now = clock.nanos();
                interruptLinked = linked.takeInterrupt(now);
                interruptDetached = detached.takeInterrupt(now);
                if (!interruptLinked && !interruptDetached) {
                    waiting = awaitChange(now);
                }
            } finally {
                lock.unlock();
            }
            for (SlotWorker worker : runner.workers()) {
                TaskScope scope = worker.current();
                if (scope != null && (scope.outlivesCaller() ? interruptDetached : interruptLinked)) {
                    scope.interrupt(goodbyeCause());
                }
            }
        }
    }

    private TaskScope.Cause goodbyeCause() {
        return saysGoodbye() ? TaskScope.Cause.SHUTDOWN : TaskScope.Cause.PARENT_LOST;
    }

    /** Waits once for something to happen; false when there is no call left that may go on. */
    @SuppressWarnings("WaitNotInLoop") // The caller loops.
    private boolean awaitChange(long now) {
        long next = Clock.NEVER;
        boolean busy = false;
        for (SlotWorker worker : runner.workers()) {
            TaskScope scope = worker.current();
            if (scope != null && !worker.isCondemned()) {
                Limits limits = scope.outlivesCaller() ? detached : linked;
                if (now < limits.until) {
                    busy = true;
                    next = Math.min(next, Math.min(limits.interruptAt, limits.until));
                }
            }
        }
        if (busy) {
            try {
                changed.awaitNanos(next - now);
            } catch (InterruptedException e) {
                RunnerLog.LOG.debug("The thread that ends the runner was interrupted; it goes on");
            }
        }
        return busy;
    }

    private boolean saysGoodbye() {
        lock.lock();
        try {
            return goodbye;
        } finally {
            lock.unlock();
        }
    }

    /** Tells how far each slot has come, so that the parent can send the calls elsewhere that came too late. */
    private void sayGoodbye() {
        for (SlotWorker worker : runner.workers()) {
            TaskScope scope = worker.current();
            if (scope != null && scope.isRunning() && worker.condemn()) {
                runner.send(new ControlFrame.Condemned(worker.slotId(), scope.goesOn()));
            }
        }
        List<ControlFrame.Goodbye.Begun> begun = new ArrayList<>();
        for (SlotWorker worker : runner.workers()) {
            ControlFrame.Goodbye.Begun last = worker.lastBegun();
            if (last != null) {
                begun.add(last);
            }
        }
        runner.send(new ControlFrame.Goodbye(why, Optional.of(begun)));
    }

    private void awaitSlots() {
        long end = Clock.after(clock.nanos(), saysGoodbye() ? TIDY_MILLIS : TIDY_ALONE_MILLIS);
        for (SlotWorker worker : runner.workers()) {
            if (!worker.awaitEnd(end)) {
                host.report("slot " + worker.slotId() + " has not ended in time, and what it keeps is left as it is: "
                        + worker.whatGoesOn());
            }
        }
    }

    /** Waits until all but the host has ended. */
    void awaitOver() {
        lock.lock();
        try {
            while (!over) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
