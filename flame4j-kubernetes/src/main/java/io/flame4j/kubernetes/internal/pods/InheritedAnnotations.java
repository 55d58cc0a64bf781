package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/** Which annotations of the parent's pod say something about a runner's too. */
final class InheritedAnnotations {

    /** How a container's AppArmor profile was set before Kubernetes 1.30; the container's name follows. */
    static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

    /** Suffixes of the part before the slash: what Kubernetes and networks write into a pod. */
    private static final List<String> OWNED_BY_OTHERS =
            List.of("kubernetes.io", "k8s.io", "projectcalico.org", "cncf.io", "ovn.org", "cilium.io", "flame4j.io");

    /** What records that something has been injected, which has not been into the runner. */
    private static final List<String> RECORDS = List.of(
            "sidecar.istio.io/status",
            "istio.io/rev",
            "linkerd.io/created-by",
            "linkerd.io/proxy-version",
            "linkerd.io/trust-root-sha256",
            "linkerd.io/inject",
            "vault.hashicorp.com/agent-inject-status",
            "consul.hashicorp.com/connect-inject-status",
            "kuma.io/sidecar-injected");

    private InheritedAnnotations() {}

    static boolean isCopied(String key) {
        int slash = key.indexOf('/');
        String domain = slash < 0 ? "" : key.substring(0, slash);
        return !RECORDS.contains(key)
                && OWNED_BY_OTHERS.stream().noneMatch(owner -> domain.equals(owner) || domain.endsWith("." + owner));
    }

    /** The field has come to replace the annotation, and the API server refuses contradictions. */
    static boolean hasAppArmorField(Pod pod, Container container) {
        return (container.getSecurityContext() != null
                        && container.getSecurityContext().getAppArmorProfile() != null)
                || (pod.getSpec().getSecurityContext() != null
                        && pod.getSpec().getSecurityContext().getAppArmorProfile() != null);
    }
}
