package io.flame4j.codec;

import java.io.ObjectInputFilter;
import java.util.Objects;

/**
 * What a {@link Codec} must respect when it decodes.
 *
 * @param classLoader finds the application's classes
 * @param filter decides which classes may be made and how large the graph may grow; a codec that does not read with
 *     {@link java.io.ObjectInputStream} must ask it for every class
 * @since 0.1
 */
public record DecodeContext(ClassLoader classLoader, ObjectInputFilter filter) {

    /** Checks. */
    public DecodeContext {
        Objects.requireNonNull(classLoader, "classLoader");
        Objects.requireNonNull(filter, "filter");
    }
}
