package io.flame4j.spring.internal.pool;

import io.flame4j.FlamePool;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which pools of a context boot their first runners while the application is there already. Thread-safe. */
public final class BackgroundStarts {

    private final Set<String> pools = ConcurrentHashMap.newKeySet();

    void add(FlamePool pool) {
        pools.add(pool.name());
    }

    /** Whether a pool is one of them. */
    public boolean contains(FlamePool pool) {
        return pools.contains(pool.name());
    }
}
