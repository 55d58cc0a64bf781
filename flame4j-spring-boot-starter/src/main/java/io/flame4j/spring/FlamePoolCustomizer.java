package io.flame4j.spring;

import io.flame4j.FlamePoolBuilder;

/**
 * A bean that has the last word on the pools made from properties, for what properties cannot say.
 *
 * <p>A pool with a backend of its own must take care itself that its runners start the application's context, or it sets
 * {@code flame4j.runner.context=false}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface FlamePoolCustomizer {

    /**
     * Changes the builder of a pool, after its properties were applied to it.
     *
     * @param pool the pool's name
     * @param builder what builds it
     */
    void customize(String pool, FlamePoolBuilder builder);
}
