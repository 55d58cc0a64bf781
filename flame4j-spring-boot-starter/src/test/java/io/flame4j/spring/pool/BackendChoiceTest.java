package io.flame4j.spring.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A pool without runners starts nothing, so that all kinds of backends can be chosen here. */
class BackendChoiceTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(FlameAutoConfiguration.class))
            .withPropertyValues("flame4j.pools.thumbs.max=1");

    @Test
    void threads_in_tests() {
        contexts.withPropertyValues("flame4j.in-test=true").run(context -> {
            long here = ProcessHandle.current().pid();
            assertThat(context.getBean(FlamePool.class)
                            .<Long, RuntimeException>call(
                                    () -> ProcessHandle.current().pid()))
                    .isEqualTo(here);
        });
    }

    @Test
    void two_contexts_of_tests_at_a_time() {
        contexts.withPropertyValues("flame4j.in-test=true")
                .run(first -> contexts.withPropertyValues("flame4j.in-test=true")
                        .run(second -> {
                            assertThat(first.getBean("thumbs", FlamePool.class).name())
                                    .isEqualTo("thumbs");
                            assertThat(second.getBean("thumbs", FlamePool.class).name())
                                    .isEqualTo("thumbs-2");
                        }));
    }

    @Test
    void pods_in_a_pod() {
        contexts.withPropertyValues("spring.main.cloud-platform=kubernetes")
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("Kubernetes"));
    }

    @Test
    void pools_of_one_application_may_differ() {
        contexts.withPropertyValues("flame4j.backend=kubernetes", "flame4j.pools.thumbs.backend=local")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void the_module_may_be_absent() {
        contexts.withClassLoader(new FilteredClassLoader("io.flame4j.kubernetes"))
                .withPropertyValues("flame4j.backend=process")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void no_pools_on_runners() {
        contexts.withPropertyValues("flame4j.role=runner").run(context -> {
            FlamePool pool = context.getBean(FlamePool.class);
            assertThat(pool.name()).isEqualTo("thumbs");
            assertThat(pool).hasToString("the pool 'thumbs', which is not on runners");
            assertThat(org.assertj.core.api.Assertions.catchThrowable(pool::stats))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("flame4j.runner.pools=true");
        });
    }

    @Test
    void pools_on_runners_when_asked() {
        contexts.withPropertyValues("flame4j.role=runner", "flame4j.runner.pools=true", "flame4j.backend=local")
                .run(context -> assertThat(
                                context.getBean(FlamePool.class).stats().max())
                        .isOne());
    }
}
