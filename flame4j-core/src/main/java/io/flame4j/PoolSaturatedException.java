package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * The pool's queue is full ({@link FlamePoolBuilder#maxQueued(int)}); the task never ran.
 *
 * @since 0.1
 */
public class PoolSaturatedException extends FlameException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened, why, and what to do
     * @param cause the cause, if there is one
     */
    public PoolSaturatedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
