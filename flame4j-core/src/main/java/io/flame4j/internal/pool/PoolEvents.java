package io.flame4j.internal.pool;

import io.flame4j.PoolListener;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the pool's listeners, one event after the other, on a thread of its own that ends when there is nothing to tell.
 * Nothing here blocks but the listeners themselves. {@link #note} sets the order, so it is called under the lock that orders
 * the events; {@link #deliver} may start a thread, so it is not.
 */
final class PoolEvents {

    private static final Logger LOG = LoggerFactory.getLogger(PoolEvents.class);

    /** Events that come with calls, and not only with runners, are left out while so many wait. */
    static final int MOST_WAITING = 10_000;

    private final String pool;
    private final Listeners listeners;
    private final ThreadPoolExecutor executor;
    private final ConcurrentLinkedQueue<Consumer<PoolListener>> noted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Whether it was said already that events are left out. */
    private final AtomicBoolean overflowing = new AtomicBoolean();
    /** Whether a delivery is due or under way, which will find what is noted. */
    private final AtomicBoolean delivering = new AtomicBoolean();

    PoolEvents(String pool, Listeners listeners) {
        this.pool = pool;
        this.listeners = listeners;
        executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "flame4j-" + pool + "-events");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
        executor.setRejectedExecutionHandler((task, ended) -> LOG.debug("Event after the end of pool {}", pool));
    }

    /** Puts an event behind those that were noted before. */
    void note(Consumer<PoolListener> event) {
        if (listeners.hearOfRunners()) {
            waiting.incrementAndGet();
            noted.add(event);
        }
    }

    /** Whether an event is to be noted of which there may be one for each call: no flood of them may fill the memory. */
    boolean hasRoom() {
        if (!listeners.hearEverything()) {
            return false;
        }
        if (waiting.get() < MOST_WAITING) {
            return true;
        }
        if (overflowing.compareAndSet(false, true)) {
            LOG.warn(
                    "Pool '{}': {} events wait for its listeners, which are too slow; those about calls are left out"
                            + " until they have caught up",
                    pool,
                    MOST_WAITING);
        }
        return false;
    }

    /** Sees to it that what was noted is told. */
    void deliver() {
        if (!noted.isEmpty() && delivering.compareAndSet(false, true)) {
            try {
                executor.execute(this::tellAll);
            } catch (RuntimeException | Error e) {
                // No thread to be had: the next event tries again. Whoever brought this one has more to do.
                delivering.set(false);
                LOG.error("The pool listener cannot be told", e);
            }
        }
    }

    /** Both of it, for an event that no lock orders. */
    void tell(Consumer<PoolListener> event) {
        note(event);
        deliver();
    }

    private void tellAll() {
        do {
            for (Consumer<PoolListener> event = noted.poll(); event != null; event = noted.poll()) {
                waiting.decrementAndGet();
                listeners.each(event);
            }
            overflowing.set(false);
            delivering.set(false);
            // Noted in between, by someone who took this delivery to be still under way.
        } while (!noted.isEmpty() && delivering.compareAndSet(false, true));
    }

    /** Tells what is still to be told, then ends. Does not wait. */
    void close() {
        executor.shutdown();
    }
}
