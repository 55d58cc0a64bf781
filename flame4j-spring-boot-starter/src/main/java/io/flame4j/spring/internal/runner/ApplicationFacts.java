package io.flame4j.spring.internal.runner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/** Remembers which {@code SpringApplication} has started a context, for its runners to start it again. */
public final class ApplicationFacts implements EnvironmentPostProcessor, Ordered {

    private static final String SOURCE = "flame4jApplication";
    private static final String MAIN = "flame4j.application.main";
    private static final String SOURCES = "flame4j.application.sources";

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Class<?> main = application.getMainApplicationClass();
        List<String> sources = application.getAllSources().stream()
                .filter(Class.class::isInstance)
                .map(source -> ((Class<?>) source).getName())
                .toList();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        SOURCE, Map.of(MAIN, main == null ? "" : main.getName(), SOURCES, sources)));
    }

    /**
     * How runners start the application of a context.
     *
     * @param mainClass the class that the user names, if so
     * @param inTest whether the main class is that of a test's launcher, so that only the sources count
     * @param initializer the user's own initializer, if any
     */
    public static RunnerLaunch launch(
            ConfigurableApplicationContext context,
            @Nullable String mainClass,
            boolean inTest,
            @Nullable String initializer) {
        ConfigurableEnvironment environment = context.getEnvironment();
        PropertySource<?> facts = environment.getPropertySources().get(SOURCE);
        String known = facts == null ? "" : String.valueOf(facts.getProperty(MAIN));
        String main = mainClass != null ? mainClass : inTest || known.isEmpty() ? null : known;
        ApplicationArguments arguments =
                context.getBeanProvider(ApplicationArguments.class).getIfAvailable();
        return new RunnerLaunch(
                main,
                sources(facts),
                arguments == null ? List.of() : Arrays.asList(arguments.getSourceArgs()),
                profiles(environment),
                initializer);
    }

    /** Without active ones those by default, which would not hold where another one is active. */
    private static List<String> profiles(ConfigurableEnvironment environment) {
        String[] active = environment.getActiveProfiles();
        return Arrays.asList(active.length > 0 ? active : environment.getDefaultProfiles());
    }

    private static List<String> sources(@Nullable PropertySource<?> facts) {
        List<String> result = new ArrayList<>();
        if (facts != null && facts.getProperty(SOURCES) instanceof List<?> names) {
            names.forEach(name -> result.add(String.valueOf(name)));
        }
        return result;
    }
}
