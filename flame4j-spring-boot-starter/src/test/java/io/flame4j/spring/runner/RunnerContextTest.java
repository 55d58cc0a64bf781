package io.flame4j.spring.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.spring.FlameContext;
import io.flame4j.spring.app.Painter;
import io.flame4j.spring.app.Probe;
import io.flame4j.spring.app.ShopApplication;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Runner processes that start the application from a class path of folders and jars. */
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class RunnerContextTest {

    private static final String[] POOL = {
        "--flame4j.backend=process",
        "--flame4j.pools.thumbs.max=1",
        "--flame4j.pools.thumbs.timeout=2m",
        "--flame4j.pools.thumbs.boot-timeout=2m",
        "--flame4j.pools.thumbs.process.heap=128MB"
    };

    private static ConfigurableApplicationContext start(String... more) {
        SpringApplication application = new SpringApplication(ShopApplication.class);
        // It would take that of the test launcher for the application's.
        application.setMainApplicationClass(ShopApplication.class);
        if (!List.of(more).contains("--flame4j.runner.scheduling=true")) {
            application.setAdditionalProfiles("eu");
        }
        String[] arguments = new String[POOL.length + more.length];
        System.arraycopy(POOL, 0, arguments, 0, POOL.length);
        System.arraycopy(more, 0, arguments, POOL.length, more.length);
        return application.run(arguments);
    }

    @Test
    void runner_starts_the_application_without_what_only_the_parent_does() {
        try (ConfigurableApplicationContext context = start(
                "--shop.size=7",
                "--flame4j.runner.properties.shop.extra=x",
                "--management.endpoint.health.group.readiness.include=readinessState,flame",
                "--flame4j.pools.thumbs.initializer=io.flame4j.spring.app.PrepareShop")) {
            FlamePool pool = context.getBean("thumbs", FlamePool.class);

            Map<String, String> there =
                    pool.call(() -> FlameContext.bean(Probe.class).facts());
            Map<String, String> here = context.getBean(Probe.class).facts();

            assertThat(there)
                    .containsEntry("pool", "thumbs")
                    .containsEntry("web", "false")
                    .containsEntry("profiles", "eu,flame-runner")
                    .containsEntry("commandLineRunners", "not run")
                    .containsEntry("main", "was left")
                    .containsEntry("scheduling", "false")
                    .containsEntry("ticks", "none")
                    .containsEntry("beans", "onRunner")
                    .containsEntry("size", "7")
                    .containsEntry("colour", "red on runners")
                    .containsEntry("initialized", "Probe");
            assertThat(there.get("process")).isNotEqualTo(here.get("process"));
            assertThat(here)
                    .containsEntry("web", "true")
                    .containsEntry("profiles", "eu")
                    .containsEntry("commandLineRunners", "run")
                    .containsEntry("beans", "onParent")
                    .containsEntry("colour", "blue");
            assertThat(pool.call(() -> FlameContext.current()
                            .getBean("thumbs", FlamePool.class)
                            .toString()))
                    .contains("not on runners");
            annotatedMethodsRunOnTheBeansOfTheRunner(context.getBean(Painter.class), there);
        }
    }

    @Test
    void java_util_logging_on_runners_goes_to_boots_logs_whether_they_are_forwarded_or_not() {
        try (ConfigurableApplicationContext context = start("--flame4j.pools.thumbs.forward-logs=on")) {
            FlamePool pool = context.getBean("thumbs", FlamePool.class);

            List<String> handlers =
                    pool.call(() -> Arrays.stream(Logger.getLogger("").getHandlers())
                            .map(handler -> handler.getClass().getSimpleName())
                            .toList());
            assertThat(handlers).contains("SLF4JBridgeHandler").doesNotContain("ConsoleHandler");
        }
    }

    private static void annotatedMethodsRunOnTheBeansOfTheRunner(Painter painter, Map<String, String> there) {
        assertThat(painter.paint()).isEqualTo(there);
        assertThat(painter.colour("!").join()).isEqualTo("red on runners!");
        assertThatCode(painter::fail).doesNotThrowAnyException();
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(painter::failLoudly)
                .withMessage("canvas")
                .satisfies(failure -> assertThat(failure.getStackTrace())
                        .anySatisfy(frame -> assertThat(frame.getMethodName()).isEqualTo("failLoudly")));
        assertThatExceptionOfType(RunnerLostException.class)
                .isThrownBy(painter::fall)
                .withMessageContaining("use @FlameCall(retries = …) for tasks that are safe to repeat");
    }

    @Test
    void properties_for_runners_hold_over_all_others_there() {
        try (ConfigurableApplicationContext context = start(
                "--shop.size=7",
                "--flame4j.runner.properties.shop.size=2",
                "--flame4j.runner.command-line-runners=true",
                "--flame4j.runner.scheduling=true")) {
            FlamePool pool = context.getBean(FlamePool.class);

            Map<String, String> there =
                    pool.call(() -> FlameContext.bean(Probe.class).facts());

            assertThat(there)
                    .containsEntry("size", "2")
                    // No profile is active in the parent, so that the one by default holds there.
                    .containsEntry("profiles", "default,flame-runner")
                    .containsEntry("commandLineRunners", "run")
                    .containsEntry("main", "was left");
            pool.call(() -> awaitTick());
        }
    }

    private static void awaitTick() {
        await().atMost(Duration.ofMinutes(1)).until(() -> System.getProperty("shop.ticks") != null);
    }

    @Test
    void context_that_does_not_start_is_a_boot_error_with_boots_analysis() {
        try (ConfigurableApplicationContext context = start("--shop.needs-parent=true")) {
            FlamePool pool = context.getBean(FlamePool.class);

            assertThatExceptionOfType(RunnerBootException.class)
                    .isThrownBy(() -> pool.call(() -> 1))
                    .withMessageContaining("The application's context did not start on this runner")
                    .withMessageContaining("required a bean of type 'io.flame4j.spring.app.Marker'")
                    .withMessageContaining("Action:")
                    .withMessageNotContaining("\tat ")
                    .withStackTraceContaining("On the runner: io.flame4j.FlameException")
                    .satisfies(failure -> assertThat(failure.isPermanent()).isTrue());
        }
    }

    @Test
    void a_context_that_does_not_start_is_reported_once(CapturedOutput output) {
        assertThatThrownBy(() -> start(
                        "--shop.needs-parent=true",
                        "--logging.level.io.flame4j.runner=info",
                        "--flame4j.pools.thumbs.min=1"))
                .hasStackTraceContaining("could not be started");

        // The warning of the pool, with the stack trace, and Boot's report, which is the parent's alone.
        assertThat(output.getAll().split("required a bean of type 'io.flame4j.spring.app.Marker'", -1))
                .as(output.getAll())
                .hasSize(3);
        assertThat(output.getAll().split("APPLICATION FAILED TO START", -1)).hasSize(2);
        assertThat(output).contains("flame4j.pools.<name>.start=background");
    }

    /** It has a failure that Boot knows, when it is asked to, or another. */
    @Configuration(proxyBeanMethods = false)
    static class Broken {
        @Bean
        Object broken(@Value("${paint.known}") boolean known) {
            if (known) {
                throw new PortInUseException(1);
            }
            throw new IllegalStateException("no paint");
        }
    }

    @Test
    void a_task_that_starts_another_application_logs_why_it_does_not_start(CapturedOutput output) {
        try (ConfigurableApplicationContext context = start("--logging.level.io.flame4j.runner=info")) {
            FlamePool pool = context.getBean(FlamePool.class);

            pool.call(() -> {
                for (boolean known : new boolean[] {false, true}) {
                    assertThatThrownBy(() -> SpringApplication.run(Broken.class, "--paint.known=" + known))
                            .isInstanceOf(BeanCreationException.class);
                }
            });

            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(output)
                            .contains("Application run failed", "no paint", "APPLICATION FAILED TO START"));
        }
    }

    @Test
    void whoever_wants_boots_report_on_runners_has_it(CapturedOutput output) {
        try (ConfigurableApplicationContext context = start(
                "--shop.needs-parent=true",
                "--logging.level.io.flame4j.runner=info",
                "--logging.level.org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter=error")) {
            FlamePool pool = context.getBean(FlamePool.class);

            assertThatExceptionOfType(RunnerBootException.class).isThrownBy(() -> pool.call(() -> 1));

            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(output).contains("APPLICATION FAILED TO START"));
        }
    }

    @Test
    void a_main_that_keeps_its_arguments_to_itself_is_told_so(CapturedOutput output) {
        try (ConfigurableApplicationContext context =
                start("--shop.main-keeps-arguments", "--shop.size=7", "--logging.level.io.flame4j.runner=info")) {
            FlamePool pool = context.getBean(FlamePool.class);

            Map<String, String> there =
                    pool.call(() -> FlameContext.bean(Probe.class).facts());

            assertThat(there).containsEntry("size", "1");
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(output)
                            .contains("--shop.main-keeps-arguments, --shop.size", "does not hold on this runner"));
        }
    }

    @Test
    void main_that_ends_the_process_is_a_boot_error_that_says_so() {
        try (ConfigurableApplicationContext context = start("--shop.no-runners")) {
            FlamePool pool = context.getBean(FlamePool.class);

            assertThatExceptionOfType(RunnerBootException.class)
                    .isThrownBy(() -> pool.call(() -> 1))
                    .withMessageContaining("System.exit")
                    .withMessageContaining("FlameRunner.isRunner()");
        }
    }

    @Test
    void runner_without_a_context_says_so() {
        try (ConfigurableApplicationContext context = start("--flame4j.runner.context=false")) {
            FlamePool pool = context.getBean(FlamePool.class);

            assertThat(pool.<Integer, RuntimeException>call(() -> 1)).isOne();
            assertThatIllegalStateException()
                    .isThrownBy(
                            () -> pool.call(() -> FlameContext.bean(Probe.class).facts()))
                    .withMessageContaining("flame4j.runner.context");
        }
    }

    @Test
    void outside_of_a_task_there_is_no_runner_to_ask() {
        assertThatIllegalStateException().isThrownBy(FlameContext::current).withMessageContaining("runs no task");
    }
}
