package io.flame4j.spring.autoconfigure;

import io.flame4j.opentelemetry.OpenTelemetryPropagator;
import io.opentelemetry.api.OpenTelemetry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Spans of calls by the application's {@link OpenTelemetry} bean, which Boot makes and does not register globally: on the
 * parent and on its runners, where there is the module flame4j-opentelemetry.
 *
 * @since 0.1
 */
@AutoConfiguration
@ConditionalOnClass({OpenTelemetry.class, OpenTelemetryPropagator.class})
public class FlameOpenTelemetryAutoConfiguration {

    /**
     * Hands the bean over until the context is closed, if there is one, or one that is primary. What is registered globally,
     * such as a Java agent, comes first. It is looked for when all beans are known, so that it does not matter whose it is.
     *
     * @param candidates the bean
     * @return takes it back when it is closed
     */
    @Bean(destroyMethod = "close")
    @Lazy(false)
    AutoCloseable flameOpenTelemetry(ObjectProvider<OpenTelemetry> candidates) {
        OpenTelemetry openTelemetry = candidates.getIfUnique();
        return openTelemetry == null ? () -> {} : OpenTelemetryPropagator.fallBackTo(openTelemetry);
    }
}
