package io.flame4j.dashboard.internal.state;

import io.flame4j.CallListener;
import io.flame4j.CallOutcome;
import io.flame4j.CallReport;
import io.flame4j.dashboard.internal.state.FailureLog.Failure;
import io.flame4j.dashboard.internal.state.FailureLog.Kind;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How the calls of a pool ended. Thread-safe: it hears them from all threads that call. */
final class CallCounts implements CallListener {

    private static final int MOST_FAILURES = 25;

    private final InstantSource clock;
    private final LongAdder[] ended = new LongAdder[CallOutcome.values().length];
    private final LongAdder nanos = new LongAdder();
    private final FailureLog failures = new FailureLog(MOST_FAILURES);

    CallCounts(InstantSource clock) {
        this.clock = clock;
        for (int i = 0; i < ended.length; i++) {
            ended[i] = new LongAdder();
        }
    }

    @Override
    public void onEnd(CallReport report) {
        ended[report.outcome().ordinal()].increment();
        nanos.add(report.totalNanos());
        if (isFailure(report.outcome())) {
            failures.add(
                    new Failure(Kind.CALL, report.task(), textOf(report.outcome(), report.failure())), clock.millis());
        }
    }

    /** Calls that were given up by those who made them have not failed. */
    private static boolean isFailure(CallOutcome outcome) {
        return switch (outcome) {
            case SUCCEEDED, CANCELLED, INTERRUPTED, CLOSED -> false;
            default -> true;
        };
    }

    private static String textOf(CallOutcome outcome, @Nullable Throwable failure) {
        return failure == null ? outcome.name() : Texts.of(failure);
    }

    long of(CallOutcome outcome) {
        return ended[outcome.ordinal()].sum();
    }

    long all() {
        long sum = 0;
        for (LongAdder each : ended) {
            sum += each.sum();
        }
        return sum;
    }

    /** The times of all calls, added up. */
    long totalNanos() {
        return nanos.sum();
    }

    FailureLog failures() {
        return failures;
    }
}
