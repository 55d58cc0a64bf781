package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * A runner could not be started, so the call never ran.
 *
 * @since 0.1
 */
public class RunnerBootException extends FlameException {

    private static final long serialVersionUID = 1L;

    private final boolean permanent;

    /**
     * Creates an exception.
     *
     * @param message what failed, why, and what to do
     * @param permanent whether trying again cannot help, as with a missing image
     * @param cause the cause, if there is one
     */
    public RunnerBootException(String message, boolean permanent, @Nullable Throwable cause) {
        super(message, cause);
        this.permanent = permanent;
    }

    /**
     * Whether trying again cannot help until someone changes the configuration. The callers that wait in the queue get
     * a permanent failure at once; after any other the pool tries again.
     *
     * @return true when the failure is permanent
     */
    public boolean isPermanent() {
        return permanent;
    }
}
