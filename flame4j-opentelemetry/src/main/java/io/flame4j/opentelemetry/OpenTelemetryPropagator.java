package io.flame4j.opentelemetry;

import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.OutgoingCall;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
 * autoconfiguration, or by a {@code RunnerInitializer}; and where nothing is, what was given to {@link #fallBackTo}. Where
 * there is neither there are no spans, and the current context is passed on all the same. It registers nothing.
 *
 * @since 0.1
 */
public final class OpenTelemetryPropagator implements ContextPropagator {

    private static final Logger LOG = LoggerFactory.getLogger(OpenTelemetryPropagator.class);

    private static final TextMapPropagator PROPAGATOR =
            TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());

    private static final String NAME = "io.flame4j";

    /** The last one counts. Replaced as a whole, under the lock of the class. */
    private static volatile List<Registration> fallbacks = List.of();

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

    /**
     * Has spans made by an instance wherever nothing is registered with {@link GlobalOpenTelemetry}, or only what makes no
     * spans, from now on until it is told otherwise. This is of this JVM alone; runners need the same. It is for frameworks that
     * have an instance and do not register it, as Spring Boot does; flame4j's starter calls it. When there are several,
     * the last one that is not closed counts.
     *
     * <p>Thread-safe, and does not block. The instance stays the caller's, who ends it after this.
     *
     * @param openTelemetry the instance
     * @return takes it back when it is closed
     */
    public static Registration fallBackTo(OpenTelemetry openTelemetry) {
        Registration registration = new Registration(openTelemetry);
        synchronized (OpenTelemetryPropagator.class) {
            List<Registration> all = new ArrayList<>(fallbacks);
            all.add(registration);
            fallbacks = List.copyOf(all);
        }
        return registration;
    }

    /**
     * An instance that spans are made by; see {@link #fallBackTo}.
     *
     * @since 0.1
     */
    public static final class Registration implements AutoCloseable {

        private final OpenTelemetry openTelemetry;

        private Registration(OpenTelemetry openTelemetry) {
            this.openTelemetry = Objects.requireNonNull(openTelemetry, "openTelemetry");
        }

        /** Takes the instance back: no further span is begun by it. Does nothing when that was done already. */
        @Override
        public void close() {
            synchronized (OpenTelemetryPropagator.class) {
                fallbacks = fallbacks.stream().filter(each -> each != this).toList();
            }
        }
    }

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

    /**
     * Null when nothing is registered: asking for the global instance would register one that does nothing, for good. A
     * library may have asked, which is no reason to make no spans.
     */
    private static @Nullable Tracer tracer() {
        List<Registration> others = fallbacks;
        TracerProvider global = GlobalOpenTelemetry.isSet() ? GlobalOpenTelemetry.getTracerProvider() : null;
        if (!others.isEmpty() && (global == null || global == TracerProvider.noop())) {
            return others.get(others.size() - 1).openTelemetry.getTracer(NAME);
        }
        return global == null ? null : global.get(NAME);
    }

    /** Marks a span as that of a failure. */
    static void record(Span span, Throwable failure) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute(Keys.ERROR_TYPE, failure.getClass().getName());
        span.recordException(failure);
    }
}
