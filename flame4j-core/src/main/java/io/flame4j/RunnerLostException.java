package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * The runner, or the connection to it, was lost while the task may have been running: it may have run wholly, in part
 * or not at all. Calls that declared {@link CallOptions#retries(int)} are repeated before anyone sees this.
 *
 * @since 0.1
 */
public class RunnerLostException extends FlameException {

    private static final long serialVersionUID = 1L;

    /** Why a runner was lost. New constants may be added; a switch should have a default. */
    public enum Reason {
        /** Its process ended: {@code System.exit}, a crash, or a kill. */
        EXITED,
        /** The system or the platform ended it for want of memory. */
        OUT_OF_MEMORY,
        /** The platform took its machine or pod away: eviction, preemption, a drain or shutdown of the machine. */
        EVICTED,
        /** Somebody deleted it through the platform. */
        DELETED,
        /** The platform lost its machine; if that still runs, so may the runner, for a while. */
        NODE_LOST,
        /** It has not been heard of for three heartbeats. */
        HEARTBEAT,
        /** Its connection broke, and nothing is known about the process. */
        CONNECTION,
        /** The pool was shut down with {@link FlamePool#shutdownNow()}, or its drain took too long. */
        SHUTDOWN
    }

    private final String runnerId;
    private final Reason reason;

    /**
     * Creates an exception.
     *
     * @param message what happened
     * @param runnerId the runner
     * @param reason why it was lost
     * @param cause the cause, if there is one
     */
    public RunnerLostException(String message, String runnerId, Reason reason, @Nullable Throwable cause) {
        super(message, cause);
        this.runnerId = runnerId;
        this.reason = reason;
    }

    /**
     * The runner that was lost.
     *
     * @return its id
     */
    public String runnerId() {
        return runnerId;
    }

    /**
     * Why it was lost.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
