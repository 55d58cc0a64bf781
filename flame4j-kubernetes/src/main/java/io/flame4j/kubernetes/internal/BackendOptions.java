package io.flame4j.kubernetes.internal;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.backend.Tls;
import io.flame4j.kubernetes.internal.pods.PodOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * All options of a backend, checked by the builder that makes them.
 *
 * @param client the user's client, which the user closes; null to make one from the surroundings
 * @param pods what pods are like
 * @param listen where runners dial
 * @param keeping what becomes of ended pods
 * @param maxInNamespace most pods of a pool over all replicas of the parent, if bounded
 * @param unschedulableGrace how long a pod may find no node before the boot fails, null for as long as the boot may take
 * @param lossDetailsWithin how long the cluster may take to say why a runner was lost
 */
public record BackendOptions(
        @Nullable KubernetesClient client,
        PodOptions pods,
        Listen listen,
        Keeping keeping,
        OptionalInt maxInNamespace,
        @Nullable Duration unschedulableGrace,
        Duration lossDetailsWithin) {

    /** Checks. */
    public BackendOptions {
        Objects.requireNonNull(pods, "pods");
        Objects.requireNonNull(listen, "listen");
        Objects.requireNonNull(keeping, "keeping");
        Objects.requireNonNull(maxInNamespace, "maxInNamespace");
        Objects.requireNonNull(lossDetailsWithin, "lossDetailsWithin");
    }

    /**
     * Where runners dial.
     *
     * @param advertisedAddress the address they are told, null for that of the pod
     * @param port the port, 0 for any free one
     * @param tls whether what goes over it is encrypted
     * @param pendingConnections most connections that have not proved themselves yet
     * @param tokenBound whether tokens are good from the addresses of their pods only
     */
    public record Listen(
            @Nullable String advertisedAddress, int port, Tls tls, int pendingConnections, boolean tokenBound) {

        /** Checks. */
        public Listen {
            Objects.requireNonNull(tls, "tls");
        }
    }

    /**
     * What becomes of ended pods.
     *
     * @param deleteAfter how long they stay
     * @param keepFailed whether those that failed stay for good
     */
    public record Keeping(Duration deleteAfter, boolean keepFailed) {

        /** Checks. */
        public Keeping {
            Objects.requireNonNull(deleteAfter, "deleteAfter");
        }
    }
}
