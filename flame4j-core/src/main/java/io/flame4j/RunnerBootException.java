package io.flame4j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A runner could not be started, so the call never ran.
 *
 * @since 0.1
 */
public class RunnerBootException extends FlameException {

    private static final long serialVersionUID = 1L;

    /** Which kind of failure it was. New constants may be added; a switch should have a default. */
    public enum Reason {
        /** It was not ready within {@code bootTimeout}, and nothing more is known. */
        TIMEOUT,
        /** Its process ended before it was ready. */
        ENDED,
        /** Its {@link RunnerInitializer} threw. */
        INITIALIZER,
        /** It connected and was refused: another version, address or certificate. */
        REFUSED,
        /** The image could not be pulled. */
        IMAGE,
        /** What it was to be started with is wrong or missing: a command, a Secret, a namespace. */
        CONFIGURATION,
        /** The platform found no machine for it. */
        UNSCHEDULABLE,
        /** A quota of the platform is used up. */
        QUOTA,
        /** The platform forbids it: rights, admission, policies. */
        DENIED,
        /** The platform could not be reached. */
        UNAVAILABLE,
        /** The backend could not start it, for another reason. */
        BACKEND
    }

    private final Reason reason;
    private final boolean permanent;

    /**
     * Creates an exception whose reason is {@link Reason#BACKEND}.
     *
     * @param message what failed, why, and what to do
     * @param permanent whether trying again cannot help, as with a missing image
     * @param cause the cause, if there is one
     */
    public RunnerBootException(String message, boolean permanent, @Nullable Throwable cause) {
        this(message, Reason.BACKEND, permanent, cause);
    }

    /**
     * Creates an exception.
     *
     * @param message what failed, why, and what to do
     * @param reason which kind of failure it was
     * @param permanent whether trying again cannot help, as with a missing image
     * @param cause the cause, if there is one
     */
    public RunnerBootException(String message, Reason reason, boolean permanent, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.permanent = permanent;
    }

    /**
     * Which kind of failure it was.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
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
