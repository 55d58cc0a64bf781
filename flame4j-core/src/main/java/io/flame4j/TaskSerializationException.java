package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * The task cannot travel: it captures something that is not serializable. Thrown before anything is sent. The message
 * names the lambda, the path to the offending value, its class, and the cure.
 *
 * @since 0.1
 */
public class TaskSerializationException extends FlameException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened, why, and what to do
     * @param cause the cause, if there is one
     */
    public TaskSerializationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
