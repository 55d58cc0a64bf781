package io.flame4j.backend;

import java.util.concurrent.CompletionStage;

/**
 * A runner that a backend has started.
 *
 * @since 0.1
 */
public interface RunnerHandle {

    /**
     * What and where the runner is, for logs and errors, such as {@code process 4711} or {@code pod web-7f-flame-x2}.
     *
     * @return a few words
     */
    String description();

    /**
     * Completes when the runner has ended, with why. Never completes exceptionally. The pool waits for this before it
     * lets another runner take the place.
     *
     * @return the end
     */
    CompletionStage<RunnerExit> exit();

    /**
     * The runner has not become ready within {@code bootTimeout}; {@link #kill} follows. Must not block. Default: knows
     * nothing.
     *
     * @return what the platform knows of why, in whole sentences for the error that callers get; empty when nothing
     */
    default String bootOverdue() {
        return "";
    }

    /**
     * Ends the runner at once, whatever it does, and removes what belongs to it. Does not wait; idempotent; harmless
     * after the end. The pool calls it for runners that did not connect, whose connection is lost, or that did not end
     * in time after they were told to; for others {@link #exit()} is enough.
     */
    void kill();
}
