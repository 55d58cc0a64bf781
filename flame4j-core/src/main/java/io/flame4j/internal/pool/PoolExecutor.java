package io.flame4j.internal.pool;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The threads that carry asynchronous calls.
 *
 * @param executor runs them
 * @param owned the same when it is to end with the pool
 */
record PoolExecutor(Executor executor, @Nullable ExecutorService owned) {

    /** Results that are long chains are read by recursion. This is address space; only what is used is memory. */
    private static final long STACK_BYTES = 16L << 20;

    static PoolExecutor of(String pool, @Nullable Executor given) {
        if (given != null) {
            return new PoolExecutor(given, null);
        }
        ExecutorService own = virtualThreads();
        if (own == null) {
            own = daemonThreads(pool);
        }
        return new PoolExecutor(own, own);
    }

    /** Virtual threads where the JDK has them; this is compiled for one that has not. */
    private static @Nullable ExecutorService virtualThreads() {
        if (Runtime.version().feature() < 21) {
            return null;
        }
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Executors.newVirtualThreadPerTaskExecutor is missing from this JDK", e);
        }
    }

    private static ExecutorService daemonThreads(String pool) {
        AtomicLong number = new AtomicLong();
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            String name = "flame4j-" + pool + "-call-" + number.incrementAndGet();
            Thread thread = new Thread(null, task, name, STACK_BYTES, false);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Lets what runs finish; takes nothing new. */
    void close() {
        if (owned != null) {
            owned.shutdown();
        }
    }
}
