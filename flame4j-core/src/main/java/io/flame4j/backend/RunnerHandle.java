package io.flame4j.backend;

import io.flame4j.RunnerBootException;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

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
     * Completes when it is known from which addresses the runner connects, as the parent sees them. Never completes
     * exceptionally; need not complete when the runner ends. Of no effect unless {@link Backend#tellsAddresses()}. Default:
     * completed with none.
     *
     * @return the addresses; none for any
     */
    default CompletionStage<Set<InetAddress>> addresses() {
        return CompletableFuture.completedStage(Set.of());
    }

    /**
     * Completes when the platform has found a machine for the runner, on any thread. Never completes exceptionally; need
     * not complete at all. Default: does not.
     *
     * @return the news
     */
    default CompletionStage<@Nullable Void> scheduled() {
        return new CompletableFuture<>();
    }

    /**
     * Completes when the runner's process has begun, on any thread. Never completes exceptionally; need not complete at all.
     * Default: does not.
     *
     * @return the news
     */
    default CompletionStage<@Nullable Void> started() {
        return new CompletableFuture<>();
    }

    /**
     * The runner has not become ready within {@code bootTimeout}; {@link #bootFailed} follows. Must not block. Default:
     * knows nothing.
     *
     * @return what the platform knows of why, in whole sentences for the error that callers get; empty when nothing
     */
    default String bootOverdue() {
        return "";
    }

    /**
     * Which kind of failure it is that the runner has not become ready within {@code bootTimeout}; asked with {@link
     * #bootOverdue}. Must not block. Default: {@link RunnerBootException.Reason#TIMEOUT}.
     *
     * @return the reason
     */
    default RunnerBootException.Reason bootOverdueReason() {
        return RunnerBootException.Reason.TIMEOUT;
    }

    /**
     * What the platform knows of a runner that cannot be reached any more, though its end was not reported: that its node
     * is not ready, for one; or that it has ended, with an exit code. Asked before callers are told. Must not block. Default:
     * nothing.
     *
     * @return how it looks, with {@link io.flame4j.RunnerLostException.Reason#CONNECTION} when it seems to run; null when
     *     nothing is known
     */
    default @Nullable RunnerExit unreachable() {
        return null;
    }

    /**
     * At which level the runner's output is to be logged from now on, where the backend logs it: the pool's
     * {@code forwardLogs} says so. May be called several times, from any thread. Default: nothing.
     *
     * @param level the level, or null for not at all
     */
    default void logOutput(@Nullable Level level) {}

    /**
     * Ends a runner that did not come up: it took too long, was refused, or its initializer failed. As {@link #kill}, but
     * may leave behind what shows why, if the user has asked for that. Called at most once, and no {@code kill} follows.
     * Default: {@link #kill}.
     */
    default void bootFailed() {
        kill();
    }

    /**
     * Ends the runner at once, whatever it does, and removes what belongs to it. Does not wait; idempotent; harmless
     * after the end. The pool calls it for runners that it does not need any more before they are up,
     * whose connection is lost, or that did not end in time after they were told to; for others {@link #exit()} is enough.
     */
    void kill();
}
