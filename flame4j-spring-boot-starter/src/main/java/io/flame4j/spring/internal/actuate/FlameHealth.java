package io.flame4j.spring.internal.actuate;

import io.flame4j.FlamePool;
import io.flame4j.PoolStats;
import io.flame4j.spring.internal.pool.BackgroundStarts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Down only when a pool that must have runners has none, and the last attempt to start one has failed: whatever else a pool
 * does, its calls wait, or fail with what is wrong, and restarting this application would mend nothing. Out of service while
 * a pool has not had all runners that it must have, which is where the application's start does not wait for them.
 */
public class FlameHealth extends AbstractHealthIndicator {

    private final ObjectProvider<FlamePool> pools;
    private final PoolHistory history;
    private final BackgroundStarts background;

    /**
     * Makes one.
     *
     * @param pools the pools
     * @param history what has become of their runners
     * @param background which of them the application's start does not wait for
     */
    public FlameHealth(ObjectProvider<FlamePool> pools, PoolHistory history, BackgroundStarts background) {
        super("The pools could not be asked");
        this.pools = pools;
        this.background = background;
        this.history = history;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        Map<String, Object> details = new TreeMap<>();
        Status status = Status.UP;
        for (FlamePool pool : pools) {
            PoolStats stats = pool.stats();
            PoolHistory.@Nullable Event failure = history.failing(pool.name());
            if (stats.min() > 0 && stats.ready() == 0 && failure != null) {
                status = Status.DOWN;
            } else if (status == Status.UP && background.contains(pool) && !history.hasBegun(pool)) {
                status = Status.OUT_OF_SERVICE;
            }
            details.put(pool.name(), details(stats, failure));
        }
        health.status(status);
        health.withDetails(details);
    }

    private static Map<String, Object> details(PoolStats stats, PoolHistory.@Nullable Event failure) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("min", stats.min());
        details.put("ready", stats.ready());
        details.put("booting", stats.booting());
        if (failure != null) {
            details.put("lastBootFailed", String.valueOf(failure.message()));
        }
        return details;
    }
}
