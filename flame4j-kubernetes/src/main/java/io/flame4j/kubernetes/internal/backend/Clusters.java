package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Cluster}s of this process. Pools whose backends have the same client, namespace and container share one,
 * which is closed with the last of them. The monitor of the map guards it.
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
        private final Cluster cluster;
        private int users;

        private Shared(Cluster cluster) {
            this.cluster = cluster;
        }
    }

    /** The cluster for one more user, who must {@link #release} it. */
    static Cluster acquire(Key key) {
        synchronized (OPEN) {
            Shared shared = OPEN.computeIfAbsent(key, wanted -> new Shared(new Cluster(wanted)));
            shared.users++;
            return shared.cluster;
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
            last.cluster.close();
        }
    }
}
