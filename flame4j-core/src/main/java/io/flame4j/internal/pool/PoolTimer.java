package io.flame4j.internal.pool;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * One thread that does what time makes due, and sleeps until the next moment that matters. Deadlines of calls are
 * almost always later than the moment it will wake anyway, so arming one costs a volatile read and no system call.
 */
final class PoolTimer {

    static final long NEVER = Long.MAX_VALUE;

    private final LongSupplier clock;
    private final LongUnaryOperator work;
    private final Thread thread;
    private volatile long wakeAt = NEVER;
    private volatile boolean closed;
    /** Whether somebody woke it since it last began to look around. */
    private volatile boolean woken;

    /** What its own work has armed since it last slept; belongs to its thread. */
    private long armedByWork = NEVER;

    /**
     * Makes a timer.
     *
     * @param name of its thread
     * @param clock monotonic nanoseconds
     * @param work does what is due at the time it is given, and says when it is next to be called; must not throw
     */
    PoolTimer(String name, LongSupplier clock, LongUnaryOperator work) {
        this.clock = clock;
        this.work = work;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Makes sure that it wakes no later than this. To be called after what is due then can be seen by {@code work}. */
    void wakeBy(long nanos) {
        if (nanos >= wakeAt) {
            return;
        }
        if (Thread.currentThread() == thread) {
            // It is awake. Waking it now would cut short its next sleep, and so without end.
            armedByWork = Math.min(armedByWork, nanos);
        } else {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            // While it looks around, every arming wakes it again, so that nothing slips through.
            woken = false;
            wakeAt = NEVER;
            armedByWork = NEVER;
            long now = clock.getAsLong();
            long next = Math.min(work.applyAsLong(now), armedByWork);
            wakeAt = next;
            if (woken || closed) {
                // The permit of that waking may be used up: the work itself parks wherever it waits for a lock.
                continue;
            }
            if (next == NEVER) {
                LockSupport.park(this);
            } else if (next > now) {
                LockSupport.parkNanos(this, next - now);
            }
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    void join(long millis) throws InterruptedException {
        if (Thread.currentThread() != thread) {
            thread.join(millis);
        }
    }
}
