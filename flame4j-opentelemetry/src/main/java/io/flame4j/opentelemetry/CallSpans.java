package io.flame4j.opentelemetry;

import io.flame4j.CallListener;
import io.flame4j.CallOutcome;
import io.flame4j.CallReport;
import io.flame4j.context.OutgoingCall;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The spans of one call on the parent: that of the call, and that of its wait when it had to wait. */
final class CallSpans implements CallListener {

    /** What is shorter is no wait: the call had a slot at once. */
    private static final Duration LEAST_WAIT = Duration.ofMillis(1);

    private final Tracer tracer;
    private final Context context;
    private final Span span;
    private final String pool;
    private final Instant began;

    /** When it was sent for the first time. */
    private volatile @Nullable Instant sent;

    private CallSpans(Tracer tracer, Context context, Span span, String pool) {
        this.tracer = tracer;
        this.context = context;
        this.span = span;
        this.pool = pool;
        // After the span's own start, so that the wait begins in it.
        this.began = Instant.now();
    }

    static CallSpans start(Tracer tracer, Context parent, OutgoingCall call) {
        String method = Keys.method(call.task());
        Span span = tracer.spanBuilder(method)
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(Keys.RPC_SYSTEM, Keys.SYSTEM)
                .setAttribute(Keys.RPC_METHOD, method)
                .setAttribute(Keys.POOL, call.pool())
                .startSpan();
        return new CallSpans(tracer, parent.with(span), span, call.pool());
    }

    /** The caller's, with the span of the call. */
    Context context() {
        return context;
    }

    @Override
    public void onSent(String runnerId) {
        if (sent == null) {
            sent = Instant.now();
        } else {
            span.addEvent("sent again", Attributes.of(Keys.RUNNER, runnerId));
        }
    }

    /** Made when all is over, since only then it is known how long the call waited, and whether for something. */
    private void spanOfWait(CallReport report, @Nullable Throwable failure) {
        Instant until = sent;
        Span wait = tracer.spanBuilder("wait for a runner")
                .setParent(context)
                .setStartTimestamp(began)
                .setAttribute(Keys.POOL, pool)
                .startSpan();
        if (until != null && report.runnerId() != null) {
            wait.setAttribute(Keys.RUNNER, report.runnerId());
        }
        if (until == null && failure != null) {
            OpenTelemetryPropagator.record(wait, failure);
        }
        wait.end(until == null ? Instant.now() : until);
    }

    @Override
    public void onEnd(CallReport report) {
        Throwable failure = report.outcome() == CallOutcome.CANCELLED ? null : report.failure();
        if (report.queueWait().compareTo(LEAST_WAIT) >= 0) {
            spanOfWait(report, failure);
        }
        span.setAttribute(Keys.OUTCOME, report.outcome().name().toLowerCase(Locale.ROOT));
        if (report.runnerId() != null) {
            span.setAttribute(Keys.RUNNER, report.runnerId());
        }
        if (report.attempts() > 1) {
            span.setAttribute(Keys.ATTEMPTS, (long) report.attempts());
        }
        if (failure != null) {
            OpenTelemetryPropagator.record(span, failure);
        }
        span.end();
    }
}
