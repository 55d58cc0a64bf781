package io.flame4j.internal.pool;

import io.flame4j.PoolListener;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the pool's listener, one event after the other, on a thread of its own that ends when there is nothing to tell.
 * {@link #tell} never blocks.
 */
final class PoolEvents {

    private static final Logger LOG = LoggerFactory.getLogger(PoolEvents.class);

    private final PoolListener listener;
    private final ThreadPoolExecutor executor;

    PoolEvents(String pool, PoolListener listener) {
        this.listener = listener;
        executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "flame4j-" + pool + "-events");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
        executor.setRejectedExecutionHandler((task, ended) -> LOG.debug("Event after the end of pool {}", pool));
    }

    void tell(Consumer<PoolListener> event) {
        executor.execute(() -> {
            try {
                event.accept(listener);
            } catch (RuntimeException | LinkageError | AssertionError e) {
                LOG.error("The pool listener {} failed", listener.getClass().getName(), e);
            }
        });
    }

    /** Tells what is still to be told, then ends. Does not wait. */
    void close() {
        executor.shutdown();
    }
}
