package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * Stands for an exception that a task threw and that could not travel itself: its class is not known to the parent, or
 * it holds something that is not serializable.
 *
 * @since 0.1
 */
public class RemoteTaskException extends FlameException {

    private static final long serialVersionUID = 1L;

    private final String remoteClassName;
    private final @Nullable String remoteMessage;
    private final String remoteStackTrace;

    /**
     * Creates an exception.
     *
     * @param message what happened, naming the runner and why the original could not travel
     * @param remoteClassName the class of the original
     * @param remoteMessage the message of the original
     * @param remoteStackTrace the whole stack trace of the original with its causes
     */
    public RemoteTaskException(
            String message, String remoteClassName, @Nullable String remoteMessage, String remoteStackTrace) {
        super(message);
        this.remoteClassName = remoteClassName;
        this.remoteMessage = remoteMessage;
        this.remoteStackTrace = remoteStackTrace;
    }

    /**
     * The class of what the task threw.
     *
     * @return its binary name
     */
    public String remoteClassName() {
        return remoteClassName;
    }

    /**
     * The message of what the task threw.
     *
     * @return its message
     */
    public @Nullable String remoteMessage() {
        return remoteMessage;
    }

    /**
     * The stack trace of what the task threw, with causes and suppressed exceptions, as
     * {@link Throwable#printStackTrace()} prints it.
     *
     * @return several lines of text
     */
    public String remoteStackTrace() {
        return remoteStackTrace;
    }
}
