package io.flame4j.internal.pool;

import java.util.concurrent.atomic.AtomicLong;
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
    /** The earliest moment armed since it last began to look around. */
    private final AtomicLong wakeAt = new AtomicLong(NEVER);

    /** While it is, it looks at {@code wakeAt} before it sleeps, and need not be woken for that. */
    private volatile boolean awake = true;

    private volatile boolean closed;

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
        for (long earliest = wakeAt.get(); nanos < earliest; earliest = wakeAt.get()) {
            if (wakeAt.compareAndSet(earliest, nanos)) {
                if (!awake) {
                    LockSupport.unpark(thread);
                }
                return;
            }
        }
    }

    private void run() {
        while (!closed) {
            awake = true;
            // What is armed before this is seen by the work; what is armed after it is kept there.
            wakeAt.set(NEVER);
            wakeBy(work.applyAsLong(clock.getAsLong()));
            awake = false;
            sleep();
        }
    }

    /** Until the moment, whatever wakes it before that: the work may have parked, and left or used up a permit. */
    private void sleep() {
        long wake = wakeAt.get();
        for (long now = clock.getAsLong(); now < wake && !closed; now = clock.getAsLong()) {
            LockSupport.parkNanos(this, wake - now);
            wake = wakeAt.get();
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
