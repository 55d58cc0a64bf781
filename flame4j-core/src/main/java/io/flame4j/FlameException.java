package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * Anything that went wrong with a call other than what the task itself threw. Unchecked; the subclasses say what
 * happened, the message names the pool, the runner, the cause and the cure.
 *
 * @since 0.1
 */
public class FlameException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened to what, why, and what to do
     * @param cause the cause, if there is one
     */
    public FlameException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Creates an exception without a cause.
     *
     * @param message what happened to what, why, and what to do
     */
    public FlameException(String message) {
        super(message);
    }
}
