package io.flame4j.internal.runner;

import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.MdcPropagator;
import io.flame4j.internal.closure.DecodedTask;
import io.flame4j.internal.context.CarriedContext;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Puts what travelled with a call in place around its task. Thread-safe. */
final class TaskContexts {

    private final String pool;
    private final String runnerId;
    private final ContextPropagator[] propagators;

    /** The MDC has come with a call. Before that it is not touched: SLF4J would start for it, with all of its provider. */
    private volatile boolean mdcIsUsed;

    /**
     * For a runner.
     *
     * @param propagators those of the pool, in its order
     */
    TaskContexts(String pool, String runnerId, List<ContextPropagator> propagators) {
        this.pool = pool;
        this.runnerId = runnerId;
        this.propagators = propagators.toArray(new ContextPropagator[0]);
    }

    /** What one propagator of the parent captured. */
    private record Incoming(String pool, String runnerId, DecodedTask decoded, Map<String, String> values)
            implements IncomingCall {

        @Override
        public String task() {
            return decoded.name();
        }
    }

    /** Refuses a context of which a part is for nobody. */
    void check(List<CarriedContext.Section> context) throws IOException {
        for (CarriedContext.Section section : context) {
            if (section.propagator() >= propagators.length) {
                throw new IOException("malformed context: there is no propagator " + section.propagator());
            }
        }
    }

    /**
     * Runs a task in its context. The thread is rid of it afterwards, however the task ends.
     *
     * @throws Throwable what the task threw, or a propagator before it
     */
    @Nullable
    Object run(DecodedTask task, @Nullable Object argument, List<CarriedContext.Section> context) throws Throwable {
        try {
            return context.isEmpty() ? task.run(argument) : run(task, argument, context, 0);
        } finally {
            if (mdcIsUsed) {
                // Also of what the task put there when nothing came with it: the next one may be another user's.
                MDC.clear();
            }
        }
    }

    private @Nullable Object run(
            DecodedTask task, @Nullable Object argument, List<CarriedContext.Section> context, int from)
            throws Throwable {
        if (from == context.size()) {
            return task.run(argument);
        }
        CarriedContext.Section section = context.get(from);
        ContextPropagator propagator = propagators[section.propagator()];
        if (propagator instanceof MdcPropagator) {
            mdcIsUsed = true;
        }
        ContextPropagator.Scope scope = propagator.restore(new Incoming(pool, runnerId, task, section.values()));
        Throwable failure = null;
        try {
            return run(task, argument, context, from + 1);
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            close(propagator, scope, failure);
        }
    }

    private static void close(
            ContextPropagator propagator, ContextPropagator.@Nullable Scope scope, @Nullable Throwable failure) {
        try {
            // One written without a null checker may have given none.
            if (scope != null) {
                scope.close(failure);
            }
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            RunnerLog.LOG.warn("The context of a task could not be taken away by {}", propagator.getClass(), e);
        }
    }
}
