package io.flame4j.micrometer;

import io.flame4j.BootPhase;
import io.flame4j.CallListener;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears of all pools, and keeps the meters of each in one registry. Thread-safe. */
final class RegistryBinding implements PoolListener {

    private final MeterRegistry registry;
    private final Tags tags;
    private final ConcurrentHashMap<String, PoolMeters> pools = new ConcurrentHashMap<>();

    RegistryBinding(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    @Override
    public void onOpen(FlamePool pool) {
        pools.put(pool.name(), new PoolMeters(registry, tags.and("pool", pool.name()), pool));
    }

    @Override
    public void onClose(FlamePool pool) {
        PoolMeters meters = pools.remove(pool.name());
        if (meters != null) {
            meters.close();
        }
    }

    void close() {
        for (String pool : pools.keySet()) {
            PoolMeters meters = pools.remove(pool);
            if (meters != null) {
                meters.close();
            }
        }
    }

    @Override
    public @Nullable CallListener onCall(String pool) {
        return pools.get(pool);
    }

    @Override
    public void onBootPhase(String pool, String runnerId, BootPhase phase, Duration took) {
        with(pool, meters -> meters.bootPhase(phase, took));
    }

    @Override
    public void onGrowEnd(String pool, String runnerId, int runners, Duration bootTime) {
        with(pool, meters -> meters.booted(bootTime));
    }

    @Override
    public void onBootFailed(String pool, String runnerId, RunnerBootException failure, Duration retryAfter) {
        with(pool, meters -> meters.bootFailed(failure.reason()));
    }

    @Override
    public void onRunnerLost(String pool, String runnerId, RunnerLostException loss) {
        with(pool, meters -> meters.lost(loss.reason()));
    }

    /** Of a pool that is closed, the last news are of no interest. */
    private void with(String pool, Consumer<PoolMeters> action) {
        PoolMeters meters = pools.get(pool);
        if (meters != null) {
            action.accept(meters);
        }
    }
}
