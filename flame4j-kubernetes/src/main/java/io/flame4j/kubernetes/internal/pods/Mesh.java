package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Runners are in the service mesh when the parent is. A mesh's proxy never ends by itself, so that a pod with one beside
 * the runner would look alive for ever; as a native sidecar it ends with the runner. Both meshes can be asked for that.
 * A version of a mesh that does not know the annotation ignores it; then the pod goes when the parent deletes it.
 */
public final class Mesh {

    private static final String ISTIO_PROXY = "istio-proxy";
    private static final String ISTIO_INJECT = "sidecar.istio.io/inject";
    private static final String ISTIO_REVISION = "istio.io/rev";
    private static final String ISTIO_NATIVE = "sidecar.istio.io/nativeSidecar";
    private static final String LINKERD_PROXY = "linkerd-proxy";
    private static final String LINKERD_INJECT = "linkerd.io/inject";
    private static final String LINKERD_NATIVE = "config.beta.linkerd.io/proxy-enable-native-sidecar";
    private static final String LINKERD_NATIVE_BEFORE = "config.alpha.linkerd.io/proxy-enable-native-sidecar";

    private Mesh() {}

    /** Adds what makes a runner's pod a member, or keeps it from becoming one. */
    static void apply(Pod parent, boolean inherited, PodBuilder runner) {
        Map<String, String> labels =
                Objects.requireNonNullElse(parent.getMetadata().getLabels(), Map.of());
        Map<String, String> annotations =
                Objects.requireNonNullElse(parent.getMetadata().getAnnotations(), Map.of());
        boolean istio = has(parent, ISTIO_PROXY);
        boolean noIstio = "false".equals(labels.getOrDefault(ISTIO_INJECT, annotations.get(ISTIO_INJECT)));
        if (istio && inherited) {
            runner.editMetadata()
                    .addToLabels(ISTIO_INJECT, "true")
                    .addToAnnotations(ISTIO_NATIVE, "true")
                    .endMetadata();
            if (labels.containsKey(ISTIO_REVISION)) {
                runner.editMetadata()
                        .addToLabels(ISTIO_REVISION, labels.get(ISTIO_REVISION))
                        .endMetadata();
            }
        } else if (istio || noIstio) {
            runner.editMetadata().addToLabels(ISTIO_INJECT, "false").endMetadata();
        }
        boolean linkerd = has(parent, LINKERD_PROXY);
        boolean noLinkerd = "disabled".equals(annotations.get(LINKERD_INJECT));
        if (linkerd && inherited) {
            String mode = annotations.getOrDefault(LINKERD_INJECT, "enabled");
            runner.editMetadata()
                    .addToAnnotations(LINKERD_INJECT, mode)
                    .addToAnnotations(LINKERD_NATIVE, "true")
                    .addToAnnotations(LINKERD_NATIVE_BEFORE, "true")
                    .endMetadata();
        } else if (linkerd || noLinkerd) {
            runner.editMetadata().addToAnnotations(LINKERD_INJECT, "disabled").endMetadata();
        }
    }

    /** Whether a proxy of a mesh takes the pod's connections first, so that all seem to come from within it. */
    public static boolean isIn(Pod pod) {
        return has(pod, ISTIO_PROXY) || has(pod, LINKERD_PROXY);
    }

    private static boolean has(Pod pod, String container) {
        return Stream.concat(pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
                .map(Container::getName)
                .anyMatch(container::equals);
    }
}
