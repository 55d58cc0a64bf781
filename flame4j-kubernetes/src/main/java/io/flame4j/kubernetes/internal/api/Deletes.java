package io.flame4j.kubernetes.internal.api;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which deletes are under way, and which were done lately: events from before may still come, and must not lead to another
 * call. Thread-safe.
 *
 * <p>{@code lock} guards both maps; nothing but that is done under it. A delete goes from one to the other in one step, so
 * that at every moment after its beginning who asks for it again finds it.
 */
final class Deletes {

    private static final int REMEMBERED = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private final Map<Object, CompletableFuture<Void>> underWay = new HashMap<>();
    private final Map<Object, CompletableFuture<Void>> lately = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, CompletableFuture<Void>> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * Begins one, unless it is under way or was done lately.
     *
     * @param key what is deleted
     * @param done completes when it is deleted, or fails
     * @param once whether what is deleted can never be there again, so that it is worth remembering
     * @return that of the one before; null when this is the first
     */
    @Nullable
    CompletableFuture<Void> begin(Object key, CompletableFuture<Void> done, boolean once) {
        lock.lock();
        try {
            CompletableFuture<Void> past = lately.get(key);
            CompletableFuture<Void> before = past != null ? past : underWay.putIfAbsent(key, done);
            if (before != null) {
                return before;
            }
        } finally {
            lock.unlock();
        }
        done.whenComplete((nothing, failure) -> end(key, once && failure == null ? done : null));
        return null;
    }

    private void end(Object key, @Nullable CompletableFuture<Void> remembered) {
        lock.lock();
        try {
            underWay.remove(key);
            if (remembered != null) {
                lately.put(key, remembered);
            }
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int underWay() {
        lock.lock();
        try {
            return underWay.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until none is under way. Returns whether that is so. */
    boolean await(Duration atMost) throws InterruptedException {
        long left = TimeUnit.NANOSECONDS.convert(atMost);
        lock.lockInterruptibly();
        try {
            while (!underWay.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = fewer.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
