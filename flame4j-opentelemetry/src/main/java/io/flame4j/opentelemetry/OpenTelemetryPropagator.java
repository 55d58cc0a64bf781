package io.flame4j.opentelemetry;

import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.OutgoingCall;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets OpenTelemetry's current trace and baggage travel with calls, as W3C trace context and W3C baggage, and makes spans:
 *
 * <ul>
 *   <li>for the call, on the parent, a child of the caller's span, from the time when it is made until it is over;
 *   <li>under it, when the call had to wait for at least a millisecond, for the wait: for a free slot, for a runner to boot,
 *       for its turn on a placed object;
 *   <li>under it, on the runner, for the task, which is current while the task runs.
 * </ul>
 *
 * <p>Every pool has it when this module is on the class path. It uses what is registered with {@link GlobalOpenTelemetry},
 * each side for itself, from the time when something is: by the Java agent, which runners inherit with the JVM's options, by
 * autoconfiguration, or by a {@code RunnerInitializer}. Where nothing is registered there are no spans, and the
 * current context is passed on all the same. It registers nothing.
 *
 * @since 0.1
 */
public final class OpenTelemetryPropagator implements ContextPropagator {

    private static final Logger LOG = LoggerFactory.getLogger(OpenTelemetryPropagator.class);

    private static final TextMapPropagator PROPAGATOR =
            TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());

    private static final TextMapGetter<IncomingCall> VALUES = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(IncomingCall call) {
            return call.values().keySet();
        }

        @Override
        public @Nullable String get(@Nullable IncomingCall call, String key) {
            return call == null ? null : call.values().get(key);
        }
    };

    /** Makes one. */
    public OpenTelemetryPropagator() {}

    @Override
    public void capture(OutgoingCall call) {
        try {
            Context context = Context.current();
            Tracer tracer = tracer();
            if (tracer != null) {
                CallSpans spans = CallSpans.start(tracer, context, call);
                call.follow(spans);
                context = spans.context();
            }
            PROPAGATOR.inject(context, call, (carrier, key, value) -> call.carry(key, value));
        } catch (RuntimeException e) {
            // A call is worth more than its trace.
            LOG.warn("Pool '{}': a call goes without its trace", call.pool(), e);
        }
    }

    @Override
    public Scope restore(IncomingCall call) {
        try {
            return TaskSpan.enter(tracer(), PROPAGATOR.extract(Context.root(), call, VALUES), call);
        } catch (RuntimeException e) {
            LOG.warn("Pool '{}': a task goes without its trace", call.pool(), e);
            return failure -> {};
        }
    }

    /** Null when nothing is registered: asking for the global instance would register one that does nothing, for good. */
    private static @Nullable Tracer tracer() {
        return GlobalOpenTelemetry.isSet() ? GlobalOpenTelemetry.getTracer("io.flame4j") : null;
    }

    /** Marks a span as that of a failure. */
    static void record(Span span, Throwable failure) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute(Keys.ERROR_TYPE, failure.getClass().getName());
        span.recordException(failure);
    }
}
