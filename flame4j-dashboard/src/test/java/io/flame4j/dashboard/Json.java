package io.flame4j.dashboard;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/** JSON for tests: read by a parser that is not ours, since YAML 1.2 has JSON in it. */
public final class Json {

    private Json() {}

    public static Object read(String json) {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new JsonSchema())
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        return new Load(settings).loadFromString(json);
    }

    /** The objects in an array that is a field of an object. */
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> list(Object object, String field) {
        return (List<Map<String, Object>>) ((Map<String, Object>) object).get(field);
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> map(Object object, String field) {
        return (Map<String, Object>) ((Map<String, Object>) object).get(field);
    }

    static String write(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> quote((String) entry.getKey()) + ":" + write(entry.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
        }
        return value instanceof String text ? quote(text) : String.valueOf(value);
    }

    static String quote(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r") + "\"";
    }
}
