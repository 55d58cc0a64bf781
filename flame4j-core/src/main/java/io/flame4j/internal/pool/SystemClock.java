package io.flame4j.internal.pool;

import java.util.function.LongSupplier;

/** Monotonic nanoseconds since it was made: never negative, so that times compare with {@code <}. */
final class SystemClock implements LongSupplier {

    private final long origin = System.nanoTime();

    @Override
    public long getAsLong() {
        return System.nanoTime() - origin;
    }
}
