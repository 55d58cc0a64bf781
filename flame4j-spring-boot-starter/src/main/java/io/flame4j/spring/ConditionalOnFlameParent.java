package io.flame4j.spring;

import io.flame4j.spring.internal.runner.OnParentCondition;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/**
 * For beans that exist where the application runs by itself, and not on its runners: what listens, schedules, migrates or
 * announces.
 *
 * @since 0.1
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnParentCondition.class)
public @interface ConditionalOnFlameParent {}
