package io.flame4j.spring.properties;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code flame4j.call}: methods with {@code @FlameCall}.
 *
 * @param selfInvocation what to do about a bean that calls an annotated method on itself; default fail
 * @since 0.1
 */
public record CallProperties(@DefaultValue("fail") SelfInvocation selfInvocation) {

    /** What to do about it. */
    public enum SelfInvocation {
        /** The application does not start. */
        FAIL,
        /** A warning in the log. */
        WARN,
        /** Nothing. */
        IGNORE
    }
}
