package io.flame4j.soak;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers and booleans as JSON. */
final class Json {

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    static String write(Map<String, ?> object) {
        Json json = new Json();
        json.value(object, 0);
        return json.out.append('\n').toString();
    }

    private void value(@Nullable Object value, int depth) {
        if (value instanceof Map<?, ?> map) {
            object(map, depth);
        } else if (value instanceof List<?> list) {
            list(list, depth);
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Double number) {
            out.append(Double.isFinite(number) ? String.format(Locale.ROOT, "%.6g", number) : "null");
        } else {
            out.append(value);
        }
    }

    private void object(Map<?, ?> map, int depth) {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator).append('\n').append("  ".repeat(depth + 1));
            string(String.valueOf(entry.getKey()));
            out.append(": ");
            value(entry.getValue(), depth + 1);
            separator = ",";
        }
        out.append(map.isEmpty() ? "{" : "\n" + "  ".repeat(depth)).append('}');
    }

    /** Numbers on one line, anything else each on its own. */
    private void list(List<?> list, int depth) {
        boolean flat = list.stream().allMatch(Number.class::isInstance);
        String separator = "[";
        for (Object element : list) {
            out.append(separator).append(flat ? "" : "\n" + "  ".repeat(depth + 1));
            value(element, depth + 1);
            separator = flat ? ", " : ",";
        }
        out.append(list.isEmpty() ? "[" : flat ? "" : "\n" + "  ".repeat(depth)).append(']');
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
