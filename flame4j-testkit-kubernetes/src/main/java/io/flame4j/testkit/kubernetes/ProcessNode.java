package io.flame4j.testkit.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.testkit.kubernetes.internal.node.Blow;
import io.flame4j.testkit.kubernetes.internal.node.NodeRuntime;
import io.flame4j.testkit.kubernetes.internal.node.Rule;
import io.flame4j.testkit.kubernetes.internal.node.Rule.Point;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cluster that runs the containers of its pods as processes on this machine, for tests. To its API server,
 * be it a {@link FakeApiServer}, a real one, or the mock server of fabric8, it behaves as a kubelet does; and it does
 * things wrong as a test commands.
 *
 * <pre>{@code
 * try (FakeApiServer server = new FakeApiServer();
 *         ProcessNode node = ProcessNode.builder(server.client("node")).start()) {
 *     server.logs(node::logs);
 *     // pods that are created now become processes
 * }
 * }</pre>
 *
 * <p>It takes the pods that are on it by their {@code spec.nodeName}, and those that are on no node, which it binds to
 * itself first. A container is a process with its {@code command}, {@code args}, {@code env} and, where that is a
 * directory of this machine, its {@code workingDir}. Of this JVM's variables it sees {@code PATH}, {@code HOME} and
 * {@code JAVA_HOME} alone; a variable {@code FLAME4J_TESTKIT_CONTAINER} marks it. Each pod gets an address in 127.0.1.0/24, where it can listen. Init containers run one after
 * the other, native sidecars beside the others. A container that has no command, and whose image has no entry point (see
 * {@link ImagePolicy}), is reported as running without a process, if it is not the first. Restart policies, grace
 * periods and {@code activeDeadlineSeconds} hold. Volumes, probes, hooks, limits, security contexts and images are
 * ignored; the file system is the one of this machine.
 *
 * <p>What goes wrong with pods is said with a predicate. One kind lasts until its {@link Trouble} is ended, and is for
 * pods that come to that point in their lives, whether the node knows them already or not. The other kind happens at
 * once, to pods that have not ended. Predicates see pods as the API server has them, and are called on the thread of the
 * node.
 *
 * <p>Thread-safe. Threads: {@code flame4j-node-<name>} decides, up to three {@code flame4j-node-<name>-api-<n>} talk to
 * the API server, and the client has its own for watching. {@link #close()} ends them all, and all processes.
 *
 * @since 0.1
 */
public final class ProcessNode implements AutoCloseable {

    private final NodeRuntime runtime;

    ProcessNode(NodeRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * Options of a node.
     *
     * @param client may list, watch and get pods, change their status, bind and delete them; get Secrets and ConfigMaps;
     *     and, if the node is to be seen, create and change Nodes. Is not closed
     * @return options
     */
    public static ProcessNodeBuilder builder(KubernetesClient client) {
        return new ProcessNodeBuilder(client);
    }

    /**
     * Pods of a name.
     *
     * @param name of pods
     * @return says whether a pod has it
     */
    public static Predicate<Pod> named(String name) {
        return pod -> pod.getMetadata().getName().equals(name);
    }

    /**
     * The name of the node.
     *
     * @return as in {@code spec.nodeName}
     */
    public String name() {
        return runtime.options().name();
    }

    // Looking

    /**
     * The pods that are on this node and have not ended, in the order in which it saw them.
     *
     * @return as last seen
     */
    public List<Pod> pods() {
        return runtime.pods();
    }

    /**
     * What the first container of a pod has written to its standard output and error since its last start. It is kept
     * until the node is closed.
     *
     * @param pod the name of a pod in the node's first namespace; of several, the latest one is meant
     * @return the text
     * @throws IllegalArgumentException when there was no such pod here
     */
    public String logs(String pod) {
        String text = logs(firstNamespace(), pod, "");
        if (text == null) {
            throw new IllegalArgumentException(
                    "There was no pod '" + pod + "' on node " + name() + " in namespace " + firstNamespace() + ".");
        }
        return text;
    }

    /**
     * What a container has written since its last start; fit for {@link FakeApiServer#logs}.
     *
     * @param namespace of the pod
     * @param pod its name; of several, the latest one is meant
     * @param container its name, empty for the first
     * @return the text, or null when there was no such container here
     */
    public @Nullable String logs(String namespace, String pod, String container) {
        return runtime.log(namespace, pod, container);
    }

    /**
     * The process of a pod's first container.
     *
     * @param pod the name of a pod in the node's first namespace
     * @return the process, if it runs
     */
    public Optional<ProcessHandle> process(String pod) {
        return runtime.process(firstNamespace(), pod, "");
    }

    private String firstNamespace() {
        return runtime.options().scope().namespaces().get(0);
    }

    /**
     * Gives all pods that have not ended new tokens of their service accounts, as a kubelet does from time to time. See
     * {@link ProcessNodeBuilder#serviceAccountFiles(String)}. Returns when the files are written.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the API server makes none
     */
    public void renewTokens() {
        runtime.loop().renewTokens();
    }

    // Troubles that last

    private Trouble trouble(Point point, Predicate<Pod> which, String message) {
        return add(new Rule(point, which, message));
    }

    private Trouble add(Rule rule) {
        runtime.loop().add(rule);
        return rule;
    }

    /**
     * Leaves pods on no node, with the condition {@code PodScheduled} as {@code Unschedulable}.
     *
     * @param which pods, before they are taken
     * @param message as of the scheduler, for example {@code 0/1 nodes are available: 1 Insufficient cpu.}
     * @return to end it
     */
    public Trouble leaveUnscheduled(Predicate<Pod> which, String message) {
        return trouble(Point.SCHEDULE, which, message);
    }

    /**
     * Lets pods wait in {@code ContainerCreating}.
     *
     * @param which pods, before a container starts
     * @return to end it
     */
    public Trouble holdStart(Predicate<Pod> which) {
        return trouble(Point.START, which, "");
    }

    /**
     * Fails to pull images: {@code ErrImagePull} first, then {@code ImagePullBackOff}.
     *
     * @param which pods, before a container starts
     * @param message as of the registry, for example {@code manifest unknown}
     * @return to end it
     */
    public Trouble failImagePulls(Predicate<Pod> which, String message) {
        return trouble(Point.IMAGE_PULL, which, message);
    }

    /**
     * Finds names of images wrong: {@code InvalidImageName}.
     *
     * @param which pods, before a container starts
     * @param message as of the kubelet, for example {@code couldn't parse image name "A": invalid reference format}
     * @return to end it
     */
    public Trouble refuseImageNames(Predicate<Pod> which, String message) {
        return trouble(Point.IMAGE_NAME, which, message);
    }

    /**
     * Cannot configure containers: {@code CreateContainerConfigError}. A Secret or ConfigMap that is not there has the
     * same effect all by itself.
     *
     * @param which pods, before a container starts
     * @param message as of the kubelet, for example {@code secret "s" not found}
     * @return to end it
     */
    public Trouble failConfig(Predicate<Pod> which, String message) {
        return trouble(Point.CONFIG, which, message);
    }

    /**
     * Reports pods without their address. The pods themselves know it.
     *
     * @param which pods, before their address is reported
     * @return to end it
     */
    public Trouble withholdIp(Predicate<Pod> which) {
        return trouble(Point.ADDRESS, which, "");
    }

    /**
     * Lets pods live on that are to end: no SIGTERM before the trouble ends, but SIGKILL when the grace period is over.
     *
     * @param which pods, when they are to end
     * @return to end it
     */
    public Trouble holdSigterm(Predicate<Pod> which) {
        return trouble(Point.SIGTERM, which, "");
    }

    /**
     * Does something to each pod as soon as its first container runs, once, for example {@code pod ->
     * node.oomKill(ProcessNode.named(pod.getMetadata().getName()))}. Pods that run already are among them.
     *
     * @param which pods
     * @param action called on the thread of the node: must not block
     * @return to end it
     */
    public Trouble whenRunning(Predicate<Pod> which, Consumer<Pod> action) {
        return add(new Rule(which, action));
    }

    // Troubles that happen

    /**
     * Kills the process of the first container with SIGKILL, as the kernel does when memory is short: {@code OOMKilled},
     * exit code 137.
     *
     * @param which pods that have not ended
     * @return how many
     */
    public int oomKill(Predicate<Pod> which) {
        return Blow.kill(runtime.loop(), which, "OOMKilled");
    }

    /**
     * Kills the process of the first container with SIGKILL: {@code Error}, exit code 137.
     *
     * @param which pods that have not ended
     * @return how many
     */
    public int kill(Predicate<Pod> which) {
        return Blow.kill(runtime.loop(), which, "");
    }

    /**
     * Kills pods as a node does that runs out of something: phase {@code Failed}, reason {@code Evicted}.
     *
     * @param which pods that have not ended
     * @param message for example {@code The node was low on resource: memory.}
     * @return how many
     */
    public int evict(Predicate<Pod> which, String message) {
        return Blow.evict(runtime.loop(), which, message);
    }

    /**
     * Deletes pods as a scheduler does that needs their place for others: the condition {@code DisruptionTarget} says so.
     *
     * @param which pods that have not ended
     * @param message for example {@code default-scheduler: preempting to accommodate a higher priority pod}
     * @return how many
     */
    public int preempt(Predicate<Pod> which, String message) {
        return Blow.preempt(runtime.loop(), which, message);
    }

    // Losing the node

    /**
     * Falls silent, as a node whose network has gone: it reports nothing more, and its processes are stopped, but not
     * ended, so that nobody hears from them either. What other parts of a cluster do about such a node is up to the test.
     */
    public void freeze() {
        runtime.loop().lose(false);
    }

    /** Falls silent, as a node whose power has gone: it reports nothing more, and its processes are killed. */
    public void crash() {
        runtime.loop().lose(true);
    }

    /** Comes back after {@link #freeze()} or {@link #crash()}, and does what is to be done. */
    public void recover() {
        runtime.loop().recover();
    }

    /**
     * Kills all processes with all that they have started, waits for them, and removes their logs. Pods stay as they are
     * in the API server, and its Node object goes.
     */
    @Override
    public void close() {
        runtime.close();
    }
}
