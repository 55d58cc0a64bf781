package io.flame4j.dashboard.internal.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a URL. */
final class Query {

    private Query() {}

    /** Names and values; of a name that comes twice, the last one. */
    static Map<String, String> parse(@Nullable String rawQuery) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    static String text(Map<String, String> parameters, String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The parameter '" + name + "' is missing");
        }
        return value;
    }

    static int number(Map<String, String> parameters, String name) {
        try {
            return Integer.parseInt(text(parameters, name).trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("The parameter '" + name + "' is not a whole number", e);
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
