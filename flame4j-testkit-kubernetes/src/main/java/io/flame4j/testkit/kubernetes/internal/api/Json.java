package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Trees of objects. */
public final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * A model object of the client as a tree.
     *
     * @param model the object
     * @return its tree
     */
    public static ObjectNode of(Object model) {
        return MAPPER.valueToTree(model);
    }

    /**
     * A text as a tree.
     *
     * @param text a JSON object
     * @return its tree
     * @throws IllegalArgumentException when it is none
     */
    public static ObjectNode parse(String text) {
        try {
            return read(text);
        } catch (StatusException e) {
            throw new IllegalArgumentException("This is no JSON object: " + text, e);
        }
    }

    static ObjectNode read(String text) throws StatusException {
        if (read0(text) instanceof ObjectNode object) {
            return object;
        }
        throw StatusException.badRequest("the body is no JSON object");
    }

    static JsonNode readAny(String text) throws StatusException {
        return read0(text);
    }

    private static JsonNode read0(String text) throws StatusException {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw StatusException.badRequest("the body is no JSON: " + e.getOriginalMessage());
        }
    }

    /**
     * A tree as text.
     *
     * @param tree the tree
     * @return JSON in UTF-8
     */
    public static byte[] bytes(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a tree can always be written
        }
    }

    static ObjectNode metadata(ObjectNode object) {
        return object.withObject("/metadata");
    }

    /** A text of the metadata, empty when it is not there. */
    static String meta(JsonNode object, String field) {
        return object.path("metadata").path(field).asText("");
    }

    static String timestamp(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
