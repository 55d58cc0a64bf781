package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pods that a feed knows. Written by the feed's thread alone, read by all; its monitor guards the map.
 *
 * <p>Of a pod it keeps what is needed to tell how it fares: not who manages which field, and not commands and variables,
 * which may be long and secret.
 */
final class PodStore {

    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final Map<String, Pod> pods = new LinkedHashMap<>();

    synchronized List<Pod> all() {
        return List.copyOf(pods.values());
    }

    /** Takes a pod over. Returns whether it is new or differs from what was known. */
    synchronized boolean put(Pod pod) {
        Pod before = pods.put(key(pod), slim(pod));
        return before == null || !version(before).equals(version(pod));
    }

    /** Forgets a pod. Returns whether it was known. */
    synchronized boolean remove(Pod pod) {
        return pods.remove(key(pod)) != null;
    }

    /** Those that are known but not in this list. */
    synchronized List<Pod> missingIn(List<Pod> list) {
        Set<String> there = new HashSet<>();
        list.forEach(pod -> there.add(key(pod)));
        return pods.entrySet().stream()
                .filter(known -> !there.contains(known.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** A list in the order in which the server has written its pods, as far as that is known. */
    static List<Pod> inOrder(List<Pod> list) {
        List<Pod> sorted = new ArrayList<>(list);
        // Versions are numbers that grow, without leading zeros; clients are told not to rely on it, and nothing breaks
        // when it is not so.
        sorted.sort(Comparator.<Pod>comparingInt(pod -> version(pod).length()).thenComparing(PodStore::version));
        return sorted;
    }

    static String version(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getResourceVersion(), "");
    }

    private static String key(Pod pod) {
        ObjectMeta metadata = pod.getMetadata();
        return metadata.getUid() != null ? metadata.getUid() : metadata.getNamespace() + "/" + metadata.getName();
    }

    /** Takes from a pod what is not needed, and returns it. */
    static Pod slim(Pod pod) {
        pod.getMetadata().setManagedFields(new ArrayList<>());
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        if (annotations != null && annotations.containsKey(LAST_APPLIED)) {
            Map<String, String> fewer = new LinkedHashMap<>(annotations);
            fewer.remove(LAST_APPLIED);
            pod.getMetadata().setAnnotations(fewer);
        }
        if (pod.getSpec() != null) {
            slim(pod.getSpec().getContainers());
            slim(pod.getSpec().getInitContainers());
        }
        return pod;
    }

    private static void slim(@Nullable List<Container> containers) {
        if (containers != null) {
            for (Container container : containers) {
                container.setEnv(new ArrayList<>());
                container.setCommand(new ArrayList<>());
                container.setArgs(new ArrayList<>());
            }
        }
    }
}
