package io.flame4j.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.spring.autoconfigure.FlameActuatorAutoConfiguration;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import io.flame4j.spring.autoconfigure.FlameMetricsAutoConfiguration;
import io.flame4j.spring.internal.actuate.FlameEndpoint;
import io.flame4j.spring.internal.actuate.PoolHistory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is seen of the runners that the application's start waits for, which boot while beans are still made. */
@Timeout(300)
class FirstRunnersTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    FlameAutoConfiguration.class,
                    FlameActuatorAutoConfiguration.class,
                    FlameMetricsAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class))
            .withPropertyValues(
                    "flame4j.backend=local",
                    "flame4j.pools.thumbs.min=1",
                    "flame4j.pools.thumbs.max=1",
                    "management.endpoints.web.exposure.include=flame",
                    "management.metrics.tags.region=north");

    /** A bean of the application that is made early, and wants the pool. */
    static final class Gallery {
        Gallery(FlamePool pool) {
            assertThat(pool.stats().ready()).isEqualTo(1);
        }
    }

    private static void bootIsCounted(MeterRegistry registry) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Timer boots = registry.find("flame.pool.boot")
                    .tag("pool", "thumbs")
                    .tag("region", "north")
                    .timer();
            assertThat(Objects.requireNonNull(boots).count()).isEqualTo(1);
        });
    }

    private static void bootIsRemembered(ApplicationContext context) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Objects.requireNonNull(
                                        context.getBean(FlameEndpoint.class).pool("thumbs"))
                                .recent())
                        .extracting(PoolHistory.Event::kind)
                        .containsExactly(PoolHistory.Kind.BOOTED));
    }

    @Test
    void their_boots_are_counted_and_remembered() {
        contexts.withBean(Gallery.class).run(context -> {
            bootIsCounted(context.getBean(MeterRegistry.class));
            bootIsRemembered(context);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoRegistries {
        @Bean
        SimpleMeterRegistry one() {
            return new SimpleMeterRegistry();
        }

        @Bean
        SimpleMeterRegistry two() {
            return new SimpleMeterRegistry();
        }
    }

    @Test
    void once_in_each_of_several_registries() {
        contexts.withBean(Gallery.class)
                .withUserConfiguration(TwoRegistries.class)
                .run(context -> {
                    bootIsCounted(context.getBean("one", MeterRegistry.class));
                    bootIsCounted(context.getBean("two", MeterRegistry.class));
                });
    }

    /** The registry needs the customizer, which needs this, which needs the pool. */
    @Configuration(proxyBeanMethods = false)
    static class Circle {
        Circle(FlamePool pool) {
            assertThat(pool.stats().ready()).isEqualTo(1);
        }

        @Bean
        MeterRegistryCustomizer<MeterRegistry> customizer() {
            return registry -> registry.config().commonTags("circle", "round");
        }
    }

    @Test
    void an_application_starts_whose_registry_needs_the_pool() {
        contexts.withUserConfiguration(Circle.class).run(context -> {
            assertThat(context).hasNotFailed();
            bootIsRemembered(context);
            assertThat(context.getBean(MeterRegistry.class)
                            .find("flame.pool.slots")
                            .tag("circle", "round")
                            .meters())
                    .isNotEmpty();
        });
    }

    /** Wants the pool before there is anybody to configure a registry. */
    @Configuration(proxyBeanMethods = false)
    static class Processors {
        @Bean
        static BeanPostProcessor early(FlamePool pool) {
            assertThat(pool.stats().ready()).isEqualTo(1);
            return new BeanPostProcessor() {};
        }
    }

    @Test
    void a_pool_that_is_made_before_registries_can_be_configured_leaves_them_alone() {
        contexts.withUserConfiguration(Processors.class).run(context -> {
            bootIsRemembered(context);
            assertThat(context.getBean(MeterRegistry.class)
                            .find("flame.pool.slots")
                            .tag("region", "north")
                            .meters())
                    .isNotEmpty();
        });
    }
}
