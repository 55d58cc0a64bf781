package io.flame4j.internal.pool;

import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits for a slot. */
final class SyncWaiting implements Waiting {

    private final Thread thread = Thread.currentThread();
    private @Nullable Runner runner;
    private @Nullable RuntimeException why;
    /** Written last, read first: publishes the other two. */
    private volatile boolean settled;

    @Override
    public boolean granted(Runner granted) {
        runner = granted;
        settle();
        return true;
    }

    @Override
    public void refused(RuntimeException refusal) {
        why = refusal;
        settle();
    }

    private void settle() {
        settled = true;
        LockSupport.unpark(thread);
    }

    /**
     * Waits until the scheduler has decided.
     *
     * @return the runner
     * @throws InterruptedException when the thread is interrupted first; the decision is still to come
     */
    Runner await() throws InterruptedException {
        while (!settled) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.park(this);
        }
        return result();
    }

    /** Waits for the decision whatever happens; for one that is known to be under way. */
    Runner awaitUninterruptibly() {
        boolean interrupted = false;
        while (!settled) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            thread.interrupt();
        }
        return result();
    }

    private Runner result() {
        RuntimeException refusal = why;
        if (refusal != null) {
            // It was made by another thread: the trace must show where the call waits.
            refusal.setStackTrace(new Throwable().getStackTrace());
            throw refusal;
        }
        return Objects.requireNonNull(runner);
    }
}
