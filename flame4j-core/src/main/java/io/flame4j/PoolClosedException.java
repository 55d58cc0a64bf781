package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * The pool is closed, or was closed while the call waited in its queue; the task never ran.
 *
 * @since 0.1
 */
public class PoolClosedException extends FlameException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened, why, and what to do
     * @param cause the cause, if there is one
     */
    public PoolClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
