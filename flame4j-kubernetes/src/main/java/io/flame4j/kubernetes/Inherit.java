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
    /** Service account: what it is allowed to pull and to run, and identities of clouds. Its token: {@link #API_TOKEN}. */
    SERVICE_ACCOUNT,
    /**
     * Whether the service account's token is mounted, as it is for the parent. Not among the {@link #defaults()}: with it,
     * tasks have the parent's rights on the API server, that to create pods included, and flame4j needs none on runners.
     * Take it in when the application talks to the API server on runners too, as with Spring Cloud Kubernetes. Identities
     * of clouds that bring volumes of their own are not touched.
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
     * What is taken over unless the user says otherwise: all but {@link #API_TOKEN} and {@link #ANNOTATIONS}.
     *
     * @return an immutable set
     */
    public static Set<Inherit> defaults() {
        return without(EnumSet.of(API_TOKEN, ANNOTATIONS));
    }

    /**
     * The {@link #defaults()} and some more.
     *
     * @param more what is taken over too
     * @return an immutable set
     */
    public static Set<Inherit> defaultsWith(Inherit... more) {
        EnumSet<Inherit> all = EnumSet.copyOf(defaults());
        all.addAll(Arrays.asList(more));
        return Collections.unmodifiableSet(all);
    }

    /**
     * The {@link #defaults()} without some.
     *
     * @param left what is left out
     * @return an immutable set
     */
    public static Set<Inherit> defaultsWithout(Inherit... left) {
        EnumSet<Inherit> out = EnumSet.of(API_TOKEN, ANNOTATIONS);
        out.addAll(Arrays.asList(left));
        return without(out);
    }

    private static Set<Inherit> without(EnumSet<Inherit> left) {
        return Collections.unmodifiableSet(EnumSet.complementOf(left));
    }
}
