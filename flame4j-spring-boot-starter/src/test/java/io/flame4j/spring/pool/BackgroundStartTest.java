package io.flame4j.spring.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.spring.FlamePoolCustomizer;
import io.flame4j.spring.InvalidFlamePropertyException;
import io.flame4j.spring.autoconfigure.FlameActuatorAutoConfiguration;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** An application that starts while its runners boot. The time limit is more than all waits of a test together. */
@Timeout(600)
class BackgroundStartTest {

    private final FaultyBackend backend = new FaultyBackend();

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(FlameAutoConfiguration.class, FlameActuatorAutoConfiguration.class))
            .withBean(FlamePoolCustomizer.class, () -> (name, builder) -> builder.backend(backend))
            .withPropertyValues(
                    "flame4j.backend=local",
                    "flame4j.pools.thumbs.min=2",
                    "flame4j.pools.thumbs.max=3",
                    "flame4j.pools.thumbs.start=background");

    private static Status health(ApplicationContext context) {
        return context.getBean("flameHealthIndicator", HealthIndicator.class)
                .health()
                .getStatus();
    }

    @Test
    void is_out_of_service_until_all_first_runners_are_there() {
        CountDownLatch boot = new CountDownLatch(1);
        backend.on((spec, number) -> {
            awaitUninterruptibly(boot);
            return backend.well(spec);
        });
        contexts.run(context -> {
            FlamePool pool = context.getBean(FlamePool.class);
            assertThat(pool.stats().min()).isEqualTo(2);
            assertThat(health(context)).isEqualTo(Status.OUT_OF_SERVICE);
            boot.countDown();

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(health(context)).isEqualTo(Status.UP));
            assertThat(pool.stats().ready()).isGreaterThanOrEqualTo(2);
            // Once is enough: a pool that has begun is up while a lost runner is replaced.
            pool.resize(3, 3);
            assertThat(health(context)).isEqualTo(Status.UP);
        });
    }

    @Test
    void is_down_while_they_do_not_boot_and_up_when_they_do() {
        backend.on((spec, number) -> {
            throw FaultyBackend.permanent("no such image");
        });
        contexts.run(context -> {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(health(context)).isEqualTo(Status.DOWN));
            backend.on((spec, number) -> backend.well(spec));
            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(health(context)).isEqualTo(Status.UP));
        });
    }

    @Test
    void bounds_are_checked_all_the_same() {
        contexts.withPropertyValues("flame4j.pools.thumbs.min=4")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(InvalidFlamePropertyException.class.getName())
                        .hasStackTraceContaining("flame4j.pools.thumbs.min"));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
