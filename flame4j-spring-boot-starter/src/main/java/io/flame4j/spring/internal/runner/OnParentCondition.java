package io.flame4j.spring.internal.runner;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds everywhere but on runners. */
public final class OnParentCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return !Contexts.isRunner(context.getEnvironment());
    }
}
