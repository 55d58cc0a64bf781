package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Container;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A container as its status tells it.
 *
 * @param spec the container
 * @param id {@code process://} and the pid, empty before there is one
 * @param state what it does
 * @param last how it ended before its last restart
 * @param restarts how often it was restarted
 */
record ContainerView(Container spec, String id, State state, State.@Nullable Terminated last, int restarts) {

    /** What a container does. */
    sealed interface State {
        /** It does not run, for now. */
        record Waiting(String reason, String message) implements State {}

        record Running(Instant startedAt) implements State {}

        record Terminated(int exitCode, String reason, String message, Instant startedAt, Instant finishedAt)
                implements State {}
    }

    boolean isRunning() {
        return state instanceof State.Running;
    }

    boolean hasEnded() {
        return state instanceof State.Terminated;
    }

    boolean hasSucceeded() {
        return state instanceof State.Terminated end && end.exitCode() == 0;
    }
}
