package io.flame4j.spring;

import io.flame4j.FlameException;
import org.jspecify.annotations.Nullable;

/**
 * A property below {@code flame4j} has a value that it cannot have. Thrown while the application's context starts.
 *
 * @since 0.1
 */
public final class InvalidFlamePropertyException extends FlameException {

    private static final long serialVersionUID = 1L;

    private final String property;

    /**
     * Makes one.
     *
     * @param property the property's whole name
     * @param problem what is wrong with it, as a sentence
     * @param cause what found it, if anything
     */
    public InvalidFlamePropertyException(String property, String problem, @Nullable Throwable cause) {
        super("The property " + property + " is not valid: " + problem, cause);
        this.property = property;
    }

    /**
     * The property.
     *
     * @return its whole name
     */
    public String property() {
        return property;
    }
}
