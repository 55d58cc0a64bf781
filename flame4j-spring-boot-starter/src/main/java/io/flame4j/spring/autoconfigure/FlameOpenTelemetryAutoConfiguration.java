package io.flame4j.spring.autoconfigure;

import io.flame4j.opentelemetry.OpenTelemetryPropagator;
import io.opentelemetry.api.OpenTelemetry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Spans of calls by the application's {@link OpenTelemetry} bean, which Boot makes and does not register globally: on the
 * parent and on its runners, where there is the module flame4j-opentelemetry.
 *
 * @since 0.1
 */
@AutoConfiguration(afterName = "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration")
@ConditionalOnClass({OpenTelemetry.class, OpenTelemetryPropagator.class})
@ConditionalOnSingleCandidate(OpenTelemetry.class)
public class FlameOpenTelemetryAutoConfiguration {

    /**
     * Hands the bean over until the context is closed. What is registered globally, such as a Java agent, comes first.
     *
     * @param openTelemetry the bean
     * @return takes it back when it is closed
     */
    @Bean(destroyMethod = "close")
    @Lazy(false)
    OpenTelemetryPropagator.Registration flameOpenTelemetry(OpenTelemetry openTelemetry) {
        return OpenTelemetryPropagator.fallBackTo(openTelemetry);
    }
}
