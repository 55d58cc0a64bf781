package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * The task ran to its end, but its result cannot travel back. The message names the offending class and the cure.
 *
 * @since 0.1
 */
public class ResultSerializationException extends FlameException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened, why, and what to do
     * @param cause the cause, if there is one
     */
    public ResultSerializationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
