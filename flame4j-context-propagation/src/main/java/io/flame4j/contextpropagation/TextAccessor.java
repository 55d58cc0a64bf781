package io.flame4j.contextpropagation;

import io.micrometer.context.ThreadLocalAccessor;

/**
 * An accessor of a thread local whose values are no strings, but can be written as such: so they can travel.
 *
 * @param <V> the type of the values
 * @since 0.1
 */
public interface TextAccessor<V> extends ThreadLocalAccessor<V> {

    /**
     * Writes a value, on the parent.
     *
     * @param value the value
     * @return a short text
     */
    String write(V value);

    /**
     * Reads a value, on the runner.
     *
     * @param text what {@link #write} gave
     * @return the value
     */
    V read(String text);
}
