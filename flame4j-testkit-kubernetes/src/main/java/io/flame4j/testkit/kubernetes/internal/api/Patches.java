package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.Map;
import java.util.Set;

/** Patches of the kinds that the API knows. */
final class Patches {

    /** Lists of which a strategic merge patch names single entries, and by what. */
    private static final Map<String, String> KEYED = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("ephemeralContainers", "name"),
            Map.entry("env", "name"),
            Map.entry("ports", "containerPort"),
            Map.entry("volumes", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("hostAliases", "ip"),
            Map.entry("podIPs", "ip"),
            Map.entry("addresses", "type"),
            Map.entry("conditions", "type"),
            Map.entry("ownerReferences", "uid"));

    private static final Set<String> UNITED = Set.of("finalizers");

    private Patches() {}

    /** The object as it is after a patch. The original stays as it is. */
    static ObjectNode apply(String contentType, ObjectNode original, String body) throws StatusException {
        JsonNode patch = Json.readAny(body);
        String type = contentType.split(";", 2)[0].trim();
        JsonNode result = switch (type) {
            case "application/json-patch+json" -> jsonPatch(patch, original);
            case "application/merge-patch+json" -> merge(original, patch, false, "");
            case "application/strategic-merge-patch+json", "application/apply-patch+yaml" ->
                merge(original, patch, true, "");
            default ->
                throw new StatusException(
                        415, "UnsupportedMediaType", "the body of the request was in an unknown format: " + type);
        };
        if (result instanceof ObjectNode object) {
            return object;
        }
        throw StatusException.badRequest("the patch does not leave an object");
    }

    private static JsonNode jsonPatch(JsonNode patch, ObjectNode original) throws StatusException {
        try {
            return JsonPatch.apply(patch, original.deepCopy());
        } catch (JsonPatchException e) {
            throw new StatusException(
                    422,
                    "Invalid",
                    "the server rejected our request due to an error in our request: " + e.getMessage());
        }
    }

    private static JsonNode merge(JsonNode original, JsonNode patch, boolean strategic, String field) {
        if (strategic && patch instanceof ArrayNode entries && original instanceof ArrayNode list) {
            if (KEYED.containsKey(field)) {
                return mergeEntries(list.deepCopy(), entries, KEYED.get(field));
            }
            return UNITED.contains(field) ? unite(list.deepCopy(), entries) : entries.deepCopy();
        }
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode result = original instanceof ObjectNode object ? object.deepCopy() : Json.object();
        changes.properties().forEach(change -> {
            String name = change.getKey();
            if (change.getValue().isNull()) {
                result.remove(name);
            } else if (!strategic || !name.startsWith("$")) {
                result.set(name, merge(result.path(name), change.getValue(), strategic, name));
            }
        });
        return result;
    }

    private static ArrayNode mergeEntries(ArrayNode list, ArrayNode entries, String key) {
        for (JsonNode entry : entries) {
            int index = indexOf(list, key, entry.path(key));
            if (entry.path("$patch").asText("").equals("delete")) {
                if (index >= 0) {
                    list.remove(index);
                }
            } else if (index >= 0) {
                list.set(index, merge(list.path(index), entry, true, ""));
            } else {
                list.add(entry.deepCopy());
            }
        }
        return list;
    }

    private static int indexOf(ArrayNode list, String key, JsonNode value) {
        for (int i = 0; i < list.size(); i++) {
            if (list.path(i).path(key).equals(value)) {
                return i;
            }
        }
        return -1;
    }

    private static ArrayNode unite(ArrayNode list, ArrayNode entries) {
        for (JsonNode entry : entries) {
            boolean there = false;
            for (JsonNode present : list) {
                there |= present.equals(entry);
            }
            if (!there) {
                list.add(entry);
            }
        }
        return list;
    }
}
