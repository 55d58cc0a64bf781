package io.flame4j.spring;

import io.flame4j.spring.internal.runner.OnRunnerCondition;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/**
 * For beans that exist on the runners of an application alone. Runners that are threads of this JVM have its context, in
 * which there are no such beans.
 *
 * @since 0.1
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnRunnerCondition.class)
public @interface ConditionalOnFlameRunner {}
