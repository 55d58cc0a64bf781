package io.flame4j.spring.internal.runner;

import io.flame4j.FlameException;
import io.flame4j.FlameParent;
import io.flame4j.RunnerInitializer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplication.AbandonedRunException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

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
        RunnerHook hook = new RunnerHook(launch);
        try {
            SpringApplication.withHook(hook, () -> {
                run(launch);
                return true;
            });
        } catch (AbandonedRunException e) {
            // That is how the hook ends the run.
            return started(hook, launch);
        } catch (Exception | LinkageError e) {
            throw failure(e);
        }
        return started(hook, launch);
    }

    private static ConfigurableApplicationContext started(RunnerHook hook, RunnerLaunch launch) {
        ConfigurableApplicationContext context = hook.context();
        if (context == null) {
            throw new FlameException("The main method of " + launch.mainClass() + " did not start the application with "
                    + launch.sources() + " by SpringApplication on its own thread, so this runner has no context. Name"
                    + " another class in flame4j.runner.main-class, or set flame4j.runner.context=false");
        }
        return context;
    }

    private static void run(RunnerLaunch launch) throws Exception {
        String[] arguments = launch.arguments().toArray(String[]::new);
        Method main = launch.mainClass() == null ? null : main(load(launch.mainClass()));
        if (main != null) {
            try {
                main.invoke(null, (Object) arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
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

    private static @Nullable Method main(Class<?> type) {
        Method main = ClassUtils.getMethodIfAvailable(type, "main", String[].class);
        if (main == null || !Modifier.isStatic(main.getModifiers())) {
            return null;
        }
        main.setAccessible(true);
        return main;
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

    private static FlameException failure(Throwable cause) {
        FailureAnalysis analysis = StartFailures.last();
        if (analysis == null) {
            return new FlameException("The application's context did not start on this runner: " + cause, cause);
        }
        String action = analysis.getAction();
        return new FlameException(
                "The application's context did not start on this runner." + hint(analysis.getDescription())
                        + "\n\nDescription:\n\n" + analysis.getDescription()
                        + (action == null || action.isBlank() ? "" : "\n\nAction:\n\n" + action) + "\n\nCause",
                cause);
    }
}
