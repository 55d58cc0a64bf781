package io.flame4j.internal.closure;

import java.io.Serializable;

/**
 * Stands in a JDK serialization stream for a lambda whose body is in another class than the one that captured it, as
 * with {@code Other::method}: the JDK's form names that class without a place for its fingerprint.
 */
final class CheckedLambda implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The class of the body, whose fingerprint travels with its descriptor. */
    final Class<?> implementation;

    /** A {@code SerializedLambda} when written, the lambda when read. */
    final Object lambda;

    CheckedLambda(Class<?> implementation, Object lambda) {
        this.implementation = implementation;
        this.lambda = lambda;
    }
}
