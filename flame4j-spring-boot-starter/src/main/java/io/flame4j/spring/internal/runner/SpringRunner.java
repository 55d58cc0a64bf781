package io.flame4j.spring.internal.runner;

import io.flame4j.FlameException;
import io.flame4j.FlameParent;
import io.flame4j.RunnerInitializer;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;

/**
 * Starts the application's context on a runner, before the runner says that it is ready. The context is closed by Spring's
 * own shutdown hook when the runner's process ends.
 */
public final class SpringRunner implements RunnerInitializer {

    /** What is missing where there is no web application, as Boot names it. */
    private static final List<String> WEB = List.of(
            "security.config.annotation.web.builders.HttpSecurity",
            "security.config.web.server.ServerHttpSecurity",
            "jakarta.servlet.",
            "org.springframework.web.servlet.",
            "org.springframework.web.reactive.");

    private static volatile boolean starting;

    /** Whether this process is a runner that starts, or has started, the application's context. */
    static boolean isStarting() {
        return starting;
    }

    @Override
    public void initialize(FlameParent parent) throws Exception {
        RunnerLaunch launch = RunnerLaunch.of(System.getenv());
        if (!launch.hasApplication()) {
            throw new FlameException(
                    "The environment of this runner does not say which application to start. Its backend"
                            + " must hand on the variables that begin with FLAME4J_SPRING_");
        }
        starting = true;
        // Only a system property keeps devtools from starting the application a second time.
        System.setProperty("spring.devtools.restart.enabled", "false");
        ConfigurableApplicationContext context = start(launch);
        Contexts.setRunner(context);
        String initializer = launch.initializer();
        if (initializer != null) {
            Class<? extends RunnerInitializer> type = load(initializer).asSubclass(RunnerInitializer.class);
            context.getAutowireCapableBeanFactory().createBean(type).initialize(parent);
        }
    }

    private static ConfigurableApplicationContext start(RunnerLaunch launch) throws Exception {
        ApplicationThread thread = new ApplicationThread();
        return thread.start(new RunnerHook(launch, thread::hold), () -> run(launch));
    }

    private static void run(RunnerLaunch launch) throws Throwable {
        String[] arguments = launch.arguments().toArray(String[]::new);
        MainMethod main = launch.mainClass() == null ? null : MainMethod.of(load(launch.mainClass()));
        if (main != null) {
            main.invoke(arguments);
            return;
        }
        List<String> sources =
                launch.sources().isEmpty() ? List.of(String.valueOf(launch.mainClass())) : launch.sources();
        Class<?>[] types = new Class<?>[sources.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = load(sources.get(i));
        }
        new SpringApplication(types).run(arguments);
    }

    private static Class<?> load(String name) throws ClassNotFoundException {
        return Class.forName(name, true, Thread.currentThread().getContextClassLoader());
    }

    /** Boot's own advice, to define such a bean, would be wrong. */
    static String hint(String description) {
        boolean ofTheWeb = WEB.stream().anyMatch(description::contains);
        return ofTheWeb
                ? " It is no web application there: put @ConditionalOnWebApplication on the configuration that needs one,"
                        + " or set flame4j.runner.web=true."
                : "";
    }

    static FlameException failure(Throwable cause) {
        FailureAnalysis analysis = StartFailures.last();
        if (analysis == null) {
            Throwable root = NestedExceptionUtils.getMostSpecificCause(cause);
            return new FlameException(
                    "The application's context did not start on this runner: " + cause
                            + (root == cause ? "" : ". At the bottom of it: " + root),
                    cause);
        }
        String action = analysis.getAction();
        return new FlameException(
                "The application's context did not start on this runner." + hint(analysis.getDescription())
                        + "\n\nDescription:\n\n" + analysis.getDescription()
                        + (action == null || action.isBlank() ? "" : "\n\nAction:\n\n" + action),
                cause);
    }
}
