package io.flame4j.testkit.kubernetes;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.testkit.kubernetes.internal.node.NodeOptions;
import io.flame4j.testkit.kubernetes.internal.node.NodeRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link ProcessNode}. Not thread-safe.
 *
 * @since 0.1
 */
public final class ProcessNodeBuilder {

    private final KubernetesClient client;
    private final List<String> namespaces = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Map<String, Quantity> capacity = Map.of(
            "cpu",
            new Quantity(Integer.toString(Runtime.getRuntime().availableProcessors())),
            "memory",
            new Quantity("8Gi"));
    private String name = "process-node";
    private boolean acceptUnscheduled = true;
    private String podNetwork = "127.0.1";
    private String hostIp = "127.0.0.1";
    private String serviceAccountVariable = "";
    private boolean logs;
    private Duration retry = Duration.ofSeconds(1);
    private Duration backOff = Duration.ofSeconds(10);
    private @Nullable Duration heartbeat = Duration.ofSeconds(10);
    private ImagePolicy images = ImagePolicy.ANY;

    ProcessNodeBuilder(KubernetesClient client) {
        this.client = Objects.requireNonNull(client, "client");
    }

    /**
     * The name of the node, by default {@code process-node}.
     *
     * @param value a name that no other node of this API server has
     * @return this
     */
    public ProcessNodeBuilder name(String value) {
        name = Objects.requireNonNull(value, "name");
        return this;
    }

    /**
     * Where to look for pods, by default in the namespace of the client.
     *
     * @param values namespaces
     * @return this
     */
    public ProcessNodeBuilder namespaces(String... values) {
        namespaces.clear();
        namespaces.addAll(List.of(values));
        return this;
    }

    /**
     * Whether pods that are on no node are taken, by default {@code true}: test set-ups have no scheduler. Pods that are
     * on this node by their {@code spec.nodeName} are always taken.
     *
     * @param value whether
     * @return this
     */
    public ProcessNodeBuilder acceptUnscheduled(boolean value) {
        acceptUnscheduled = value;
        return this;
    }

    /**
     * The first three bytes of the addresses of pods, by default {@code 127.0.1}. Nodes that run at the same time had
     * better have different ones.
     *
     * @param value for example {@code 127.0.2}
     * @return this
     */
    public ProcessNodeBuilder podNetwork(String value) {
        if (!value.matches("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")) {
            throw new IllegalArgumentException(
                    "podNetwork must be the first three bytes of an address, such as 127.0.1, but is '" + value + "'");
        }
        podNetwork = value;
        return this;
    }

    /**
     * The address of the node, by default {@code 127.0.0.1}.
     *
     * @param value an address of this machine
     * @return this
     */
    public ProcessNodeBuilder hostIp(String value) {
        hostIp = Objects.requireNonNull(value, "hostIp");
        return this;
    }

    /**
     * What the node has, by default the processors of this machine and 8 GiB of memory. It is what
     * {@code resourceFieldRef} tells a container without limits; nothing is measured or limited.
     *
     * @param value amounts of {@code cpu}, {@code memory} and so on
     * @return this
     */
    public ProcessNodeBuilder capacity(Map<String, Quantity> value) {
        capacity = Map.copyOf(value);
        return this;
    }

    /**
     * Sets a variable for all containers. What a container says itself has precedence.
     *
     * @param variable its name
     * @param value may refer to other variables of the node as {@code $(NAME)}, also to the one of
     *     {@link #serviceAccountFiles(String)}
     * @return this
     */
    public ProcessNodeBuilder env(String variable, String value) {
        environment.put(Objects.requireNonNull(variable, "variable"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /**
     * Gives containers the files of their service account, with a token of their own from the API server. A process
     * cannot have them where a container has them, so a variable tells it the directory; there are {@code token},
     * {@code namespace} and, if the client has one, {@code ca.crt} in it. The service account must exist. Without this
     * there are no such files.
     *
     * @param variable the name of that variable
     * @return this
     */
    public ProcessNodeBuilder serviceAccountFiles(String variable) {
        serviceAccountVariable = Objects.requireNonNull(variable, "variable");
        return this;
    }

    /**
     * Whether a real API server can get logs of pods from this node, by default {@code false}. The node then listens on
     * loopback as a kubelet does, and says where in its Node object, which it must be allowed to create. Everybody on this
     * machine can read these logs. A {@link FakeApiServer} needs {@link FakeApiServer#logs} instead.
     *
     * @param value whether
     * @return this
     */
    public ProcessNodeBuilder serveLogs(boolean value) {
        logs = value;
        return this;
    }

    /**
     * What is made of images, by default {@link ImagePolicy#ANY}.
     *
     * @param value knows images
     * @return this
     */
    public ProcessNodeBuilder images(ImagePolicy value) {
        images = Objects.requireNonNull(value, "images");
        return this;
    }

    /**
     * After which time is tried again what has failed, such as to find a Secret; by default after 1 s.
     *
     * @param value positive
     * @return this
     */
    public ProcessNodeBuilder retryEvery(Duration value) {
        retry = positive("retryEvery", value);
        return this;
    }

    /**
     * How long a container waits for its second restart, by default 10 s. The first comes at once; each further one takes
     * twice as long, up to 5 minutes.
     *
     * @param value positive
     * @return this
     */
    public ProcessNodeBuilder restartBackOff(Duration value) {
        backOff = positive("restartBackOff", value);
        return this;
    }

    /**
     * How often the node says that it is there, by default every 10 s.
     *
     * @param value positive; null for only once
     * @return this
     */
    public ProcessNodeBuilder heartbeat(@Nullable Duration value) {
        heartbeat = value == null ? null : positive("heartbeat", value);
        return this;
    }

    private static Duration positive(String option, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(option + " must be positive, but is " + value);
        }
        return value;
    }

    /**
     * Starts the node. Returns when it has seen which pods there are.
     *
     * @return the node
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when it may not see pods, or cannot reach the API
     *     server
     */
    public ProcessNode start() {
        List<String> where = List.copyOf(namespaces);
        if (where.isEmpty()) {
            where = List.of(Objects.requireNonNullElse(client.getNamespace(), "default"));
        }
        NodeOptions options = new NodeOptions(
                name,
                new NodeOptions.Scope(where, acceptUnscheduled),
                new NodeOptions.Hardware(podNetwork, hostIp, capacity),
                Map.copyOf(environment),
                new NodeOptions.Services(serviceAccountVariable, logs),
                new NodeOptions.Times(retry, backOff, heartbeat),
                images);
        return new ProcessNode(NodeRuntime.start(client, options));
    }
}
