package io.flame4j.spring.internal;

import io.flame4j.spring.InvalidFlamePropertyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in Boot's own way which property keeps the application from starting. */
public final class InvalidPropertyAnalyzer extends AbstractFailureAnalyzer<InvalidFlamePropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidFlamePropertyException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()), "Change the property " + cause.property() + ".", cause);
    }
}
