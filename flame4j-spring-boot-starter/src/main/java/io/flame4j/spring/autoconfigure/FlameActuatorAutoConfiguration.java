package io.flame4j.spring.autoconfigure;

import io.flame4j.FlamePool;
import io.flame4j.spring.ConditionalOnFlameParent;
import io.flame4j.spring.internal.actuate.FlameEndpoint;
import io.flame4j.spring.internal.actuate.FlameHealth;
import io.flame4j.spring.internal.actuate.PoolHistory;
import io.flame4j.spring.internal.pool.BackgroundStarts;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * The endpoint and the health of pools, in applications with the actuator.
 *
 * @since 0.1
 */
@AutoConfiguration(after = FlameAutoConfiguration.class)
@ConditionalOnFlameParent
public class FlameActuatorAutoConfiguration {

    /** Remembers boots and failures for both. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.endpoint.annotation.Endpoint")
    static class History {

        @Bean
        @Lazy(false)
        PoolHistory flamePoolHistory() {
            return new PoolHistory();
        }
    }

    /** {@code /actuator/flame}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class Endpoint {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        FlameEndpoint flameEndpoint(ObjectProvider<FlamePool> pools, PoolHistory history) {
            return new FlameEndpoint(pools, history);
        }
    }

    /** The part {@code flame} of the health of the application. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            value = ConditionalOnEnabledHealthIndicator.class,
            name = "org.springframework.boot.actuate.endpoint.annotation.Endpoint")
    static class Health {

        @Bean
        @ConditionalOnMissingBean(name = "flameHealthIndicator")
        @ConditionalOnEnabledHealthIndicator("flame")
        FlameHealth flameHealthIndicator(
                ObjectProvider<FlamePool> pools, PoolHistory history, BackgroundStarts background) {
            return new FlameHealth(pools, history, background);
        }
    }
}
