package io.flame4j;

import java.io.Serializable;

/**
 * A task that says how it is called in messages, in logs, in {@link CallReport#task()} and in
 * {@link PoolListener#onCastFailed(String, String, Throwable)}. For frameworks, whose tasks are of one class but stand for many
 * things that their users have written: implemented beside {@link RemoteTask} or one of its like, it has people read the name that
 * they know instead of that class. Lambdas need no name; they are called by where they were written.
 *
 * <p>The methods are called for each call, on the thread that makes it, and on the runner. They must be fast and must not block or
 * throw.
 *
 * @since 0.1
 */
public interface NamedTask extends Serializable {

    /**
     * The name.
     *
     * @return one short line, such as {@code darkroom.develop}
     */
    String taskName();

    /**
     * Where the user says how often the task may be repeated when its runner is lost. Named by the advice of a
     * {@link RunnerLostException}.
     *
     * @return the name of the setting; {@code CallOptions.retries} unless overridden
     */
    default String retriesSetting() {
        return "CallOptions.retries";
    }
}
