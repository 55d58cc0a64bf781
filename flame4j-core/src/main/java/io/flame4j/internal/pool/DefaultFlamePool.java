package io.flame4j.internal.pool;

import io.flame4j.FlamePool;

/** Placeholder until the shell lands. */
public abstract class DefaultFlamePool implements FlamePool {
    public static FlamePool start(PoolConfig config) {
        throw new UnsupportedOperationException("not yet: " + config.name());
    }
}
