package io.flame4j.internal.runner;

import java.util.concurrent.locks.LockSupport;

/** Monotonic time, so that tests can set it by hand. Starts near zero: its values may be added up without care. */
abstract class Clock {

    /** Later than anything this clock will ever say. */
    static final long NEVER = Long.MAX_VALUE;

    static final long NANOS_PER_MILLI = 1_000_000;

    abstract long nanos();

    /** A moment so many milliseconds after another; {@link #NEVER} rather than an overflow. */
    static long after(long moment, long millis) {
        return millis < 0 || millis >= (NEVER - moment) / NANOS_PER_MILLI ? NEVER : moment + millis * NANOS_PER_MILLI;
    }

    /** A moment so many microseconds after another; {@link #NEVER} rather than an overflow. */
    static long afterMicros(long moment, long micros) {
        return micros < 0 || micros >= (NEVER - moment) / 1_000 ? NEVER : moment + micros * 1_000;
    }

    /** Sleeps until then, whatever interrupts this thread. */
    void awaitUninterruptibly(long moment) {
        for (long rest = moment - nanos(); rest > 0; rest = moment - nanos()) {
            LockSupport.parkNanos(this, rest);
            // A pending interrupt would make parking return at once.
            Thread.interrupted();
        }
    }

    static Clock system() {
        return new SystemClock();
    }

    private static final class SystemClock extends Clock {

        private final long origin = System.nanoTime();

        @Override
        long nanos() {
            return System.nanoTime() - origin;
        }
    }
}
