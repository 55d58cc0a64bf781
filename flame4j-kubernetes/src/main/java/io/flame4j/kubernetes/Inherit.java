package io.flame4j.kubernetes;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the pod of a runner takes over from the pod of its parent. Whatever is listed here can still be overridden by
 * {@link KubernetesBackendBuilder#manifest(String)} and the other options.
 *
 * <p>Never taken over, because two pods cannot share it or because it would make others mistake a runner for a replica
 * of the parent: labels, name, host name, node, owner, ports, probes, lifecycle hooks, affinity between pods, the other
 * containers, and what the cluster put in by itself (the service account's token volume, default tolerations, the
 * numeric priority, overhead).
 *
 * @since 0.1
 */
public enum Inherit {
    /** Image, pull policy, and pull secrets. */
    IMAGE,
    /** {@code env}, {@code envFrom} and {@code enableServiceLinks}. */
    ENV,
    /** Resource requests, limits and claims. */
    RESOURCES,
    /**
     * Volume mounts, block devices, and the volumes that they need. A claim that pods on one node only may use
     * ({@code ReadWriteOnce}) is left out; one that a single pod may use ({@code ReadWriteOncePod}) is refused.
     */
    VOLUMES,
    /** Security contexts of the pod and the container, user namespace, AppArmor annotation. */
    SECURITY,
    /** Node selector, node affinity, tolerations, scheduler, operating system. */
    SCHEDULING,
    /** Runtime class. */
    RUNTIME_CLASS,
    /** Priority class. */
    PRIORITY_CLASS,
    /** Service account. Without it a runner gets no API token from the cluster. */
    SERVICE_ACCOUNT,
    /**
     * Whether the service account's token is mounted, as it is for the parent. With it, tasks have the parent's rights on
     * the API server; flame4j needs none on runners. Leave it out unless tasks talk to the API server. Identities of clouds
     * that bring volumes of their own are not touched.
     */
    API_TOKEN,
    /** DNS policy, DNS configuration, and host aliases. */
    DNS,
    /** Whether Istio or Linkerd put their proxy into the pod; without this they are told not to. */
    MESH,
    /**
     * Annotations, without those of Kubernetes itself, of networks, and those that record an injection that has been
     * done. Not among the {@link #defaults()}: many annotations make something happen to the pod.
     */
    ANNOTATIONS;

    /**
     * What is taken over unless the user says otherwise: all but {@link #ANNOTATIONS}.
     *
     * @return an immutable set
     */
    public static Set<Inherit> defaults() {
        return without(EnumSet.of(ANNOTATIONS));
    }

    /**
     * The {@link #defaults()} without some.
     *
     * @param left what is left out
     * @return an immutable set
     */
    public static Set<Inherit> defaultsWithout(Inherit... left) {
        EnumSet<Inherit> out = EnumSet.of(ANNOTATIONS);
        out.addAll(Arrays.asList(left));
        return without(out);
    }

    private static Set<Inherit> without(EnumSet<Inherit> left) {
        return Collections.unmodifiableSet(EnumSet.complementOf(left));
    }
}
