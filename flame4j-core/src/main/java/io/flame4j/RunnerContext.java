package io.flame4j;

import io.flame4j.internal.runner.TaskScope;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a task can ask about, and do for, the call it serves. Found by {@link #current()} on the thread that runs the
 * task; the object may be handed to threads the task starts, and is of no more use when the task has ended.
 *
 * @since 0.1
 */
public interface RunnerContext {

    /**
     * The context of the task that this thread runs.
     *
     * @return the context
     * @throws IllegalStateException when this thread runs no task
     */
    static RunnerContext current() {
        return TaskScope.current();
    }

    /**
     * The pool that sent the task.
     *
     * @return its name
     */
    String pool();

    /**
     * This runner.
     *
     * @return its id
     */
    String runnerId();

    /**
     * The time until the call's deadline.
     *
     * @return what is left, zero when it has passed; empty when the call has none
     */
    Optional<Duration> remaining();

    /**
     * Whether the task should stop: its caller cancelled it, its deadline passed, or its parent is gone. The thread was
     * interrupted at the same time; this is for code that consumes interrupts.
     *
     * @return true when the task should stop
     */
    boolean isCancelled();

    /**
     * Sends a value to {@link CallOptions#onProgress} of the caller. When nobody listens the value
     * is only checked, so that one that cannot travel fails every call and not only those with a listener.
     *
     * @param value what to send
     * @throws ResultSerializationException when it cannot travel
     */
    void progress(@Nullable Serializable value);

    /**
     * Keeps an object on this runner, and makes a reference to it that can be returned.
     *
     * @param value the object, which need not be serializable
     * @param <T> its type
     * @return the reference
     * @throws IllegalStateException when the call does not track resources
     */
    default <T> Tracked<T> track(T value) {
        return new Tracked<>(value);
    }
}
