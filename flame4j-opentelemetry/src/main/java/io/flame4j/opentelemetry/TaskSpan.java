package io.flame4j.opentelemetry;

import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/** The span of a task on its runner. */
final class TaskSpan implements ContextPropagator.Scope {

    private final Span span;
    private final Scope scope;

    private TaskSpan(Span span, Scope scope) {
        this.span = span;
        this.scope = scope;
    }

    /** Makes the context that has come current, with a span in it when there is a tracer. */
    @SuppressWarnings("MustBeClosedChecker") // Closed when the task has ended, by whoever ran it.
    static ContextPropagator.Scope enter(@Nullable Tracer tracer, Context parent, IncomingCall call) {
        if (tracer == null) {
            Scope scope = parent.makeCurrent();
            return failure -> scope.close();
        }
        String method = Keys.method(call.task());
        Span span = tracer.spanBuilder(method)
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(Keys.RPC_SYSTEM, Keys.SYSTEM)
                .setAttribute(Keys.RPC_METHOD, method)
                .setAttribute(Keys.POOL, call.pool())
                .setAttribute(Keys.RUNNER, call.runnerId())
                .startSpan();
        return new TaskSpan(span, parent.with(span).makeCurrent());
    }

    @Override
    public void close(@Nullable Throwable failure) {
        try {
            scope.close();
            if (failure != null) {
                OpenTelemetryPropagator.record(span, failure);
            }
        } finally {
            span.end();
        }
    }
}
