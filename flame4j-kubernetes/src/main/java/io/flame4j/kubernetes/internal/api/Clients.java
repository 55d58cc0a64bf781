package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.Objects;

/** Makes the client that a backend uses when it is given none. */
public final class Clients {

    private Clients() {}

    /** A client for the cluster that this process runs in, else for that of the kubeconfig. */
    public static KubernetesClient create() {
        return new KubernetesClientBuilder().build();
    }

    /** Who a client is, for messages. */
    public static Identity identity(KubernetesClient client) {
        Config config = client.getConfiguration();
        String namespace = Objects.requireNonNullElse(client.getNamespace(), "default");
        String user = config.getCurrentContext() == null
                ? "the user of this client"
                : "user \"" + config.getCurrentContext().getContext().getUser() + "\" of the kubeconfig";
        return new Identity(user, namespace);
    }
}
