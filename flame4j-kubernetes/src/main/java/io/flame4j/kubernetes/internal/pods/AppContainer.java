package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the container of the parent's pod that the application runs in. */
public final class AppContainer {

    /** What {@code kubectl} takes for the main container; meshes that put theirs first set it. */
    private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    private static final Set<String> SIDECARS = Set.of(
            "istio-proxy",
            "linkerd-proxy",
            "kuma-sidecar",
            "consul-dataplane",
            "envoy-sidecar",
            "daprd",
            "vault-agent");

    private AppContainer() {}

    /**
     * The container with the given name; without a name the one that an annotation calls the default, else the first
     * that is not a known sidecar.
     *
     * @throws IllegalArgumentException when there is none with that name
     */
    public static Container of(Pod pod, @Nullable String name) {
        List<Container> containers = pod.getSpec().getContainers();
        if (name != null) {
            return find(containers, name);
        }
        Map<String, String> annotations =
                Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
        String marked = annotations.get(DEFAULT_CONTAINER);
        return containers.stream()
                .filter(container -> container.getName().equals(marked))
                .findFirst()
                .or(() -> containers.stream()
                        .filter(container -> !SIDECARS.contains(container.getName()))
                        .findFirst())
                .orElseGet(() -> containers.get(0));
    }

    private static Container find(List<Container> containers, String name) {
        return containers.stream()
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The parent's pod has no container '" + name
                        + "', which appContainer(…) names. It has "
                        + containers.stream().map(Container::getName).toList() + "."));
    }
}
