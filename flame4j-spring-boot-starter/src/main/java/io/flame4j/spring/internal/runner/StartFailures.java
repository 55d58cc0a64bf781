package io.flame4j.spring.internal.runner;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Keeps what Boot finds out about a context that did not start, so that it reaches the parent. */
public final class StartFailures implements FailureAnalysisReporter {

    private static volatile @Nullable FailureAnalysis last;

    /** What was found out last, if anything. */
    static @Nullable FailureAnalysis last() {
        return last;
    }

    @Override
    public void report(FailureAnalysis analysis) {
        if (SpringRunner.isStarting()) {
            last = analysis;
        }
    }
}
