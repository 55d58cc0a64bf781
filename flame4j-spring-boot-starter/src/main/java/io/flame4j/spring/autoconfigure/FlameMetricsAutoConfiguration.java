package io.flame4j.spring.autoconfigure;

import io.flame4j.micrometer.FlameMetrics;
import io.flame4j.spring.ConditionalOnFlameParent;
import io.flame4j.spring.internal.actuate.MetricsBinding;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Metrics of pools, where there is a {@link MeterRegistry} and the module flame4j-micrometer.
 *
 * @since 0.1
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnClass({MeterRegistry.class, FlameMetrics.class})
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnFlameParent
public class FlameMetricsAutoConfiguration {

    /**
     * The binder, which Boot binds to each registry, and which is closed with the context.
     *
     * @return the binder
     */
    @Bean
    @ConditionalOnMissingBean
    FlameMetrics flameMetrics() {
        return new FlameMetrics();
    }

    /**
     * Binds it before the first pool is built, so that it counts the boots that the application's start waits for.
     *
     * @param metrics the binder, this one or the application's
     * @param registries the registries
     * @return what binds it
     */
    @Bean
    MetricsBinding flameMetricsBinding(ObjectProvider<FlameMetrics> metrics, ObjectProvider<MeterRegistry> registries) {
        return new MetricsBinding(metrics, registries);
    }
}
