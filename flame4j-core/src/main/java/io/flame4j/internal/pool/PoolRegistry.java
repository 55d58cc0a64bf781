package io.flame4j.internal.pool;

import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The live pools of this process, by name. */
public final class PoolRegistry {

    private static final ConcurrentHashMap<String, FlamePool> POOLS = new ConcurrentHashMap<>();

    private PoolRegistry() {}

    public static FlamePool get(String name) {
        FlamePool pool = POOLS.get(Objects.requireNonNull(name, "name"));
        if (pool == null) {
            String cure = FlameParent.current()
                    .map(parent -> "This is runner " + parent.runnerId() + " of pool '" + parent.pool()
                            + "'; pools live in the parent unless this process builds its own.")
                    .orElse("Build it first with FlamePool.builder(\"" + name + "\").");
            throw new IllegalArgumentException("There is no live pool named '" + name + "'. Live pools: "
                    + POOLS.keySet().stream().sorted().toList() + ". " + cure);
        }
        return pool;
    }

    static void register(FlamePool pool) {
        if (POOLS.putIfAbsent(pool.name(), pool) != null) {
            throw new IllegalStateException("A live pool is already named '" + pool.name()
                    + "'. Close it first, or give the second one another name.");
        }
    }

    static void unregister(FlamePool pool) {
        POOLS.remove(pool.name(), pool);
    }
}
