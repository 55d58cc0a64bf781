package io.flame4j.kubernetes.internal.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One call to the API server.
 *
 * @param verb what is asked for, as rules of a Role call it
 * @param target what it is asked of
 * @param query the parameters
 * @param body what is sent, null for nothing; never shown to anybody
 * @param secrets what the body holds that an answer must not repeat to people
 */
record ApiCall(
        String verb,
        Target target,
        Map<String, String> query,
        @Nullable String body,
        List<String> secrets) {

    /**
     * What a call is about.
     *
     * @param group the API group, empty for the core
     * @param resource the resource in plural
     * @param subresource a part of it, or null
     * @param namespace the namespace; null for what has none
     * @param name the object; null for all
     */
    record Target(
            String group,
            String resource,
            @Nullable String subresource,
            @Nullable String namespace,
            @Nullable String name) {

        static Target all(String resource, String namespace) {
            return new Target("", resource, null, namespace, null);
        }

        static Target one(String resource, String namespace, String name) {
            return new Target("", resource, null, namespace, name);
        }

        /** As rules of a Role call it. */
        String ruleResource() {
            return subresource == null ? resource : resource + "/" + subresource;
        }

        String path() {
            StringBuilder path = new StringBuilder(group.isEmpty() ? "api/v1" : "apis/" + group + "/v1");
            if (namespace != null) {
                path.append("/namespaces/").append(encode(namespace));
            }
            path.append('/').append(resource);
            if (name != null) {
                path.append('/').append(encode(name));
            }
            if (subresource != null) {
                path.append('/').append(subresource);
            }
            return path.toString();
        }
    }

    static ApiCall get(Target target) {
        return new ApiCall("get", target, Map.of(), null, List.of());
    }

    static ApiCall list(Target target, Map<String, String> query) {
        return new ApiCall("list", target, query, null, List.of());
    }

    static ApiCall create(Target target, String body, List<String> secrets) {
        return new ApiCall("create", target, Map.of(), body, secrets);
    }

    static ApiCall delete(Target target, String options) {
        return new ApiCall("delete", target, Map.of(), options, List.of());
    }

    static ApiCall patch(Target target, String mergePatch) {
        return new ApiCall("patch", target, Map.of(), mergePatch, List.of());
    }

    /** A selector of what has all these labels. */
    static String selector(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(","));
    }

    String method() {
        return switch (verb) {
            case "create" -> "POST";
            case "delete" -> "DELETE";
            case "patch" -> "PATCH";
            default -> "GET";
        };
    }

    /** What the body is; null when there is none. */
    @Nullable
    String contentType() {
        if (body == null) {
            return null;
        }
        return verb.equals("patch") ? "application/merge-patch+json" : "application/json";
    }

    /** The path and the parameters. */
    String uri() {
        String parameters = new TreeMap<>(query)
                .entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + encode(parameter.getValue()))
                        .collect(Collectors.joining("&"));
        return parameters.isEmpty() ? target.path() : target.path() + "?" + parameters;
    }

    /** The text without what must not be repeated to people. */
    String censor(String text) {
        return Redaction.of(secrets).censor(text);
    }

    /** The same of what a server said, shortened if it is long. */
    String brief(String said) {
        return Redaction.of(secrets).brief(said);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return verb + " " + target.path();
    }
}
