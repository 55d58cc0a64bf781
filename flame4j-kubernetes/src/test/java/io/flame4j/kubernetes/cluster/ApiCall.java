package io.flame4j.kubernetes.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One request that an API server has answered, or begun to answer if it is a watch, as its audit log tells.
 *
 * @param verb of the API, {@code list} for one
 * @param resource {@code pods} or {@code pods/log} for one; empty for a path that is no resource
 * @param name of the object, empty if the request was about several, or the server made up the name
 * @param code the HTTP status
 * @param at when the server had answered it
 */
record ApiCall(String verb, String resource, String name, int code, Instant at) {

    private static final ObjectMapper JSON = new JsonMapper();

    /** The requests of a user, in the order of the server's answers. */
    static List<ApiCall> of(Path auditLog, String user) {
        String text;
        try {
            text = Files.readString(auditLog);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // A watch has an event for its beginning and another for its end.
        Set<String> seen = new HashSet<>();
        // The last line may be one that is being written.
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.contains(user))
                .map(ApiCall::parse)
                .filter(event -> event.at("/user/username").asText().equals(user))
                .filter(event -> seen.add(event.path("auditID").asText()))
                .map(ApiCall::of)
                .toList();
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("not an audit event: " + line, e);
        }
    }

    private static ApiCall of(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String subresource = object.path("subresource").asText();
        return new ApiCall(
                event.path("verb").asText(),
                object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                object.path("name").asText(),
                event.at("/responseStatus/code").asInt(),
                Instant.parse(event.path("stageTimestamp").asText()));
    }
}
