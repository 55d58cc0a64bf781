package io.flame4j.testkit.kubernetes.internal.node;

import java.util.List;
import java.util.Map;

/** References to variables in values, commands and arguments, as Kubernetes resolves them. */
final class Expansion {

    private Expansion() {}

    static List<String> expand(List<String> texts, Map<String, String> variables) {
        return texts.stream().map(text -> expand(text, variables)).toList();
    }

    /**
     * Replaces {@code $(NAME)}. What is not known stays as it is, and {@code $$} becomes a dollar that begins no
     * reference.
     */
    static String expand(String text, Map<String, String> variables) {
        StringBuilder result = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            char next = c == '$' && at + 1 < text.length() ? text.charAt(at + 1) : 0;
            int end = next == '(' ? text.indexOf(')', at) : -1;
            if (next == '$') {
                result.append('$');
                at += 2;
            } else if (end >= 0) {
                String reference = text.substring(at, end + 1);
                String name = text.substring(at + 2, end);
                result.append(variables.getOrDefault(name, reference));
                at = end + 1;
            } else {
                result.append(c);
                at++;
            }
        }
        return result.toString();
    }
}
