package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * The runner has another version of a class that the task names, so running it could run the wrong code; it was not
 * run. The message names the class. The cure is to start runners from the same build as the parent.
 *
 * @since 0.1
 */
public class CodeMismatchException extends FlameException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what happened, why, and what to do
     * @param cause the cause, if there is one
     */
    public CodeMismatchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
