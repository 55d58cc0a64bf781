package io.flame4j.spring.internal;

import io.flame4j.spring.InvalidFlameCallException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in Boot's own way which annotated methods keep the application from starting. */
public final class InvalidCallAnalyzer extends AbstractFailureAnalyzer<InvalidFlameCallException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidFlameCallException cause) {
        List<String> actions = new ArrayList<>(cause.cures());
        if (actions.isEmpty() || cause.problems().size() > actions.size()) {
            actions.add("Change these methods as it says there.");
        }
        String action = String.join("\n\n", actions);
        return new FailureAnalysis(String.valueOf(cause.getMessage()), action, cause);
    }
}
