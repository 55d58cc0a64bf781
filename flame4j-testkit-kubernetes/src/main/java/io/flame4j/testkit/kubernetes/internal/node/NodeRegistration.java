package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Node object of a node, its lease, and how both are kept fresh. Where the API server does not allow it the node does
 * without. Blocks; one call at a time.
 */
public final class NodeRegistration {

    private static final Logger LOGGER = System.getLogger("io.flame4j.testkit.kubernetes");
    private static final String LEASES = "kube-node-lease";
    private static final int LEASE_SECONDS = 40;
    private static final int CONFLICT = 409;

    /** With seconds and fractions even where they are zero: the API server takes no shorter ones. */
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");

    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private final KubernetesClient client;
    private final NodeOptions options;
    private final int kubeletPort;
    private boolean registered;
    private boolean leased;

    /**
     * A registration that has not been made.
     *
     * @param api talks to the API server
     * @param options name and hardware of the node
     * @param kubeletPort where logs are served, 0 for nowhere
     */
    public NodeRegistration(NodeApi api, NodeOptions options, int kubeletPort) {
        client = api.client();
        this.options = options;
        this.kubeletPort = kubeletPort;
    }

    public synchronized void register() {
        try {
            create();
            registered = true;
            beat();
        } catch (KubernetesClientException e) {
            LOGGER.log(Level.INFO, "node " + options.name() + " goes without a Node object: " + e.getMessage());
            return;
        }
        try {
            createLease();
            leased = true;
        } catch (KubernetesClientException e) {
            LOGGER.log(Level.DEBUG, "node " + options.name() + " goes without a lease: " + e.getMessage());
        }
    }

    private void create() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName(options.name())
                .addToLabels("kubernetes.io/hostname", options.name())
                .addToLabels("kubernetes.io/os", "linux")
                .endMetadata()
                .build();
        try {
            client.nodes().resource(node).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) { // of an earlier life
                throw e;
            }
        }
    }

    private void createLease() {
        Lease lease = new LeaseBuilder()
                .withNewMetadata()
                .withName(options.name())
                .withNamespace(LEASES)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(options.name())
                .withLeaseDurationSeconds(LEASE_SECONDS)
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                .endSpec()
                .build();
        try {
            client.leases().inNamespace(LEASES).resource(lease).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw e;
            }
        }
    }

    /** Says that the node is there. */
    public synchronized void beat() {
        if (registered) {
            client.nodes()
                    .withName(options.name())
                    .subresource("status")
                    .patch(
                            PatchContext.of(PatchType.JSON),
                            Serialization.asJson(List.of(Map.of("op", "add", "path", "/status", "value", status()))));
        }
        if (leased) {
            String now = MICROS.format(ZonedDateTime.now(ZoneOffset.UTC));
            client.leases()
                    .inNamespace(LEASES)
                    .withName(options.name())
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            Serialization.asJson(Map.of("spec", Map.of("renewTime", now))));
        }
    }

    private Map<String, Object> status() {
        Map<String, Object> ready = new LinkedHashMap<>();
        ready.put("type", "Ready");
        ready.put("status", "True");
        ready.put("reason", "KubeletReady");
        ready.put("message", "kubelet is posting ready status");
        ready.put("lastHeartbeatTime", SECONDS.format(ZonedDateTime.now(ZoneOffset.UTC)));
        Map<String, Object> capacity = new LinkedHashMap<>(options.hardware().capacity());
        capacity.putIfAbsent("pods", "254");
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("conditions", List.of(ready));
        status.put("capacity", capacity);
        status.put("allocatable", capacity);
        status.put(
                "addresses",
                List.of(
                        Map.of(
                                "type",
                                "InternalIP",
                                "address",
                                options.hardware().hostIp()),
                        Map.of("type", "Hostname", "address", options.hardware().hostIp())));
        if (kubeletPort > 0) {
            status.put("daemonEndpoints", Map.of("kubeletEndpoint", Map.of("Port", kubeletPort)));
        }
        return status;
    }

    /** Takes the node away again. */
    public synchronized void unregister() {
        try {
            if (leased) {
                client.leases().inNamespace(LEASES).withName(options.name()).delete();
            }
            if (registered) {
                client.nodes().withName(options.name()).delete();
            }
        } catch (RuntimeException e) {
            // The API server may be gone before its node, and the client be closed. There is nothing left to be done.
            LOGGER.log(Level.DEBUG, "node " + options.name() + " could not be removed: " + e.getMessage());
        }
    }
}
