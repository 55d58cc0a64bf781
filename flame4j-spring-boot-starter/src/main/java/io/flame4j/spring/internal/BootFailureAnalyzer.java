package io.flame4j.spring.internal;

import io.flame4j.RunnerBootException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in Boot's own way, without a stack trace, which runner keeps the application from starting. */
public final class BootFailureAnalyzer extends AbstractFailureAnalyzer<RunnerBootException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RunnerBootException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Mend what keeps the runner from starting; the warning about it, further up in this log, has the stack trace,"
                        + " if there is one. An application that is to start without its first runners (min) sets"
                        + " flame4j.pools.<name>.start=background.",
                cause);
    }
}
