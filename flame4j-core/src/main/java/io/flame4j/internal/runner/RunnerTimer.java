package io.flame4j.internal.runner;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One thread for all that happens at its time: heartbeats, the parent's silence, the deadlines of tasks and the grace
 * after their interrupts, and the failsafe before there is a parent.
 *
 * <p>It keeps no queue. It looks at the running calls when it wakes, and sleeps until the earliest of what it saw;
 * a call that begins wakes it only when its deadline is before that. Since it wakes for each heartbeat anyway, calls
 * with the usual time limits cost it nothing.
 *
 * <p>{@code lock} guards {@code woken}; {@code nextWake} is written by the timer's thread alone; {@code liveness} and
 * {@code failsafeAt} belong to it.
 */
final class RunnerTimer implements Runnable {

    private static final long AFTER_FAILURE_MILLIS = 100;

    private final Runner runner;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private boolean woken;
    private volatile long nextWake = Clock.NEVER;
    private volatile boolean stopped;
    private volatile @Nullable Session session;
    private volatile @Nullable Thread thread;
    private @Nullable Liveness liveness;
    private long failsafeAt;

    RunnerTimer(Runner runner, Clock clock, long failsafeAt) {
        this.runner = runner;
        this.clock = clock;
        this.failsafeAt = failsafeAt;
    }

    void start() {
        Thread started = runner.thread(this, "-timer");
        thread = started;
        started.start();
    }

    /** The runner has a parent: from now on heartbeats count, and the failsafe does not. */
    void serve(Session agreed) {
        session = agreed;
        wakeUp();
    }

    void stop() {
        stopped = true;
        wakeUp();
    }

    @Nullable
    Thread thread() {
        return thread;
    }

    /** Something is due at this time. Costs one read of a field, unless it is the earliest. */
    void dueAt(long moment) {
        if (moment < nextWake) {
            wakeUp();
        }
    }

    private void wakeUp() {
        lock.lock();
        try {
            woken = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        while (!stopped) {
            // Whoever begins while this thread looks around is to wake it: it may have looked there before.
            nextWake = Clock.NEVER;
            long next;
            try {
                next = Math.min(look(clock.nanos()), lookAtSlots());
            } catch (OutOfMemoryError e) {
                runner.outOfMemory();
                next = Clock.after(clock.nanos(), AFTER_FAILURE_MILLIS);
            }
            nextWake = next;
            await(next);
        }
    }

    private long look(long now) {
        Session agreed = session;
        if (agreed == null) {
            return lookAtFailsafe(now);
        }
        Liveness watch = liveness;
        if (watch == null) {
            watch = new Liveness(agreed.terms().heartbeatMillis());
            liveness = watch;
        }
        ControlLink link = agreed.link();
        if (watch.isSilent(now, link.lastHeard())) {
            runner.parentLost("nothing was heard from the parent for three heartbeats");
            session = null;
            failsafeAt = Clock.NEVER;
            return Clock.NEVER;
        }
        if (watch.isQuiet(now, link.lastSent())) {
            link.beat();
        }
        return watch.nextLook(Math.max(clock.nanos(), link.lastSent()), link.lastHeard());
    }

    private long lookAtFailsafe(long now) {
        if (now >= failsafeAt) {
            failsafeAt = Clock.NEVER;
            runner.bootTimedOut();
        }
        return failsafeAt;
    }

    private long lookAtSlots() {
        long next = Clock.NEVER;
        for (SlotWorker worker : runner.workers()) {
            next = Math.min(next, worker.lookAtDial(clock.nanos()));
            TaskScope scope = worker.current();
            if (scope != null) {
                next = Math.min(next, scope.look(clock.nanos()));
            }
        }
        return next;
    }

    private void await(long moment) {
        lock.lock();
        try {
            while (!woken && !stopped) {
                long rest = moment - clock.nanos();
                if (rest <= 0) {
                    break;
                }
                wake.awaitNanos(rest);
            }
            woken = false;
        } catch (InterruptedException e) {
            // A task that interrupts every thread it finds; looking around once more is harmless.
            woken = false;
        } finally {
            lock.unlock();
        }
    }
}
