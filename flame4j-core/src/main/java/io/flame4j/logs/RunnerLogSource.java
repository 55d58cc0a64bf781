package io.flame4j.logs;

import java.util.function.Consumer;

/**
 * Hears what one logging library logs on a runner, for {@code FlamePoolBuilder.forwardLogs}. The runner finds sources by
 * {@link java.util.ServiceLoader} when its pool forwards logs, and starts each once, before the initializer runs. The
 * module flame4j-logs has those for Logback, Log4j 2 and java.util.logging.
 *
 * @since 0.1
 */
public interface RunnerLogSource {

    /**
     * Begins to hear, until the JVM ends. Only what the library's own configuration lets through is heard, so that its
     * levels hold.
     *
     * @param sink takes events from any thread; never blocks and never throws. What is too much for it is left out and
     *     counted
     * @return whether this library is in use in this JVM, so that the output of the runner need not be logged as well; false
     *     when nothing will be heard
     */
    boolean start(Consumer<RunnerLogEvent> sink);

    /**
     * Sees to it that events are still heard, since the library may have been configured anew and have forgotten who hears
     * it. Called when the initializer has run, and about once a second, on any thread; must be quick when there is nothing to do.
     * Default: nothing.
     */
    default void refresh() {}
}
