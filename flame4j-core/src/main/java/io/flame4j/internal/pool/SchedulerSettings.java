package io.flame4j.internal.pool;

import io.flame4j.Dispatch;
import java.util.Objects;

/**
 * What a {@link PoolScheduler} is told about its pool. Durations are in nanoseconds and may be {@link #NEVER}.
 *
 * @param min fewest runners
 * @param max most runners
 * @param maxConcurrency slots of a runner
 * @param headroom free slots to keep booted or booting
 * @param bootParallelism most boots at a time
 * @param dispatch which runner takes the next call
 * @param singleUse whether a runner takes one call in its life
 * @param maxQueued most waiters
 * @param idleNanos how long a runner above {@code min} idles
 * @param idleCheck whether an idle runner is asked before it is stopped
 * @param minIdleNanos how long one of the {@code min} runners idles
 * @param initialBackoffNanos the pause after the first failed boot
 * @param maxBackoffNanos the longest pause after failed boots
 */
record SchedulerSettings(
        int min,
        int max,
        int maxConcurrency,
        int headroom,
        int bootParallelism,
        Dispatch dispatch,
        boolean singleUse,
        int maxQueued,
        long idleNanos,
        boolean idleCheck,
        long minIdleNanos,
        long initialBackoffNanos,
        long maxBackoffNanos) {

    /** A duration that does not end, a deadline that does not come. */
    static final long NEVER = Long.MAX_VALUE;

    static final long INITIAL_BACKOFF_NANOS = 200_000_000L;
    static final long MAX_BACKOFF_NANOS = 30_000_000_000L;

    SchedulerSettings {
        check(min >= 0, "min", min);
        check(max >= 1 && max >= min, "max", max);
        check(maxConcurrency >= 1, "maxConcurrency", maxConcurrency);
        check(headroom >= 0, "headroom", headroom);
        check(bootParallelism >= 1, "bootParallelism", bootParallelism);
        check(maxQueued >= 0, "maxQueued", maxQueued);
        check(idleNanos > 0, "idleNanos", idleNanos);
        check(minIdleNanos > 0, "minIdleNanos", minIdleNanos);
        check(initialBackoffNanos > 0, "initialBackoffNanos", initialBackoffNanos);
        check(maxBackoffNanos >= initialBackoffNanos, "maxBackoffNanos", maxBackoffNanos);
        Objects.requireNonNull(dispatch, "dispatch");
    }

    /** Calls that one runner can have at a time: a single-use runner has one slot, whatever the concurrency. */
    int slotsPerRunner() {
        return singleUse ? 1 : maxConcurrency;
    }

    private static void check(boolean valid, String name, long value) {
        if (!valid) {
            throw new IllegalArgumentException(name + " must not be " + value);
        }
    }
}
