package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes from what a server said what it repeats of what it was sent and people must not see, such as the values of
 * variables, whether it repeats them as they are or quoted, as JSON and Go do. Pure; immutable.
 */
public final class Redaction {

    /** Shorter ones are words that occur anywhere, and no secrets. */
    private static final int LEAST_SECRET = 6;

    private static final int MAX_SAID = 1_000;
    private static final String INSTEAD = "…";

    /** An option that sets a system property, in an argument of its own or in a line of several. */
    private static final Pattern PROPERTY = Pattern.compile("(?:^|[\\s\"'])-D[^=\\s]+=(\"[^\"]*\"|'[^']*'|[^\\s\"']+)");

    /** The longest first, so that one that is a part of another leaves nothing of that. */
    private final List<String> forms;

    private Redaction(Collection<String> secrets) {
        Set<String> all = new LinkedHashSet<>();
        for (String secret : secrets) {
            String json = quoted(secret, false, true);
            all.add(secret);
            all.add(quoted(secret, true, false));
            all.add(quoted(secret, false, false));
            all.add(json);
            // JSON in a message of Go's.
            all.add(quoted(json, true, false));
        }
        all.remove("");
        List<String> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingInt(String::length).reversed());
        forms = List.copyOf(sorted);
    }

    /** What takes out these values. */
    static Redaction of(Collection<String> secrets) {
        return new Redaction(secrets);
    }

    /** What takes out what may be secret in a pod. */
    public static Redaction of(Pod pod) {
        return new Redaction(secretsOf(pod));
    }

    /**
     * What of a pod must not be repeated to people: the values of variables, and of system properties that are set in
     * commands, arguments and variables; apart from words too short to be secrets.
     */
    static List<String> secretsOf(Pod pod) {
        List<String> secrets = new ArrayList<>();
        Stream.concat(pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
                .forEach(container -> collect(container, secrets));
        return secrets.stream()
                .filter(secret -> secret.length() >= LEAST_SECRET)
                .distinct()
                .toList();
    }

    private static void collect(Container container, List<String> secrets) {
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValue() != null) {
                secrets.add(variable.getValue());
                properties(variable.getValue(), secrets);
            }
        }
        Stream.of(container.getCommand(), container.getArgs())
                .flatMap(arguments -> arguments == null ? Stream.empty() : arguments.stream())
                .forEach(argument -> argument(argument, secrets));
    }

    private static void argument(@Nullable String argument, List<String> secrets) {
        if (argument == null) {
            return;
        }
        if (argument.startsWith("-D") && argument.contains("=")) {
            // All of it, blanks too.
            secrets.add(argument.substring(argument.indexOf('=') + 1));
        }
        properties(argument, secrets);
    }

    private static void properties(String text, List<String> secrets) {
        Matcher property = PROPERTY.matcher(text);
        while (property.find()) {
            String value = Objects.requireNonNull(property.group(1));
            boolean quoted = value.startsWith("\"") || value.startsWith("'");
            secrets.add(quoted ? value.substring(1, value.length() - 1) : value);
        }
    }

    /** The text without any of it. */
    String censor(String text) {
        String result = text;
        for (String form : forms) {
            result = result.replace(form, INSTEAD);
        }
        return result;
    }

    /** The same of what may be long, of which the beginning is enough: cut after that, lest half a secret is left. */
    public String brief(String text) {
        String censored = censor(text);
        return censored.length() <= MAX_SAID ? censored : censored.substring(0, MAX_SAID) + INSTEAD;
    }

    /** As it stands between quotes in Go's strings, or in JSON, of which Go's has no characters of HTML. */
    private static String quoted(String text, boolean go, boolean html) {
        StringBuilder quoted = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                default -> {
                    if (c < ' ' || c == 0x7F && go) {
                        quoted.append(go ? goControl(c) : "\\u%04x".formatted((int) c));
                    } else if (html && (c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029)) {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.toString();
    }

    private static String goControl(char c) {
        return switch (c) {
            case 0x07 -> "\\a";
            case 0x0B -> "\\v";
            default -> "\\x%02x".formatted((int) c);
        };
    }

    /** Does not show what is secret. */
    @Override
    public String toString() {
        return "Redaction[" + forms.size() + "]";
    }
}
