package io.flame4j.spring.internal;

import io.flame4j.spring.InvalidFlameCallException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in Boot's own way which annotated methods keep the application from starting. */
public final class InvalidCallAnalyzer extends AbstractFailureAnalyzer<InvalidFlameCallException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidFlameCallException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), "Change these methods as it says there.", cause);
    }
}
