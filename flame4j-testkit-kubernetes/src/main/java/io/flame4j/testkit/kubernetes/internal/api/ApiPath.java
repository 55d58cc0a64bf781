package io.flame4j.testkit.kubernetes.internal.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the path of a request names.
 *
 * @param group of the API, empty for the core
 * @param version of the API
 * @param resource the plural
 * @param namespace empty for all of them, and for what is in none
 * @param name empty for a collection
 * @param subresource empty for the object itself
 */
public record ApiPath(
        String group, String version, String resource, String namespace, String name, String subresource) {

    /**
     * Reads a path.
     *
     * @param path of a request
     * @return what it names, or null when that is no resource
     */
    public static @Nullable ApiPath of(String path) {
        List<String> parts =
                new ArrayList<>(List.of(path.replaceAll("^/+|/+$", "").split("/")));
        String group = "";
        if (parts.get(0).equals("apis") && parts.size() > 1) {
            group = parts.remove(1);
        } else if (!parts.get(0).equals("api")) {
            return null;
        }
        parts.remove(0);
        if (parts.size() < 2) {
            return null;
        }
        String version = parts.remove(0);
        String namespace = "";
        // A namespace itself is a resource, too, and so are its status and finalizers.
        boolean ofNamespace = parts.size() == 3
                && (parts.get(2).equals("status") || parts.get(2).equals("finalize"));
        if (parts.get(0).equals("namespaces") && parts.size() > 2 && !ofNamespace) {
            namespace = parts.get(1);
            parts.subList(0, 2).clear();
        }
        return new ApiPath(group, version, parts.get(0), namespace, at(parts, 1), at(parts, 2));
    }

    private static String at(List<String> parts, int index) {
        return index < parts.size() ? parts.get(index) : "";
    }

    ApiPath withName(String other) {
        return new ApiPath(group, version, resource, namespace, other, subresource);
    }

    /** As Roles have it, for example {@code pods/log}. */
    public String resourceOfRole() {
        return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }

    /** Whether everybody may ask it: what they may do themselves. */
    boolean isFreeToAll() {
        return resource.startsWith("selfsubject");
    }

    boolean isPods() {
        return group.isEmpty() && resource.equals("pods");
    }

    /** As error messages have it, for example {@code leases.coordination.k8s.io}. */
    String qualifiedResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Whether a key is in this collection. */
    boolean contains(ObjectKey key) {
        return key.group().equals(group)
                && key.resource().equals(resource)
                && (namespace.isEmpty() || key.namespace().equals(namespace));
    }

    ObjectKey key() {
        return new ObjectKey(group, resource, namespace, name);
    }
}
