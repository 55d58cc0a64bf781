package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Label and field selectors. */
final class Selector {

    private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\((.*)\\)");
    private static final Pattern COMPARISON = Pattern.compile("([^!=]+?)\\s*(!=|==?)\\s*(.*)");

    private Selector() {}

    /** What the parameters of a request select. */
    static Predicate<JsonNode> of(Map<String, String> parameters) throws StatusException {
        Predicate<JsonNode> selector = object -> true;
        for (String term : terms(parameters.getOrDefault("labelSelector", ""))) {
            Predicate<JsonNode> byLabel = labelTerm(term);
            selector =
                    selector.and(object -> byLabel.test(object.path("metadata").path("labels")));
        }
        for (String term : terms(parameters.getOrDefault("fieldSelector", ""))) {
            selector = selector.and(fieldTerm(term));
        }
        return selector;
    }

    /** Splits at commas that are not in parentheses. */
    private static List<String> terms(String selector) {
        List<String> terms = new ArrayList<>();
        for (String term : selector.split(",(?![^(]*\\))")) {
            if (!term.isBlank()) {
                terms.add(term.trim());
            }
        }
        return terms;
    }

    private static Predicate<JsonNode> labelTerm(String term) {
        Matcher set = SET.matcher(term);
        if (set.matches()) {
            List<String> values =
                    Arrays.stream(set.group(3).split(",")).map(String::trim).toList();
            boolean in = set.group(2).equals("in");
            return labels -> in == (labels.has(set.group(1)) && values.contains(text(labels, set.group(1))));
        }
        Matcher comparison = COMPARISON.matcher(term);
        if (comparison.matches()) {
            boolean equal = !comparison.group(2).equals("!=");
            String name = comparison.group(1);
            return labels -> equal == (labels.has(name) && text(labels, name).equals(comparison.group(3)));
        }
        if (term.startsWith("!")) {
            return labels -> !labels.has(term.substring(1).trim());
        }
        return labels -> labels.has(term);
    }

    private static Predicate<JsonNode> fieldTerm(String term) throws StatusException {
        Matcher comparison = COMPARISON.matcher(term);
        if (!comparison.matches()) {
            throw StatusException.badRequest("invalid field selector: " + term);
        }
        String pointer = "/" + comparison.group(1).replace('.', '/');
        boolean equal = !comparison.group(2).equals("!=");
        return object -> equal == object.at(pointer).asText("").equals(comparison.group(3));
    }

    private static String text(JsonNode labels, String name) {
        return labels.path(name).asText("");
    }
}
