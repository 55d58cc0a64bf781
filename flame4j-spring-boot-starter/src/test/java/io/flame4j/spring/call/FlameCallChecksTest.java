package io.flame4j.spring.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.backend.LocalBackend;
import io.flame4j.codec.Codec;
import io.flame4j.spring.FlameCall;
import io.flame4j.spring.InvalidFlameCallException;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanNameAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.annotation.Async;

/** What is wrong with annotated methods is known when the application starts. */
@ExtendWith(OutputCaptureExtension.class)
class FlameCallChecksTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(FlameAutoConfiguration.class))
            .withPropertyValues("flame4j.backend=local", "flame4j.pools.thumbs.max=1");

    private void refused(Class<?> type, String... texts) {
        contexts.withBean("worker", type)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidFlameCallException.class)
                        .hasMessageContaining("worker")
                        .hasMessageContainingAll(texts));
    }

    static class Private {
        @FlameCall
        private void work() {}
    }

    static class Static {
        @FlameCall
        public static void work() {}
    }

    static class FinalMethod {
        @FlameCall
        public final void work() {}
    }

    static final class FinalClass {
        @FlameCall
        public void work() {}
    }

    @Test
    void methods_that_no_proxy_can_stand_before() {
        refused(Private.class, "Private.work()", "private", "Make it public");
        refused(Static.class, "Static.work()", "static", "instance method");
        refused(FinalMethod.class, "FinalMethod.work()", "final", "Leave final out");
        refused(FinalClass.class, "FinalClass.work()", "class is final");
    }

    static class Argument {
        @FlameCall
        public void work(int number, Connection connection) {}
    }

    static class Result {
        @FlameCall
        public Optional<String> work() {
            return Optional.empty();
        }
    }

    static class FutureResult {
        @FlameCall
        public CompletableFuture<Path> work() {
            return CompletableFuture.completedFuture(Path.of("x"));
        }
    }

    @Test
    void types_that_cannot_travel() {
        refused(Argument.class, "Argument.work(int, Connection)", "parameter 2", "java.sql.Connection");
        refused(Result.class, "returns", "java.util.Optional");
        refused(FutureResult.class, "returns", "java.nio.file.Path", "as a String");
    }

    @Test
    void a_codec_of_the_users_may_take_any_type() {
        contexts.withBean(Argument.class)
                .withPropertyValues("flame4j.pools.thumbs.codec=" + AnyCodec.class.getName())
                .run(context -> assertThat(context).hasNotFailed());
    }

    static class Selfish {
        @FlameCall
        public String work() {
            return "";
        }

        public String all() {
            return work() + work();
        }
    }

    @Test
    void self_invocation(CapturedOutput output) {
        refused(Selfish.class, "Selfish.work()", "all(…)", "@Lazy", "flame4j.call.self-invocation");
        contexts.withBean(Selfish.class)
                .withPropertyValues("flame4j.call.self-invocation=warn")
                .run(context -> assertThat(context).hasNotFailed());
        // Boot's format, if another test has set it up, shortens names of packages.
        assertThat(output.getOut().lines().filter(line -> line.contains("call.CallChecks")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("WARN", "Selfish.work()"));
        contexts.withBean(Selfish.class)
                .withPropertyValues("flame4j.call.self-invocation=ignore")
                .run(context -> assertThat(context).hasNotFailed());
    }

    static class Attributes {
        @FlameCall("other")
        public void pool() {}

        @FlameCall(timeout = "soon")
        public void timeout() {}

        @FlameCall(retries = -1)
        public void retries() {}

        @FlameCall(await = true)
        public String await() {
            return "";
        }

        @FlameCall("${no.such.property}")
        public void placeholder() {}
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        refused(
                Attributes.class,
                "no pool 'other'. The pools are [thumbs]",
                "timeout = \"soon\"",
                "retries = -1",
                "await is for void methods",
                "no.such.property");
    }

    static class AnyPool {
        @FlameCall
        public void work() {}
    }

    @Test
    void a_method_must_say_which_of_several_pools() {
        contexts.withBean(AnyPool.class)
                .withPropertyValues("flame4j.pools.other.max=1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("there are several")
                        .hasMessageContaining("other"));
    }

    @Test
    void lazy_beans_are_looked_at_as_well() {
        contexts.withBean("worker", Private.class, Private::new, definition -> definition.setLazyInit(true))
                .run(context -> assertThat(context).getFailure().isInstanceOf(InvalidFlameCallException.class));
    }

    @Test
    void only_singletons() {
        contexts.withBean(
                        "worker",
                        AnyPool.class,
                        AnyPool::new,
                        definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
                .run(context -> assertThat(context).getFailure().hasMessageContaining("prototype"));
    }

    @Test
    void a_pool_of_a_bean_method_has_runners_without_the_applications_beans() {
        contexts.withBean("own", FlamePool.class, () -> pool("own"))
                .withBean("worker", OwnPool.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("worker")
                        .hasMessageContaining("the pool 'own' is a bean of the application's own")
                        .hasMessageContaining("flame4j.pools.own.max=4"));
    }

    @Test
    void a_pool_of_properties_is_meant_where_the_application_has_one_of_its_own_too() {
        contexts.withBean("own", FlamePool.class, () -> pool("own"))
                .withBean(AnyPool.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void without_a_pool_of_properties_there_is_none_for_beans() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(FlameAutoConfiguration.class))
                .withBean("own", FlamePool.class, () -> pool("own"))
                .withBean(AnyPool.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("the pool 'own' is a bean of the application's own"));
    }

    @Test
    void beans_of_a_child_context_are_not_on_the_runners_of_its_parents_pools() {
        contexts.run(parent -> contexts.withParent(parent)
                .withBean("worker", AnyPool.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidFlameCallException.class)
                        .hasMessageContaining("worker")
                        .hasMessageContaining("of a child context")));
    }

    private static FlamePool pool(String name) {
        return FlamePool.builder(name).backend(LocalBackend.create()).build();
    }

    static class OwnPool {
        @FlameCall("own")
        public void work() {}
    }

    static class AlsoAsync {
        @Async
        @FlameCall(await = true)
        public void work() {}
    }

    @Async
    static class AllAsync {
        @FlameCall
        public CompletableFuture<String> work() {
            return CompletableFuture.completedFuture("");
        }
    }

    static class AsyncElsewhere {
        @FlameCall
        public void work() {}

        @Async
        public void other() {}
    }

    @Test
    void async_methods() {
        refused(AlsoAsync.class, "AlsoAsync.work()", "it is @Async as well", "Leave @Async out", "CompletableFuture");
        refused(AllAsync.class, "AllAsync.work()", "its class is @Async", "Leave @Async out");
        contexts.withBean(AsyncElsewhere.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    interface Narrow {
        void other();
    }

    static class Wide implements Narrow {
        @Override
        public void other() {}

        @FlameCall
        public void work() {}
    }

    @Test
    void a_proxy_of_interfaces_has_only_their_methods() {
        contexts.withBean(Wide.class)
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .run(context -> assertThat(context).getFailure().hasMessageContaining("none of the interfaces"));
    }

    interface Marker {}

    static class CalledBack implements InitializingBean, DisposableBean, BeanNameAware, AutoCloseable, Marker {
        @FlameCall
        public String work() {
            return Thread.currentThread().getName();
        }

        @Override
        public void afterPropertiesSet() {}

        @Override
        public void destroy() {}

        @Override
        public void setBeanName(String name) {}

        @Override
        public void close() {}
    }

    @Test
    void interfaces_by_which_spring_calls_a_bean_make_no_proxy_of_interfaces() {
        contexts.withBean(CalledBack.class)
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .run(context ->
                        assertThat(context.getBean(CalledBack.class).work()).startsWith("flame4j-"));
    }

    @Test
    void on_runners_nothing_is_checked_and_nothing_is_sent() {
        contexts.withBean(Selfish.class)
                .withPropertyValues("flame4j.role=runner")
                .run(context -> assertThat(context.getBean(Selfish.class)).hasSameClassAs(new Selfish()));
    }

    public static final class AnyCodec implements Codec {
        @Override
        public void encode(Object value, java.io.OutputStream out) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object decode(java.io.InputStream in, io.flame4j.codec.DecodeContext context) {
            throw new UnsupportedOperationException();
        }
    }
}
