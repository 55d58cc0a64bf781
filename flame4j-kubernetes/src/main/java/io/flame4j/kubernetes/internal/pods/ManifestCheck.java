package io.flame4j.kubernetes.internal.pods;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks a pod as the API server would, before there is one to ask. Every problem is told with the path of its field, and
 * all are told at once. Values are not shown, apart from quantities, since they may be secret.
 */
public final class ManifestCheck {

    private static final Pattern OCTAL = Pattern.compile("0[0-7]{1,9}");

    private static final Pattern INDEX = Pattern.compile("\\[[0-9]+]");

    private final List<String> problems = new ArrayList<>();
    private final Set<String> unknown = new HashSet<>();
    private final Set<String> tolerated;

    private ManifestCheck(Set<String> tolerated) {
        this.tolerated = tolerated;
    }

    /**
     * Checks a pod.
     *
     * @throws IllegalArgumentException when it is invalid
     */
    public static void check(Pod pod) {
        check(Trees.of(pod), Set.of());
    }

    /**
     * Checks a pod that may be a changed copy of another one, which came from an API server. That may be newer than this
     * client, so a field that the other pod has too is never unknown.
     *
     * @throws IllegalArgumentException when it is invalid
     */
    static void check(Pod pod, Pod origin) {
        ManifestCheck known = new ManifestCheck(Set.of());
        known.type(Trees.of(origin), Trees.MAPPER.constructType(Pod.class), "");
        check(Trees.of(pod), known.unknown);
    }

    /**
     * Checks a tree that is meant to be a pod, and returns it.
     *
     * @throws IllegalArgumentException when it is not
     */
    static JsonNode check(@Nullable JsonNode tree) {
        return check(tree, Set.of());
    }

    private static JsonNode check(@Nullable JsonNode tree, Set<String> tolerated) {
        ManifestCheck check = new ManifestCheck(tolerated);
        if (tree == null || !tree.isObject()) {
            throw new IllegalArgumentException("The manifest is empty, or not a map of fields. Give a Pod.");
        }
        check.kind(tree);
        if (check.problems.isEmpty()) {
            check.type(tree, Trees.MAPPER.constructType(Pod.class), "");
            check.containers(tree.path("spec"));
            check.keys(tree.path("metadata").path("labels"), "metadata.labels", true);
            check.keys(tree.path("metadata").path("annotations"), "metadata.annotations", false);
        }
        if (!check.problems.isEmpty()) {
            throw new IllegalArgumentException("The manifest is invalid: " + String.join("; ", check.problems) + ".");
        }
        return tree;
    }

    private void kind(JsonNode tree) {
        expect(tree.path("kind"), "kind", "Pod");
        expect(tree.path("apiVersion"), "apiVersion", "v1");
    }

    private void expect(JsonNode node, String path, String only) {
        if (!node.isMissingNode() && !node.asText().equals(only)) {
            problems.add(path + ": must be " + only + " (it may be left out), but is " + node.asText());
        }
    }

    private void containers(JsonNode spec) {
        JsonNode containers = spec.path("containers");
        if (containers.isEmpty()) {
            problems.add("spec.containers: must have a container, which is the runner's; {} in it is enough");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < containers.size(); i++) {
            container(containers.get(i), "spec.containers[" + i + "]", i > 0, names);
        }
        JsonNode init = spec.path("initContainers");
        for (int i = 0; i < init.size(); i++) {
            container(init.get(i), "spec.initContainers[" + i + "]", true, names);
        }
    }

    private void container(JsonNode container, String path, boolean complete, Set<String> names) {
        JsonNode name = container.path("name");
        if (complete && !name.isTextual()) {
            problems.add(path + ".name: must be set");
        }
        if (complete && !container.path("image").isTextual()) {
            problems.add(path + ".image: must be set");
        }
        if (name.isTextual()) {
            report(path + ".name", Syntax.dnsLabel(name.asText()));
            if (!names.add(name.asText()) || (complete && name.asText().equals(RunnerPods.CONTAINER))) {
                problems.add(path + ".name: is the name of another container");
            }
        }
        JsonNode env = container.path("env");
        for (int i = 0; i < env.size(); i++) {
            report(
                    path + ".env[" + i + "].name",
                    Syntax.variable(env.get(i).path("name").asText("")));
        }
    }

    private void keys(JsonNode map, String path, boolean labels) {
        map.properties().forEach(entry -> {
            report(path + "[" + entry.getKey() + "]", Syntax.key(entry.getKey()));
            if (labels) {
                report(
                        path + "[" + entry.getKey() + "]",
                        Syntax.labelValue(entry.getValue().asText()));
            }
        });
    }

    private void type(JsonNode node, JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (node.isNull() || raw == Object.class || raw == IntOrString.class || raw == JsonNode.class) {
            return;
        }
        if (raw == Quantity.class) {
            report(path, node.isValueNode() ? Syntax.quantity(node.asText()) : "must be a quantity");
        } else if (type.isCollectionLikeType()) {
            list(node, type.getContentType(), path);
        } else if (type.isMapLikeType()) {
            map(node, type.getContentType(), path);
        } else if (raw.getName().startsWith("io.fabric8.")) {
            bean(node, type, path);
        } else {
            report(path, scalar(node, raw));
        }
    }

    private static @Nullable String scalar(JsonNode node, Class<?> raw) {
        if (raw == String.class) {
            return node.isTextual() ? null : node.isValueNode() ? "must be a text; put it in quotes" : "must be a text";
        }
        if (raw == Integer.class || raw == Long.class) {
            return node.isIntegralNumber() ? null : "must be a whole number" + inDecimal(node);
        }
        return raw != Boolean.class || node.isBoolean() ? null : "must be true or false";
    }

    /** {@code kubectl} takes 0400 for an octal number; the YAML 1.2 that is read here has none of these. */
    private static String inDecimal(JsonNode node) {
        return node.isTextual() && OCTAL.matcher(node.asText()).matches()
                ? "; write it in decimal: " + Long.parseLong(node.asText(), 8)
                : "";
    }

    private void list(JsonNode node, JavaType content, String path) {
        if (!node.isArray()) {
            problems.add(path + ": must be a list");
            return;
        }
        for (int i = 0; i < node.size(); i++) {
            type(node.get(i), content, path + "[" + i + "]");
        }
    }

    private void map(JsonNode node, JavaType content, String path) {
        if (!node.isObject()) {
            problems.add(path + ": must be a map");
            return;
        }
        node.properties().forEach(entry -> type(entry.getValue(), content, path + "[" + entry.getKey() + "]"));
    }

    private void bean(JsonNode node, JavaType type, String path) {
        if (!node.isObject()) {
            problems.add(path + ": must be a map of fields");
            return;
        }
        Map<String, JavaType> fields = fields(type);
        node.properties().forEach(entry -> {
            String name = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            JavaType field = fields.get(entry.getKey());
            String place = INDEX.matcher(name).replaceAll("[]");
            if (field != null) {
                type(entry.getValue(), field, name);
            } else if (!tolerated.contains(place)) {
                unknown.add(place);
                problems.add(name + ": unknown field");
            }
        });
    }

    private static Map<String, JavaType> fields(JavaType type) {
        BeanDescription description = Trees.MAPPER.getDeserializationConfig().introspect(type);
        Map<String, JavaType> fields = new HashMap<>();
        for (BeanPropertyDefinition property : description.findProperties()) {
            fields.put(property.getName(), property.getPrimaryType());
        }
        return fields;
    }

    private void report(String path, @Nullable String problem) {
        if (problem != null) {
            problems.add(path + ": " + problem);
        }
    }
}
