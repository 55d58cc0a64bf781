package io.flame4j.spring.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.spring.FlamePoolCustomizer;
import io.flame4j.spring.InvalidFlamePropertyException;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import io.flame4j.spring.properties.FlameProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PoolPropertiesTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(FlameAutoConfiguration.class))
            .withPropertyValues("flame4j.backend=local");

    static final class Gallery {
        final FlamePool pool;

        Gallery(FlamePool pool) {
            this.pool = pool;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Galleries {
        @Bean
        Gallery qualified(@Qualifier("thumbs") FlamePool pool) {
            return new Gallery(pool);
        }

        @Bean
        Gallery byName(FlamePool heavyFlamePool) {
            return new Gallery(heavyFlamePool);
        }
    }

    @Test
    void a_bean_for_each_pool_and_its_end_with_the_context() {
        contexts.withUserConfiguration(Galleries.class)
                .withPropertyValues("flame4j.pools.thumbs.max=3", "flame4j.pools.heavy.max-concurrency=1")
                .run(context -> {
                    FlamePool thumbs = context.getBean("qualified", Gallery.class).pool;
                    assertThat(thumbs.name()).isEqualTo("thumbs");
                    assertThat(thumbs.stats().max()).isEqualTo(3);
                    assertThat(context.getBean("byName", Gallery.class).pool.name())
                            .isEqualTo("heavy");
                    assertThat(Flame.pool("thumbs")).isSameAs(thumbs);
                    assertThat(thumbs.<Integer, RuntimeException>call(() -> 2)).isEqualTo(2);
                });
        assertThatIllegalArgumentException().isThrownBy(() -> Flame.pool("thumbs"));
        assertThatIllegalArgumentException().isThrownBy(() -> Flame.pool("heavy"));
    }

    @Test
    void no_pools_without_properties() {
        contexts.run(context -> assertThat(context).doesNotHaveBean(FlamePool.class));
    }

    @Test
    void every_option_in_boots_notation() {
        contexts.withUserConfiguration(Helpers.class)
                .withPropertyValues(
                        "flame4j.pools.p.backend=local",
                        "flame4j.pools.p.min=1",
                        "flame4j.pools.p.max=2",
                        "flame4j.pools.p.max-concurrency=3",
                        "flame4j.pools.p.headroom=1",
                        "flame4j.pools.p.boot-parallelism=2",
                        "flame4j.pools.p.dispatch=pack",
                        "flame4j.pools.p.single-use=false",
                        "flame4j.pools.p.timeout=2m",
                        "flame4j.pools.p.boot-timeout=1m",
                        "flame4j.pools.p.shutdown-timeout=10s",
                        "flame4j.pools.p.idle-shutdown-after=PT20S",
                        "flame4j.pools.p.min-idle-shutdown-after=1h",
                        "flame4j.pools.p.max-queued=5",
                        "flame4j.pools.p.track-resources=true",
                        "flame4j.pools.p.shutdown-hook=true",
                        "flame4j.pools.p.listener=ear",
                        "flame4j.pools.p.codec=io.flame4j.codec.JdkCodec",
                        "flame4j.pools.p.result-filter.allow=io.flame4j.**",
                        "flame4j.pools.p.result-filter.also-allow=java.**",
                        "flame4j.pools.p.result-filter.max-depth=50",
                        "flame4j.pools.p.result-filter.max-references=1000",
                        "flame4j.pools.p.result-filter.max-array-length=1000",
                        "flame4j.pools.p.result-filter.max-bytes=1MB",
                        "flame4j.pools.p.executor=hands",
                        "flame4j.pools.p.context-propagators=io.flame4j.context.MdcPropagator",
                        "flame4j.pools.p.forward-logs=on",
                        "flame4j.pools.p.heartbeat=1s",
                        "flame4j.pools.p.interrupt-grace=5s",
                        "flame4j.pools.p.local.serialization=true")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    FlamePool pool = context.getBean(FlamePool.class);
                    assertThat(pool.stats().min()).isEqualTo(1);
                    assertThat(pool.stats().slots()).isEqualTo(3);
                    assertThat(pool.callAsync(() -> 5).join()).isEqualTo(5);
                    // Listeners are told by a thread of the pool's.
                    await().atMost(Duration.ofSeconds(60))
                            .until(() -> !context.getBean(Helpers.class).heard.isEmpty());
                    assertThat(context.getBean(Helpers.class).carried).isNotEmpty();
                });
    }

    @Configuration
    static class Helpers {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final List<Runnable> carried = new CopyOnWriteArrayList<>();

        @Bean
        PoolListener ear() {
            return new PoolListener() {
                @Override
                public void onGrowStart(String pool, String runnerId, int runners) {
                    heard.add(runnerId);
                }
            };
        }

        @Bean
        Executor hands() {
            return work -> {
                carried.add(work);
                new Thread(work).start();
            };
        }
    }

    @Test
    void customizers_have_the_last_word() {
        contexts.withBean(FlamePoolCustomizer.class, () -> (name, builder) -> builder.max(name.length()))
                .withPropertyValues("flame4j.pools.thumbs.max=1")
                .run(context -> assertThat(
                                context.getBean(FlamePool.class).stats().max())
                        .isEqualTo(6));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "min=-1",
                "max=0",
                "max-concurrency=0",
                "headroom=-1",
                "boot-parallelism=0",
                "timeout=0s",
                "boot-timeout=-1s",
                "shutdown-timeout=0s",
                "idle-shutdown-after=0s",
                "idle-check=io.flame4j.RemoteCheck",
                "min-idle-shutdown-after=0s",
                "max-queued=-1",
                "listener=nobody",
                "codec=io.flame4j.codec.Codec",
                "result-filter.allow=a..b",
                "result-filter.also-allow=com.acme.*",
                "result-filter.max-depth=0",
                "result-filter.max-references=0",
                "result-filter.max-array-length=0",
                "result-filter.max-bytes=0B",
                "executor=nobody",
                "initializer=io.flame4j.RunnerInitializer",
                "context-propagators=io.flame4j.context.ContextPropagator",
                "heartbeat=1ms",
                "interrupt-grace=0s",
                "process.heap=1B",
                "process.jvm-options=x",
                "process.env.FLAME_PARENT=x",
                "process.working-directory=/no/such/folder",
                "process.class-path=/no/such/folder",
                "process.pending-connections=0",
                "process.tls.mode=mutual",
                "process.tls.directory=x",
                "kubernetes.client=nobody",
                "kubernetes.namespace=A",
                "kubernetes.app-container=A",
                "kubernetes.image=a b",
                "kubernetes.manifest=classpath:no.yaml",
                "kubernetes.customize=nobody",
                "kubernetes.inherit=everything",
                "kubernetes.env.=x",
                "kubernetes.resources.limits.cpu=much",
                "kubernetes.gpu.none=-1",
                "kubernetes.labels.a=b c",
                "kubernetes.entrypoint=door",
                "kubernetes.max-in-namespace=0",
                "kubernetes.advertise-address=a b",
                "kubernetes.port=-1",
                "kubernetes.tls.bundle=x",
                "kubernetes.pending-connections=0",
                "kubernetes.delete-pod-after=-1s",
                "kubernetes.unschedulable-grace=-1s",
                "kubernetes.active-deadline=0s"
            })
    void invalid_value_names_its_property(String setting) {
        String property = setting.substring(0, setting.indexOf('='));
        String backend =
                setting.startsWith("kubernetes") ? "kubernetes" : setting.startsWith("process") ? "process" : "local";
        contexts.withPropertyValues("flame4j.backend=" + backend, "flame4j.pools.thumbs." + setting)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .satisfies(root -> assertThat(context.getStartupFailure())
                                .hasStackTraceContaining("flame4j.pools.thumbs." + stem(property))));
    }

    /** Values below a map are told by the map's name, as the builders tell them with the key. */
    private static String stem(String property) {
        for (String map : List.of(
                "kubernetes.env",
                "kubernetes.resources",
                "kubernetes.gpu",
                "kubernetes.labels",
                "process.env",
                "process.tls",
                "kubernetes.tls")) {
            if (property.startsWith(map + ".")) {
                return map;
            }
        }
        return property;
    }

    @ParameterizedTest
    @CsvSource({
        "timeout, abc",
        "dispatch, sideways",
        "forward-logs, loudly",
        "process.heap, 1XB",
        "process.output, loud",
        "codec, no.such.Type"
    })
    void malformed_value_names_its_property(String property, String value) {
        contexts.withPropertyValues("flame4j.pools.thumbs." + property + "=" + value)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(BindException.class)
                        .hasMessageContaining("'flame4j.pools.thumbs." + property + "'"));
    }

    @Test
    void variables_and_properties_of_the_system_may_have_other_names() {
        contexts.withSystemProperties("flame4j.seed=4")
                .run(context -> assertThat(context).hasNotFailed());
        contexts.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                "systemEnvironment",
                                new SystemEnvironmentPropertySource(
                                        "systemEnvironment",
                                        Map.of("FLAME4J_TOKEN", "x", "FLAME4J_POOLS_THUMBS_MAX", "3"))))
                .run(context -> assertThat(
                                context.getBean(FlamePool.class).stats().max())
                        .isEqualTo(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLAME4J_POOLS_HOTTHUMBS_MAX", "FLAME4J_POOLS_HOT_THUMBS_MAX"})
    void a_variable_is_of_the_pool_that_has_dashes(String variable) {
        contexts.withInitializer(context -> {
                    MutablePropertySources sources = context.getEnvironment().getPropertySources();
                    sources.replace(
                            "systemEnvironment",
                            new SystemEnvironmentPropertySource("systemEnvironment", Map.of(variable, "3")));
                    sources.addLast(new MapPropertySource(
                            "file",
                            Map.of("flame4j.pools.hot-thumbs.max", "2", "flame4j.pools.hot-thumbs.headroom", "1")));
                })
                .run(context -> {
                    assertThat(context.getBeansOfType(FlamePool.class)).containsOnlyKeys("hot-thumbsFlamePool");
                    assertThat(context.getBean(FlamePool.class).name()).isEqualTo("hot-thumbs");
                    assertThat(context.getBean(FlamePool.class).stats().max()).isEqualTo(3);
                    assertThat(context.getBean(FlameProperties.class)
                                    .pools()
                                    .get("hot-thumbs")
                                    .headroom())
                            .isEqualTo(1);
                });
    }

    @Test
    void a_child_context_has_the_pools_of_its_parent() {
        contexts.withPropertyValues("flame4j.pools.p.max=1")
                .run(parent -> contexts.withParent(parent)
                        .withUserConfiguration(ChildGallery.class)
                        .withPropertyValues("flame4j.pools.p.max=1", "flame4j.pools.own.max=1")
                        .run(child -> {
                            assertThat(child).hasNotFailed();
                            assertThat(child.getBean(ChildGallery.class).pool)
                                    .isSameAs(parent.getBean(FlamePool.class));
                            assertThat(child.getBeansOfType(FlamePool.class)).containsOnlyKeys("ownFlamePool");
                        }));
    }

    @Configuration(proxyBeanMethods = false)
    static class ChildGallery {
        final FlamePool pool;

        ChildGallery(@Qualifier("p") FlamePool pool) {
            this.pool = pool;
        }
    }

    @Test
    void min_above_max_names_the_pool() {
        contexts.withPropertyValues("flame4j.pools.thumbs.min=3", "flame4j.pools.thumbs.max=2")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("min=3 and max=2"));
    }

    @Test
    void invalid_pool_name() {
        contexts.withPropertyValues("flame4j.pools.Thumbs.max=1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(InvalidFlamePropertyException.class.getName())
                        .hasStackTraceContaining("flame4j.pools.Thumbs"));
    }
}
