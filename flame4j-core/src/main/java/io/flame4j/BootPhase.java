package io.flame4j;

/**
 * How far a runner's boot has come. New constants may be added; a switch should have a default.
 *
 * @since 0.1
 */
public enum BootPhase {
    /** The backend had room for it and was asked to start it. */
    REQUESTED,
    /** The platform has found a machine for it. Not told by backends that have but one. */
    SCHEDULED,
    /** Its process has begun: images are pulled and volumes there. Not told by every backend. */
    STARTED,
    /** It has connected to its parent; its initializer runs. */
    CONNECTED,
    /** It takes calls. */
    READY
}
