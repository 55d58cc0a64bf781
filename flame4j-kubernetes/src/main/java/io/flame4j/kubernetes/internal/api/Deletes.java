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
 * that at every moment after its beginning who asks for it again finds it, unless it has failed or may be needed again.
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
            CompletableFuture<Void> before = past != null ? past : underWay.get(key);
            if (before != null && !isOver(before, once)) {
                return before;
            }
            underWay.put(key, done);
        } finally {
            lock.unlock();
        }
        done.whenComplete((nothing, failure) -> end(key, done, once && failure == null));
        return null;
    }

    /** Who waits for a delete may be back before it is counted as over here, and has a reason to ask again. */
    private static boolean isOver(CompletableFuture<Void> before, boolean once) {
        return before.isDone() && (!once || before.isCompletedExceptionally());
    }

    private void end(Object key, CompletableFuture<Void> done, boolean remember) {
        lock.lock();
        try {
            // Another may have taken its place.
            underWay.remove(key, done);
            if (remember) {
                lately.put(key, done);
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
