package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * The thread that waited for a call was interrupted. Its interrupt flag is set again. The task is interrupted on its
 * runner, unless the call was {@link CallOptions#detached() detached}.
 *
 * @since 0.1
 */
public class CallInterruptedException extends FlameException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened, why, and what to do
     * @param cause the cause, if there is one
     */
    public CallInterruptedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
