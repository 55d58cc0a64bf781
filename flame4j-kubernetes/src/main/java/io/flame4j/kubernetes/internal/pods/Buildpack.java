package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.flame4j.backend.JvmCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Images made by Cloud Native Buildpacks. Their launcher computes part of the JVM's options when the container starts:
 * a heap that fits the memory limit, a trust store in a temporary file. A runner is started through the launcher too, so
 * that these are computed for the runner, and those that were computed for the parent are left out.
 */
final class Buildpack {

    /** Switches of what a runner does not take over: debugger, JMX, flight recorder. */
    static final Set<String> SWITCHES = Set.of("BPL_DEBUG_ENABLED", "BPL_JMX_ENABLED", "BPL_JFR_ENABLED");

    /** The launcher's way to say: run what follows, with the environment of the image. */
    static final List<String> LAUNCHER = List.of("/cnb/lifecycle/launcher", "--");

    private static final String TOOL_OPTIONS = "JAVA_TOOL_OPTIONS";

    private Buildpack() {}

    /** The launcher hides its own variables from what it starts; but the Java it brings is in a layer. */
    static boolean started(ParentJvm jvm) {
        return jvm.command().java().startsWith("/layers/");
    }

    /** The options without those that the launcher will give again. */
    static List<String> withoutComputed(List<String> options, ParentJvm jvm) {
        List<String> rest = new ArrayList<>(options);
        split(jvm.variables().getOrDefault(TOOL_OPTIONS, "")).forEach(rest::remove);
        return rest;
    }

    /** What the launcher adds to the user's own {@code JAVA_TOOL_OPTIONS} must not bring back what was left out. */
    static List<EnvVar> variables(List<EnvVar> inherited, ParentJvm jvm) {
        Map<String, EnvVar> result = new LinkedHashMap<>();
        for (EnvVar variable : inherited) {
            boolean options = variable.getName().equals(TOOL_OPTIONS) && variable.getValue() != null;
            result.put(
                    variable.getName(),
                    options ? ForcedEnv.literal(TOOL_OPTIONS, kept(variable.getValue(), jvm.command())) : variable);
        }
        result.remove("BPL_HEAP_DUMP_PATH");
        SWITCHES.stream()
                .sorted()
                .filter(jvm.variables()::containsKey)
                .forEach(name -> result.put(name, ForcedEnv.literal(name, "false")));
        return List.copyOf(result.values());
    }

    private static String kept(String options, JvmCommand command) {
        List<String> dropped = command.dropped();
        if (split(options).stream().noneMatch(dropped::contains)) {
            return options;
        }
        return String.join(
                " ",
                split(options).stream()
                        .filter(option -> !dropped.contains(option))
                        .map(Buildpack::quoted)
                        .toList());
    }

    private static String quoted(String option) {
        return option.chars().anyMatch(Character::isWhitespace) ? '"' + option + '"' : option;
    }

    /** Splits as the JVM does: at white space outside single or double quotes. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                inWord = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                }
                word.setLength(0);
                inWord = false;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
