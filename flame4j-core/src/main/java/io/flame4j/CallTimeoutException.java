package io.flame4j;

import java.time.Duration;

/**
 * A call's deadline passed. The message says in which phase, and for how long it had been in it.
 *
 * @since 0.1
 */
public class CallTimeoutException extends FlameException {

    private static final long serialVersionUID = 1L;

    /** What the call was waiting for when its deadline passed. New constants may be added; a switch should have a default. */
    public enum Phase {
        /** All slots were taken; the task never ran. */
        QUEUED,
        /** No runner was up yet; the task never ran. */
        BOOTING,
        /** The task had been sent to a runner, where it has been interrupted unless the call was detached. */
        RUNNING
    }

    private final Phase phase;
    private final Duration elapsed;

    /**
     * Creates an exception.
     *
     * @param message what happened
     * @param phase where the call was
     * @param elapsed how long it had been in that phase
     */
    public CallTimeoutException(String message, Phase phase, Duration elapsed) {
        super(message);
        this.phase = phase;
        this.elapsed = elapsed;
    }

    /**
     * Where the call was when its deadline passed.
     *
     * @return the phase
     */
    public Phase phase() {
        return phase;
    }

    /**
     * How long the call had been in that phase.
     *
     * @return the time
     */
    public Duration elapsed() {
        return elapsed;
    }
}
