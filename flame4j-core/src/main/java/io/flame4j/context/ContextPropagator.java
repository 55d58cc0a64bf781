package io.flame4j.context;

import org.jspecify.annotations.Nullable;

/**
 * Takes something that belongs to the calling thread along to the task: a trace, a tenant, the keys of the log. It
 * captures a few short texts when the call is made, and puts them back in place around the task on the runner.
 *
 * <p>A propagator is found by {@link java.util.ServiceLoader} when a pool is built, or given to
 * {@code FlamePoolBuilder.contextPropagators}. The runner makes an instance of its own: it asks
 * {@link java.util.ServiceLoader} for the class, and failing that calls its public constructor without arguments. So the
 * class is public and is on the runner's class path. Implementations are thread-safe.
 *
 * <p>What travels is for eyes that see the task's captured values too, and nothing else: it is sent with the call, under
 * TLS where that is on, and is neither logged nor kept. It is no proof of anything: a parent can write what it likes.
 *
 * @since 0.1
 */
public interface ContextPropagator {

    /**
     * Captures what is to travel. Called for each {@code call}, {@code callAsync}, {@code cast} and {@code place}, for each
     * input of a {@code map} and each call on a placed or tracked object, on the thread that makes it; with
     * {@code mapStream} that is the thread that reads the results. A call that is run again elsewhere is not captured again.
     * Must not block.
     *
     * @param call takes the values
     * @throws RuntimeException fails the call, which is not sent; a propagator that only observes catches what it causes
     */
    void capture(OutgoingCall call);

    /**
     * Puts what was captured in place, on the thread that is about to run the task. Not called for a call for which this
     * propagator captured nothing. Must not block.
     *
     * @param call the values
     * @return takes it all away again
     * @throws RuntimeException fails the call as if the task had thrown it; the task does not run
     */
    Scope restore(IncomingCall call);

    /** Takes what was put in place away again. */
    @FunctionalInterface
    interface Scope {

        /**
         * The task has ended. Called once, on the thread that ran it, however it ended and before the answer is sent,
         * in the opposite order of {@link ContextPropagator#restore}. What it throws is logged.
         *
         * @param failure what the task threw, or null
         */
        void close(@Nullable Throwable failure);
    }
}
