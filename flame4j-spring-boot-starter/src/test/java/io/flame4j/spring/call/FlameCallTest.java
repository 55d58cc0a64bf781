package io.flame4j.spring.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerContext;
import io.flame4j.TaskSerializationException;
import io.flame4j.spring.FlameCall;
import io.flame4j.spring.FlameContext;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.framework.autoproxy.InfrastructureAdvisorAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;

/** Calls on threads of this JVM: all but the other context is as on any runner. */
@ExtendWith(OutputCaptureExtension.class)
class FlameCallTest {

    private static final String BEAN = "studio";

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(FlameAutoConfiguration.class))
            .withPropertyValues("flame4j.backend=local", "flame4j.pools.thumbs.max=1", "name.of.pool=thumbs");

    /** Cannot travel, and need not. */
    static class Studio {
        final List<Object> seen = new CopyOnWriteArrayList<>();
        final Thread thread = Thread.currentThread();

        @FlameCall
        public List<String> where(List<String> trace) {
            seen.add(trace);
            List<String> result = new ArrayList<>(trace);
            result.add(Thread.currentThread().getName());
            return result;
        }

        @FlameCall("${name.of.pool}")
        public String broken() throws IOException {
            throw new NoSuchFileException("paint");
        }

        @FlameCall(timeout = "200ms")
        String slow() throws InterruptedException {
            TimeUnit.MINUTES.sleep(5);
            return "never";
        }

        @FlameCall
        protected CompletableFuture<String> later(String what) {
            return what == null
                    ? CompletableFuture.failedFuture(new NoSuchFileException("canvas"))
                    : CompletableFuture.supplyAsync(() -> what + " on " + thread.getName());
        }

        @FlameCall
        public CompletionStage<Integer> stage() {
            return CompletableFuture.completedStage(1);
        }

        @FlameCall
        public Future<Integer> future() {
            return CompletableFuture.completedFuture(2);
        }

        @FlameCall
        public CompletableFuture<Void> nothing(String what) {
            return what == null
                    ? CompletableFuture.failedFuture(new NoSuchFileException("nothing"))
                    : CompletableFuture.runAsync(() -> seen.add(what));
        }

        @FlameCall
        public void cast(String what) throws IOException {
            if (what == null) {
                throw new NoSuchFileException("nobody waits");
            }
            seen.add(what);
        }

        @FlameCall(await = true, detached = true, retries = 1)
        public void done(String what) throws IOException {
            if (what == null) {
                throw new NoSuchFileException("somebody waits");
            }
            seen.add(what);
        }

        @FlameCall
        public Object anything(Object value) {
            return "an object".equals(value) ? new Object() : value;
        }

        @FlameCall
        public CompletableFuture<Object> anythingLater(String what, Object value) {
            return CompletableFuture.completedFuture(anythingIn(what, value));
        }

        private static Object anythingIn(String what, Object value) {
            return what.equals("an object") ? new Object() : value;
        }

        @FlameCall
        public void take(Object value) {
            seen.add(value);
        }
    }

    private void withStudio(StudioTest test) {
        contexts.withBean(BEAN, Studio.class).run(context -> test.run(context.getBean(Studio.class)));
    }

    private interface StudioTest {
        void run(Studio studio) throws Exception;
    }

    @Test
    void value_comes_from_a_runner_and_arguments_are_copies() {
        withStudio(studio -> {
            List<String> trace = new ArrayList<>(List.of("here"));
            assertThat(studio.where(trace)).hasSize(2).first().isEqualTo("here");
            assertThat(studio.where(trace).get(1)).startsWith("flame4j-");
            assertThat(trace).containsExactly("here");
        });
    }

    @Test
    void exceptions_keep_their_type() {
        withStudio(studio -> assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(studio::broken)
                .withMessage("paint"));
    }

    @Test
    void timeout_of_the_annotation() {
        withStudio(
                studio -> assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(studio::slow));
    }

    @Test
    void futures() {
        withStudio(studio -> {
            assertThat(studio.later("late").get(1, TimeUnit.MINUTES)).startsWith("late on");
            assertThat(studio.stage().toCompletableFuture().get(1, TimeUnit.MINUTES))
                    .isOne();
            assertThat(studio.future().get(1, TimeUnit.MINUTES)).isEqualTo(2);
            assertThatThrownBy(() -> studio.later(null).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(NoSuchFileException.class);
            assertThat(studio.nothing("done").get(1, TimeUnit.MINUTES)).isNull();
            assertThat(seen(studio)).containsExactly("done");
            assertThatThrownBy(() -> studio.nothing(null).join()).hasCauseInstanceOf(NoSuchFileException.class);
        });
    }

    /** What the bean itself has, which no proxy shows. */
    private static List<Object> seen(Studio studio) {
        return ((Studio) AopProxyUtils.getSingletonTarget(studio)).seen;
    }

    @Test
    void void_methods(CapturedOutput output) {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        List<String> names = new CopyOnWriteArrayList<>();
        contexts.withBean(BEAN, Studio.class)
                .withBean(PoolListener.class, () -> new PoolListener() {
                    @Override
                    public void onCastFailed(String pool, String task, Throwable failure) {
                        names.add(task);
                        failures.add(failure);
                    }
                })
                .run(context -> {
                    Studio studio = context.getBean(Studio.class);
                    List<Object> seen = seen(studio);
                    studio.cast("a");
                    await().atMost(Duration.ofSeconds(30))
                            .untilAsserted(() -> assertThat(seen).containsExactly("a"));
                    studio.done("b");
                    assertThat(seen).containsExactly("a", "b");
                    studio.cast(null);
                    await().atMost(Duration.ofSeconds(30))
                            .untilAsserted(
                                    () -> assertThat(failures).singleElement().isInstanceOf(NoSuchFileException.class));
                    assertThat(names).containsExactly(BEAN + ".cast");
                    assertThat(output).contains("a cast failed: " + BEAN + ".cast");
                    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> studio.done(null));
                });
    }

    @Test
    void argument_that_cannot_travel_is_refused_with_its_path() {
        withStudio(studio -> assertThatExceptionOfType(TaskSerializationException.class)
                .isThrownBy(() -> studio.anything(List.of(new Object())))
                .withMessageContaining("Studio.anything(Object)")
                .withMessageContaining("arguments")
                .withMessageContaining("java.lang.Object"));
    }

    @Test
    void whatever_the_method_returns_the_bean_and_the_parameter_are_named() {
        withStudio(studio -> {
            assertThatExceptionOfType(TaskSerializationException.class)
                    .isThrownBy(() -> studio.anything(new Object()))
                    .withMessageStartingWith(
                            "Bean '" + BEAN + "', @FlameCall method Studio.anything(Object), parameter 1");
            assertThatExceptionOfType(TaskSerializationException.class)
                    .isThrownBy(() -> studio.anythingLater("x", new Object()))
                    .withMessageStartingWith("Bean '" + BEAN + "'")
                    .withMessageContaining("Studio.anythingLater(String, Object), parameter 2")
                    .withMessageContaining("Cure: ");
            assertThatExceptionOfType(TaskSerializationException.class)
                    .isThrownBy(() -> studio.take(List.of("x", new Object())))
                    .withMessageStartingWith("Bean '" + BEAN + "', @FlameCall method Studio.take(Object), parameter 1");
        });
    }

    @Test
    void a_result_that_cannot_travel_names_bean_and_method() {
        withStudio(studio -> {
            assertThatExceptionOfType(ResultSerializationException.class)
                    .isThrownBy(() -> studio.anything("an object"))
                    .withMessageContaining(BEAN + ".anything: The task ran, but its result")
                    .withMessageContaining("Cure: ");
            assertThatThrownBy(() -> studio.anythingLater("an object", null).join())
                    .cause()
                    .isInstanceOf(ResultSerializationException.class)
                    .hasMessageContaining(BEAN + ".anythingLater: The task ran, but its result");
        });
    }

    interface Brush {
        @FlameCall
        String stroke(String colour);
    }

    static class Broad implements Brush {
        @Override
        public final String stroke(String colour) {
            return colour + " by " + Thread.currentThread().getName();
        }
    }

    @Test
    void proxies_of_interfaces() {
        contexts.withBean(Brush.class, Broad::new)
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .run(context -> {
                    Brush brush = context.getBean(Brush.class);
                    assertThat(AopUtils.isJdkDynamicProxy(brush)).isTrue();
                    assertThat(brush.stroke("red")).startsWith("red by flame4j-");
                });
    }

    static class Caller {
        private final Studio studio;

        Caller(Studio studio) {
            this.studio = studio;
        }

        @FlameCall
        public List<String> nested() {
            List<String> there = studio.where(List.of(Thread.currentThread().getName()));
            return there;
        }
    }

    @Test
    void a_call_on_a_runner_runs_in_place() {
        contexts.withBean(Studio.class).withBean(Caller.class).run(context -> {
            // One slot, which a second call would wait for in vain.
            List<String> names = context.getBean(Caller.class).nested();
            assertThat(names.get(0)).startsWith("flame4j-").isEqualTo(names.get(1));
            FlamePool pool = context.getBean(FlamePool.class);
            assertThat(pool.<String, RuntimeException>call(() -> {
                        String here = Thread.currentThread().getName();
                        return FlameContext.bean(Studio.class)
                                        .where(List.of())
                                        .get(0)
                                        .equals(here)
                                ? "same"
                                : "other";
                    }))
                    .isEqualTo("same");
        });
    }

    /** As those of listeners do: it keeps the bean that it is handed, and calls that when a message comes. */
    static class Listeners implements BeanPostProcessor, Ordered {
        final Map<String, Object> beans = new ConcurrentHashMap<>();

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            beans.put(name, bean);
            return bean;
        }

        @Override
        public int getOrder() {
            return LOWEST_PRECEDENCE;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {
        @Bean
        static Listeners listeners() {
            return new Listeners();
        }
    }

    @Test
    void a_processor_that_keeps_the_beans_it_is_handed_calls_them_on_runners() {
        // Registered before the starter's own.
        contexts.withUserConfiguration(Listening.class)
                .withBean(BEAN, Studio.class)
                .run(context -> {
                    Studio kept =
                            (Studio) context.getBean(Listeners.class).beans.get(BEAN);
                    assertThat(kept.where(List.of()).get(0)).startsWith("flame4j-");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Advice {
        static final List<Boolean> IN_TASK = new CopyOnWriteArrayList<>();

        @Bean
        static DefaultAdvisorAutoProxyCreator proxies() {
            DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
            creator.setProxyTargetClass(true);
            return creator;
        }

        @Bean
        static DefaultPointcutAdvisor transaction() {
            NameMatchMethodPointcut where = new NameMatchMethodPointcut();
            where.setMappedName("where");
            return new DefaultPointcutAdvisor(where, (MethodInterceptor) invocation -> {
                IN_TASK.add(isInTask());
                return invocation.proceed();
            });
        }

        private static boolean isInTask() {
            try {
                return RunnerContext.current().pool().equals("thumbs");
            } catch (IllegalStateException e) {
                return false;
            }
        }
    }

    /** Spring's own creator of proxies, as Boot has it defined for transactions. */
    @Configuration(proxyBeanMethods = false)
    static class BootsAdvice {
        @Bean(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME)
        static InfrastructureAdvisorAutoProxyCreator proxies() {
            InfrastructureAdvisorAutoProxyCreator creator = new InfrastructureAdvisorAutoProxyCreator();
            creator.setProxyTargetClass(true);
            creator.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return creator;
        }

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static DefaultPointcutAdvisor transaction() {
            return Advice.transaction();
        }
    }

    @Test
    void transactions_begin_on_the_runner_for_listeners_too() {
        contexts.withUserConfiguration(BootsAdvice.class, Listening.class)
                .withBean(BEAN, Studio.class)
                .run(context -> {
                    Studio kept =
                            (Studio) context.getBean(Listeners.class).beans.get(BEAN);
                    Advice.IN_TASK.clear();
                    kept.where(List.of());
                    assertThat(Advice.IN_TASK).containsExactly(true);
                });
    }

    @Test
    void other_advice_such_as_transactions_begins_on_the_runner() {
        contexts.withUserConfiguration(Advice.class).withBean(Studio.class).run(context -> {
            Advice.IN_TASK.clear();
            context.getBean(Studio.class).where(List.of());
            assertThat(Advice.IN_TASK).containsExactly(true);
        });
    }
}
