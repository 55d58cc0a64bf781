package io.flame4j.kubernetes.internal.pods;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pods as trees, and one pod laid over another.
 *
 * <p>Laying over follows {@code kubectl}'s strategic merge where a pod has lists: entries of a list with a key
 * ({@code volumes} by name, {@code volumeMounts} by path) replace those with the same key, and come after the others;
 * variables are put in order by {@link ForcedEnv#merge}. Containers are the exception: the first is laid over the first,
 * all others are added. What is one choice of several, such as a volume or a seccomp profile, is replaced whole, because
 * half of each choice would be none.
 */
final class Trees {

    static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private static final Map<String, String> KEYED = Map.of(
            "volumes", "name",
            "resourceClaims", "name",
            "imagePullSecrets", "name",
            "volumeMounts", "mountPath",
            "volumeDevices", "devicePath");
    private static final Set<String> ADDED = Set.of("envFrom", "tolerations", "hostAliases");
    private static final Set<String> REPLACED = Set.of("seccompProfile", "appArmorProfile", "nodeAffinity");

    private Trees() {}

    static ObjectNode of(Object model) {
        return MAPPER.valueToTree(model);
    }

    static Pod toPod(JsonNode tree) {
        try {
            return MAPPER.treeToValue(tree, Pod.class);
        } catch (JsonProcessingException e) {
            // The original message may show values.
            throw new IllegalArgumentException("it cannot be read as a pod: " + problemPath(e));
        }
    }

    private static String problemPath(JsonProcessingException e) {
        return e instanceof JsonMappingException mapping
                ? mapping.getPathReference()
                : e.getClass().getSimpleName();
    }

    static Pod overlay(Pod base, Pod over) {
        ObjectNode tree = of(base);
        merge(tree, of(over));
        List<EnvVar> env = ForcedEnv.merge(runner(base).getEnv(), runner(over).getEnv());
        Pod result = toPod(tree);
        runner(result).setEnv(env);
        return result;
    }

    private static Container runner(Pod pod) {
        return pod.getSpec().getContainers().get(0);
    }

    private static void merge(ObjectNode base, ObjectNode over) {
        for (Map.Entry<String, JsonNode> entry : over.properties()) {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            JsonNode old = base.get(name);
            if (old == null || REPLACED.contains(name)) {
                base.set(name, value);
            } else if (name.equals("resources") && value instanceof ObjectNode resources) {
                mergeResources((ObjectNode) old, resources);
            } else if (old instanceof ObjectNode object && value instanceof ObjectNode changes) {
                merge(object, changes);
            } else if (old instanceof ArrayNode list && value instanceof ArrayNode changes) {
                mergeLists(base, name, list, changes);
            } else {
                base.set(name, value);
            }
        }
    }

    private static void mergeLists(ObjectNode parent, String name, ArrayNode base, ArrayNode over) {
        String key = KEYED.get(name);
        if (name.equals("containers") && !base.isEmpty() && !over.isEmpty()) {
            merge((ObjectNode) base.get(0), (ObjectNode) over.get(0));
            for (int i = 1; i < over.size(); i++) {
                base.add(over.get(i));
            }
        } else if (key != null) {
            over.forEach(entry -> {
                removeByKey(base, key, entry.path(key));
                base.add(entry);
            });
        } else if (ADDED.contains(name)) {
            base.addAll(over);
        } else {
            parent.set(name, over);
        }
    }

    private static void removeByKey(ArrayNode list, String key, JsonNode value) {
        for (Iterator<JsonNode> entries = list.iterator(); entries.hasNext(); ) {
            if (entries.next().path(key).equals(value)) {
                entries.remove();
            }
        }
    }

    /** A resource that is named anew loses both its old request and its old limit, which may contradict the new ones. */
    private static void mergeResources(ObjectNode base, ObjectNode over) {
        for (String kind : new String[] {"limits", "requests"}) {
            over.path(kind).fieldNames().forEachRemaining(resource -> {
                for (String old : new String[] {"limits", "requests"}) {
                    if (base.get(old) instanceof ObjectNode amounts) {
                        amounts.remove(resource);
                    }
                }
            });
        }
        for (Map.Entry<String, JsonNode> entry : over.properties()) {
            if (base.get(entry.getKey()) instanceof ObjectNode amounts && entry.getValue() instanceof ObjectNode more) {
                amounts.setAll(more);
            } else {
                base.set(entry.getKey(), entry.getValue());
            }
        }
    }
}
