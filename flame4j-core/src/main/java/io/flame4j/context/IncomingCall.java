package io.flame4j.context;

import java.util.Map;

/**
 * A call whose task is about to run, to a {@link ContextPropagator}.
 *
 * @since 0.1
 */
public interface IncomingCall {

    /**
     * The pool that the runner belongs to.
     *
     * @return its name
     */
    String pool();

    /**
     * The runner.
     *
     * @return its id
     */
    String runnerId();

    /**
     * What is called, as {@link OutgoingCall#task()} has it.
     *
     * @return a few words
     */
    String task();

    /**
     * What the same propagator captured on the parent.
     *
     * @return values by key, not empty, in the order in which they were captured; unmodifiable
     */
    Map<String, String> values();
}
