package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallListener;
import io.flame4j.CallOutcome;
import io.flame4j.CallReport;
import io.flame4j.CallTimeoutException;
import io.flame4j.CodeMismatchException;
import io.flame4j.PoolClosedException;
import io.flame4j.PoolSaturatedException;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.TaskSerializationException;
import io.flame4j.internal.closure.EncodedTask;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known so far of a call that somebody listens to; calls without one are not measured. {@code this} guards all of
 * it, since a call may be ended from elsewhere than the thread that carries it. Listeners are told outside of it.
 */
final class CallWatch {

    private static final long NOT_WAITING = -1;

    private final Listeners listeners;
    private final String pool;
    private final LongSupplier clock;
    private final List<CallListener> hearers;
    private final long began;

    private @Nullable EncodedTask task;
    private long waitsSince = NOT_WAITING;
    private long waitedNanos;
    private int attempts;
    private @Nullable String runner;
    private long taskNanos = -1;
    private boolean threw;
    private long sent;
    private long received;
    private boolean ended;

    CallWatch(Listeners listeners, String pool, LongSupplier clock, List<CallListener> hearers) {
        this.listeners = listeners;
        this.pool = pool;
        this.clock = clock;
        this.hearers = hearers;
        this.began = clock.getAsLong();
    }

    /** Before anybody but the thread that makes the call knows of it. */
    void add(List<CallListener> more) {
        hearers.addAll(more);
    }

    synchronized void encoded(EncodedTask encoded) {
        task = encoded;
    }

    /** From now on it waits to be sent. */
    synchronized void waits() {
        if (waitsSince == NOT_WAITING) {
            waitsSince = clock.getAsLong();
        }
    }

    /** It waits no more: the next is that it is sent. */
    void sends(String runnerId, long now) {
        synchronized (this) {
            stopWaiting(now);
            attempts++;
            runner = runnerId;
            threw = false;
            taskNanos = -1;
        }
        listeners.tellEach(hearers, hearer -> hearer.onSent(runnerId));
    }

    /** Under the monitor. */
    private void stopWaiting(long now) {
        if (waitsSince != NOT_WAITING) {
            waitedNanos += Math.max(0, now - waitsSince);
            waitsSince = NOT_WAITING;
        }
    }

    synchronized void sent(long bytes) {
        sent += bytes;
    }

    synchronized void received(long bytes) {
        received += bytes;
    }

    /** What the runner says of how long the task took. */
    synchronized void taskTook(long nanos) {
        taskNanos = nanos;
    }

    /** The failure that is to come is the task's own, whatever its class. */
    synchronized void taskThrew() {
        threw = true;
    }

    /** It is over, unless that was known before; null of a call that has succeeded. */
    void end(@Nullable Throwable failure) {
        CallReport report;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            long now = clock.getAsLong();
            stopWaiting(now);
            long total = Math.max(waitedNanos, now - began);
            report = new CallReport(
                    pool,
                    task == null ? "a task that cannot travel" : task.name(),
                    outcome(failure),
                    failure,
                    runner,
                    attempts,
                    total,
                    waitedNanos,
                    // The runner's word, which may be anything.
                    taskNanos < 0 ? -1 : Math.min(taskNanos, total - waitedNanos),
                    sent,
                    received);
        }
        listeners.tellEach(hearers, hearer -> hearer.onEnd(report));
    }

    private CallOutcome outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return CallOutcome.SUCCEEDED;
        } else if (threw && !(failure instanceof ResultSerializationException)) {
            return CallOutcome.FAILED;
        } else if (failure instanceof CancellationException) {
            return CallOutcome.CANCELLED;
        } else if (failure instanceof CallTimeoutException) {
            return CallOutcome.TIMED_OUT;
        } else if (failure instanceof CallInterruptedException) {
            return CallOutcome.INTERRUPTED;
        } else if (failure instanceof RunnerLostException) {
            return CallOutcome.LOST;
        } else if (failure instanceof PoolSaturatedException) {
            return CallOutcome.REJECTED;
        } else if (failure instanceof RunnerBootException) {
            return CallOutcome.BOOT_FAILED;
        } else if (failure instanceof TaskSerializationException || failure instanceof ResultSerializationException) {
            return CallOutcome.SERIALIZATION;
        } else if (failure instanceof CodeMismatchException) {
            return CallOutcome.CODE_MISMATCH;
        } else if (failure instanceof PoolClosedException || failure instanceof IllegalStateException) {
            return CallOutcome.CLOSED;
        }
        return CallOutcome.ERROR;
    }
}
