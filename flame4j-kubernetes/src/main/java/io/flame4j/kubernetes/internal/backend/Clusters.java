package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Cluster}s of this process. Pools whose backends have the same client, namespace and container share one,
 * which is closed with the last of them. The monitor of the map guards it; nothing
 * is read under that.
 */
public final class Clusters {

    private static final Map<Key, Shared> OPEN = new HashMap<>();

    private Clusters() {}

    /**
     * What pools must have in common.
     *
     * @param client the user's client, null for one that is made from the surroundings
     * @param podNamespace the namespace of runner pods, null for the parent's
     * @param appContainer the parent's container, null to find it
     * @param surroundings of this process
     */
    public record Key(
            @Nullable KubernetesClient client,
            @Nullable String podNamespace,
            @Nullable String appContainer,
            Surroundings surroundings) {}

    private static final class Shared {
        /** Guarded by the map's monitor. */
        private int users;

        private @Nullable Cluster cluster;

        /** Reads files: a kubeconfig, the token of the service account. */
        private synchronized Cluster cluster(Key key) {
            Cluster known = cluster;
            if (known == null) {
                known = new Cluster(key);
                cluster = known;
            }
            return known;
        }

        private synchronized void close() {
            if (cluster != null) {
                cluster.close();
            }
        }
    }

    /** The cluster for one more user, who must {@link #release} it. */
    static Cluster acquire(Key key) {
        Shared shared;
        synchronized (OPEN) {
            shared = OPEN.computeIfAbsent(key, wanted -> new Shared());
            shared.users++;
        }
        try {
            return shared.cluster(key);
        } catch (RuntimeException e) {
            release(key);
            throw e;
        }
    }

    /** One user is done. */
    static void release(Key key) {
        Shared last = null;
        synchronized (OPEN) {
            Shared shared = OPEN.get(key);
            if (shared != null && --shared.users == 0) {
                last = OPEN.remove(key);
            }
        }
        if (last != null) {
            last.close();
        }
    }
}
