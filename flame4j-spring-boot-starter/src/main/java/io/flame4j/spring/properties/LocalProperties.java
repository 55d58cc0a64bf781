package io.flame4j.spring.properties;

import org.jspecify.annotations.Nullable;

/**
 * {@code flame4j.pools.<name>.local}: runners on threads of this JVM.
 *
 * @param serialization whether tasks and results make the trip through bytes; default true
 * @since 0.1
 */
public record LocalProperties(@Nullable Boolean serialization) {}
