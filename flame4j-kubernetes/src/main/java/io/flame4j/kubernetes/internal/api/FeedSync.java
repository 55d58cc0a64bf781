package io.flame4j.kubernetes.internal.api;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether a feed knows its first full list. Written by the feed's thread; {@code lock} guards the other fields.
 */
final class FeedSync {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean synced;
    private boolean closed;
    private @Nullable ApiException failure;

    void synced() {
        lock.lock();
        try {
            synced = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** It did not work this time. */
    void failed(ApiException why) {
        lock.lock();
        try {
            failure = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void closed() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the list.
     *
     * @return null when it is known; why it is not, when that does not change by itself, the feed is closed or the time is
     *     up
     */
    @Nullable
    ApiException await(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (!synced) {
                if (failure != null && failure.isPermanent()) {
                    return failure.copy();
                }
                if (closed) {
                    return unavailable("The feed of runner pods was closed.");
                }
                if (left <= 0) {
                    return failure != null
                            ? failure.copy()
                            : unavailable("The API server did not list the runner pods within "
                                    + TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0 + " s.");
                }
                left = changed.awaitNanos(left);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private static ApiException unavailable(String message) {
        return new ApiException(ApiException.Kind.UNAVAILABLE, false, message, null);
    }
}
