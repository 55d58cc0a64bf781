package io.flame4j;

/**
 * How a call ended. New constants may be added; a switch should have a default.
 *
 * @since 0.1
 */
public enum CallOutcome {
    /** The task returned, and its value arrived. */
    SUCCEEDED,
    /** The task threw. */
    FAILED,
    /** Its deadline passed: in the queue, while a runner booted, or while the task ran. */
    TIMED_OUT,
    /** Its future was cancelled, or the object that it was for was closed under it. */
    CANCELLED,
    /** The thread that waited for it was interrupted. */
    INTERRUPTED,
    /** Its runner, or the connection to it, was lost. */
    LOST,
    /** The queue was full. */
    REJECTED,
    /** No runner could be started for it. */
    BOOT_FAILED,
    /** The task, its result or its exception could not travel. */
    SERIALIZATION,
    /** The runner has other code than the parent. */
    CODE_MISMATCH,
    /** The pool, or the object that it was for, was closed before it could begin. */
    CLOSED,
    /** Anything else: no thread or no memory for it, a placed object that is gone. */
    ERROR
}
