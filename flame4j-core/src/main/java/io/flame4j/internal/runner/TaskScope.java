package io.flame4j.internal.runner;

import io.flame4j.RunnerContext;
import io.flame4j.Tracked;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.DecodedTask;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.SlotConnection;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call on the runner, and what its task sees of it. Public for {@link RunnerContext#current()} alone.
 *
 * <p>The monitor of this object guards {@code phase} and everything about interrupts: the task's thread is interrupted
 * under it, and only while the task runs, and the interrupt is cleared under it when the task ends, so that none ever
 * reaches the next call.
 */
public final class TaskScope implements RunnerContext {

    /** Why a task should stop. */
    enum Cause {
        /** Its time was up: the answer says so, whatever the task makes of the interrupt. */
        DEADLINE,
        /** Nobody waits for it any more. */
        CALLER_GONE,
        /** As before, since the parent as a whole is gone. */
        PARENT_LOST,
        /** The runner is about to end; the caller still hears what comes of it. */
        SHUTDOWN
    }

    private enum Phase {
        /** The task is read; reading must not be interrupted, since that would cut the connection. */
        READING,
        RUNNING,
        ENDED
    }

    private static final ThreadLocal<SlotWorker> WORKER = new ThreadLocal<>();

    private final SlotWorker worker;
    private final CallServer server;
    private final int generation;
    private final int sequence;
    private final boolean detached;
    private final boolean tracking;
    private final boolean progressWanted;
    private final long deadlineAt;
    private final Thread thread;

    private Phase phase = Phase.READING;
    private volatile @Nullable Cause cause;
    private volatile boolean ended;
    private volatile boolean abandoned;
    private long condemnAt = Clock.NEVER;
    private long interruptedAt = Clock.NEVER;
    private boolean deadlinePassed;
    private boolean holdsInterrupts;
    private boolean owesInterrupt;
    private @Nullable List<ByteWriter> sentProgress;
    private volatile @Nullable DecodedTask task;

    /**
     * A call.
     *
     * @param call the connection, after the header of the call was received
     */
    TaskScope(CallServer server, SlotWorker worker, int generation, SlotConnection call, long deadlineAt) {
        int flags = call.flags();
        this.sequence = call.sequence();
        this.server = server;
        this.worker = worker;
        this.generation = generation;
        this.detached = (flags & Protocol.CALL_DETACHED) != 0;
        this.tracking = (flags & Protocol.CALL_TRACK) != 0;
        this.progressWanted = (flags & Protocol.CALL_PROGRESS) != 0;
        this.deadlineAt = deadlineAt;
        this.thread = Thread.currentThread();
    }

    /** The context of the task that this thread runs. */
    public static RunnerContext current() {
        SlotWorker worker = WORKER.get();
        TaskScope scope = worker == null ? null : worker.current();
        if (scope == null) {
            throw new IllegalStateException("This thread runs no task. RunnerContext.current() works on the thread that"
                    + " runs the task; hand the object to the threads that the task starts.");
        }
        return scope;
    }

    /** Makes this thread the one of a slot. */
    static void enter(SlotWorker worker) {
        WORKER.set(worker);
    }

    int generation() {
        return generation;
    }

    long deadlineAt() {
        return deadlineAt;
    }

    boolean isTracking() {
        return tracking;
    }

    /** Whether the loss of the parent leaves it running. */
    boolean outlivesCaller() {
        return detached;
    }

    int sequence() {
        return sequence;
    }

    /** What the task is, for messages. */
    void describe(DecodedTask decoded) {
        task = decoded;
    }

    /** Nobody waits for the answer any more, but the task may go on. */
    void abandon() {
        abandoned = true;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Asks the task to stop. It is condemned when it does not, unless the runner is about to end anyway. */
    void interrupt(Cause why) {
        boolean graced = why == Cause.DEADLINE || why == Cause.CALLER_GONE;
        Runner runner = worker.runner();
        long now = runner.clock().nanos();
        long graceEnds = graced ? Clock.after(now, runner.interruptGraceMillis()) : Clock.NEVER;
        synchronized (this) {
            if (phase == Phase.ENDED) {
                return;
            }
            if (cause == null || why == Cause.CALLER_GONE || why == Cause.PARENT_LOST) {
                cause = why;
            }
            condemnAt = Math.min(condemnAt, graceEnds);
            interruptedAt = Math.min(interruptedAt, now);
            if (phase == Phase.RUNNING && !holdsInterrupts) {
                thread.interrupt();
            } else {
                owesInterrupt = true;
            }
        }
        runner.timer().dueAt(graceEnds);
    }

    /** What is due now is done; returns when to look again. The timer's thread. */
    long look(long now) {
        boolean overdue;
        boolean stuck;
        synchronized (this) {
            overdue = !deadlinePassed && now >= deadlineAt && phase == Phase.RUNNING;
            deadlinePassed |= now >= deadlineAt;
            stuck = now >= condemnAt && phase != Phase.ENDED;
            if (stuck) {
                condemnAt = Clock.NEVER;
            }
        }
        if (overdue) {
            interrupt(Cause.DEADLINE);
        }
        if (stuck) {
            worker.runner()
                    .condemn(
                            worker,
                            goesOn() + " (interruptGrace is " + worker.runner().interruptGraceMillis()
                                    + " ms). The runner ends when its other calls have. Have the task heed"
                                    + " Thread.interrupted() or RunnerContext.isCancelled()");
        }
        return nextLook();
    }

    /** What it is, and where, and for how long it has not minded its interrupt. For the log; any thread. */
    String goesOn() {
        DecodedTask known;
        long since;
        boolean running;
        synchronized (this) {
            known = task;
            since = interruptedAt;
            running = phase == Phase.RUNNING;
        }
        String name = known == null ? "a task" : known.describe();
        long millis = (worker.runner().clock().nanos() - since) / Clock.NANOS_PER_MILLI;
        // The thread of a call that has ended this very moment is elsewhere by now.
        return name + " goes on" + (since == Clock.NEVER ? "" : " although it was interrupted " + millis + " ms ago")
                + (running ? Whereabouts.of(thread) : "");
    }

    private synchronized long nextLook() {
        if (phase == Phase.ENDED) {
            return Clock.NEVER;
        }
        return deadlinePassed ? condemnAt : Math.min(deadlineAt, condemnAt);
    }

    /** The task has been read and is about to run; returns why it must not, or null. The task's thread. */
    @Nullable
    Cause start() {
        boolean overdue = deadlineAt != Clock.NEVER && worker.runner().clock().nanos() >= deadlineAt;
        synchronized (this) {
            deadlinePassed |= overdue;
            if (cause == null && deadlinePassed) {
                cause = Cause.DEADLINE;
            }
            if (cause == null) {
                phase = Phase.RUNNING;
            }
            return cause;
        }
    }

    /**
     * The task has ended: no interrupt reaches this thread any more. What it captured is let go of, whoever keeps this
     * context. Returns why it was asked to stop, or null.
     */
    synchronized @Nullable Cause finish() {
        phase = Phase.ENDED;
        ended = true;
        task = null;
        Thread.interrupted();
        return cause;
    }

    /** Whether its time is up, by whichever clock noticed first. */
    boolean isDeadlinePassed() {
        return cause == Cause.DEADLINE
                || (deadlineAt != Clock.NEVER && worker.runner().clock().nanos() >= deadlineAt);
    }

    /** Keeps progress that refers to objects of this JVM until the next call, when the parent has read it. */
    synchronized void keep(ByteWriter sent) {
        List<ByteWriter> present = sentProgress;
        if (present == null) {
            present = new ArrayList<>();
            sentProgress = present;
        }
        present.add(sent);
    }

    /** Whether it keeps such progress. */
    synchronized boolean isKeeping() {
        return sentProgress != null;
    }

    /** Whether the task has been started and has not ended. */
    synchronized boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    boolean isEnded() {
        return ended;
    }

    /** Keeps interrupts from this thread while it writes to the connection, which they would close. */
    boolean holdInterrupts() {
        boolean interrupted = Thread.interrupted();
        if (Thread.currentThread() != thread) {
            return interrupted;
        }
        synchronized (this) {
            holdsInterrupts = true;
            // One may have come before the field was set.
            owesInterrupt |= interrupted | Thread.interrupted();
        }
        return false;
    }

    /** Lets interrupts through again, and the one that was held back. */
    void releaseInterrupts(boolean interrupted) {
        boolean due = interrupted;
        synchronized (this) {
            if (Thread.currentThread() == thread) {
                holdsInterrupts = false;
                due |= owesInterrupt;
                owesInterrupt = false;
            }
            if (due) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String pool() {
        return worker.runner().ticket().pool();
    }

    @Override
    public String runnerId() {
        return worker.runner().ticket().runnerId();
    }

    @Override
    public Optional<Duration> remaining() {
        if (deadlineAt == Clock.NEVER) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(
                Math.max(0, deadlineAt - worker.runner().clock().nanos())));
    }

    @Override
    public boolean isCancelled() {
        return cause != null;
    }

    @Override
    public void progress(@Nullable Serializable value) {
        if (ended) {
            return;
        }
        if (progressWanted && !abandoned) {
            server.sendProgress(this, value);
        } else {
            // A value that cannot travel is a mistake of the task, and not only when somebody listens.
            server.checkProgress(value);
        }
    }

    @Override
    public <T> Tracked<T> track(T value) {
        if (!tracking) {
            throw new IllegalStateException("This call does not track resources. Turn it on with"
                    + " CallOptions.trackResources(true), or for the whole pool.");
        }
        return RunnerContext.super.track(value);
    }
}
