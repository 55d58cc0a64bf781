package io.flame4j.spring.internal.pool;

import io.flame4j.FlamePool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Closes the pools of a context that ends, side by side: each may wait for its calls, and one after the other they would take
 * the sum of that. Only of a context that ends: one that is stopped or paused may start again, which a closed pool cannot.
 */
public final class PoolDrain implements SmartLifecycle {

    /**
     * After the web server has finished its requests ({@code DEFAULT_PHASE - 1024}), listeners for messages have stopped (from
     * {@code DEFAULT_PHASE} on) and executors and schedulers have ({@code Integer.MAX_VALUE / 2}), all of which may be waiting
     * for calls; before any bean is destroyed.
     */
    public static final int PHASE = Integer.MAX_VALUE / 2 - 1024;

    private final ConfigurableApplicationContext context;
    private volatile boolean running;

    /**
     * Makes one.
     *
     * @param context whose pools it closes
     */
    public PoolDrain(ConfigurableApplicationContext context) {
        this.context = context;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Waits for the pools by itself: each has its own bound, which Spring's for a phase knows nothing of. */
    @Override
    public void stop() {
        running = false;
        if (!context.isClosed()) {
            return;
        }
        List<Thread> threads = new ArrayList<>();
        pools().forEach((name, pool) -> {
            Thread thread = new Thread(pool::close, "flame4j-" + name + "-close");
            thread.start();
            threads.add(thread);
        });
        threads.forEach(PoolDrain::join);
    }

    /** Those that were made. */
    private Map<String, FlamePool> pools() {
        Map<String, FlamePool> pools = new LinkedHashMap<>();
        for (String bean : context.getBeanFactory().getBeanNamesForType(FlamePool.class, false, false)) {
            if (PoolRegistrar.isPool(context.getBeanFactory().getBeanDefinition(bean))
                    && context.getBeanFactory().getSingleton(bean) instanceof FlamePool pool) {
                pools.put(pool.name(), pool);
            }
        }
        return pools;
    }

    /** An interrupt ends the pools at once, as it does in {@link FlamePool#close}. */
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
