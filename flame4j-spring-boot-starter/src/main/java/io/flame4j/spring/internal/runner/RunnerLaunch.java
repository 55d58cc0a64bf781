package io.flame4j.spring.internal.runner;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a runner must know to start the application as its parent was started. Travels in environment variables, encoded as
 * in a URL, since Kubernetes gives some characters there a meaning.
 *
 * @param mainClass the class whose {@code main} starts the application; null when the sources do
 * @param sources the names of the classes that the parent's {@code SpringApplication} was made of
 * @param arguments those of the parent's command line
 * @param profiles the profiles that hold in the parent: those that are active, or those by default
 * @param initializer the user's own {@code RunnerInitializer}, if any
 */
public record RunnerLaunch(
        @Nullable String mainClass,
        List<String> sources,
        List<String> arguments,
        List<String> profiles,
        @Nullable String initializer) {

    private static final String PREFIX = "FLAME4J_SPRING_";

    /** Copies. */
    public RunnerLaunch {
        sources = List.copyOf(sources);
        arguments = List.copyOf(arguments);
        profiles = List.copyOf(profiles);
    }

    /** Whether it says what to start. */
    public boolean hasApplication() {
        return mainClass != null || !sources.isEmpty();
    }

    /** As environment variables. */
    public Map<String, String> toVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        put(variables, "MAIN", mainClass == null ? List.of() : List.of(mainClass));
        put(variables, "SOURCES", sources);
        put(variables, "ARGUMENTS", arguments);
        put(variables, "PROFILES", profiles);
        put(variables, "INITIALIZER", initializer == null ? List.of() : List.of(initializer));
        return variables;
    }

    /** From environment variables. */
    static RunnerLaunch of(Map<String, String> variables) {
        return new RunnerLaunch(
                get(variables, "MAIN").stream().findFirst().orElse(null),
                get(variables, "SOURCES"),
                get(variables, "ARGUMENTS"),
                get(variables, "PROFILES"),
                get(variables, "INITIALIZER").stream().findFirst().orElse(null));
    }

    /** All are set, the empty ones too: a runner that is itself a parent must not hand on what it was given. */
    private static void put(Map<String, String> variables, String name, List<String> values) {
        variables.put(
                PREFIX + name,
                values.stream()
                        .map(value -> URLEncoder.encode(value, StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")));
    }

    private static List<String> get(Map<String, String> variables, String name) {
        String value = variables.getOrDefault(PREFIX + name, "");
        return value.isEmpty()
                ? List.of()
                : Stream.of(value.split("&", -1))
                        .map(each -> URLDecoder.decode(each, StandardCharsets.UTF_8))
                        .toList();
    }
}
