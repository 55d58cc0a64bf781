package io.flame4j.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.backend.Tls;
import io.flame4j.kubernetes.internal.BackendOptions;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import io.flame4j.kubernetes.internal.pods.ForcedEnv;
import io.flame4j.kubernetes.internal.pods.Manifest;
import io.flame4j.kubernetes.internal.pods.ManifestCheck;
import io.flame4j.kubernetes.internal.pods.ManifestText;
import io.flame4j.kubernetes.internal.pods.PodOptions;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import io.flame4j.kubernetes.internal.pods.Syntax;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link KubernetesBackend}. Every option has a default, so that an application in a pod needs none.
 *
 * <p>What a runner's pod is like is decided in this order, later over earlier:
 *
 * <ol>
 *   <li>what {@link #inherit(Set)} takes over from the parent's pod,
 *   <li>the {@code manifest}, laid over it as {@code kubectl} lays a patch: maps field by field; environment variables,
 *       volumes and mounts by their keys; environment sources, tolerations and host aliases are added; other lists are
 *       replaced. Its first container is the runner, the others are added,
 *   <li>the other options here, such as {@link #image(String)} and {@link #env(Map)},
 *   <li>{@link #customize(UnaryOperator)},
 *   <li>what flame4j sets itself: {@code generateName} ({@code name} is taken out), {@code namespace},
 *       {@code ownerReferences}, {@code finalizers} (none), labels that begin with {@code flame4j.io/} (and none by which
 *       controllers know their pods, such as {@code pod-template-hash}), {@code restartPolicy: Never},
 *       {@code activeDeadlineSeconds} when {@link #activeDeadline(Duration)} is used, a
 *       {@code terminationGracePeriodSeconds} that is less than the pool's {@code shutdownTimeout} and five seconds, the
 *       name {@code runner} of the first container, and its variables {@code POD_NAME}, {@code POD_NAMESPACE},
 *       {@code POD_IP} and those that begin with {@code FLAME_PARENT}. A manifest that sets one of these gets a warning
 *       that names it.
 * </ol>
 *
 * <p>Single values are checked as they are set, the manifest when all is put together; errors name the field by its path.
 * Not thread-safe; what is built does not change when the builder does.
 *
 * @since 0.1
 */
public final class KubernetesBackendBuilder {

    private static final Supplier<Manifest> NO_MANIFEST = Manifest.None::new;
    private static final String NVIDIA = "nvidia.com/gpu";

    /** More than this is for ever, as for pools. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    /** What the field of a pod takes. */
    private static final Duration LONGEST_LIFE = Duration.ofSeconds(Integer.MAX_VALUE);

    /** A node looks at its containers once a second, and then tells. */
    private static final Duration LOSS_DETAILS = Duration.ofSeconds(3);

    private @Nullable KubernetesClient client;
    private @Nullable String namespace;
    private @Nullable String appContainer;
    private @Nullable String image;
    private Supplier<Manifest> manifest = NO_MANIFEST;
    private UnaryOperator<PodBuilder> customize = UnaryOperator.identity();
    private Set<Inherit> inherit = Inherit.defaults();
    private final Map<String, EnvVar> env = new LinkedHashMap<>();
    private final Map<String, String> secretEnv = new LinkedHashMap<>();
    private Map<String, Quantity> requests = Map.of();
    private Map<String, Quantity> limits = Map.of();
    private final Map<String, Quantity> gpus = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private @Nullable Entrypoint entrypoint;
    private List<String> command = List.of();
    private List<String> jvmOptions = List.of();
    private boolean omitOwnerReference;
    private Duration deletePodAfter = Duration.ZERO;
    private boolean keepFailedPods;
    private OptionalInt maxInNamespace = OptionalInt.empty();
    private @Nullable String advertiseAddress;
    private int port;
    private Tls tls = Tls.ephemeral();
    private int pendingConnections = PENDING_CONNECTIONS;
    private boolean tokenBoundToAddress;
    private boolean tokenInSecret;
    private @Nullable Duration unschedulableGrace;
    private @Nullable Duration activeDeadline;
    private Surroundings surroundings = Surroundings.ofThisProcess();
    private Duration lossDetailsWithin = LOSS_DETAILS;

    /** For bursts of boots, of which as many begin at a time. */
    private static final int PENDING_CONNECTIONS = 256;

    KubernetesBackendBuilder() {}

    /**
     * The client to talk to the API server with. Default: one made from the pod's service account, else from the
     * kubeconfig. The backend does not close a client that it is given.
     *
     * @param client the client
     * @return this
     */
    public KubernetesBackendBuilder client(KubernetesClient client) {
        this.client = Objects.requireNonNull(client, "client");
        return this;
    }

    /**
     * Where pods are created. Default: the namespace of the parent's pod, else that of the kubeconfig. In another
     * namespace than the parent's, the parent's pod cannot own them, so that pods of a parent that dies hard stay until
     * their own time limits end them; set {@link #activeDeadline(Duration)} then.
     *
     * @param namespace the namespace
     * @return this
     * @throws IllegalArgumentException when the name is malformed
     */
    public KubernetesBackendBuilder namespace(String namespace) {
        check("namespace", Syntax.dnsLabel(Objects.requireNonNull(namespace, "namespace")));
        this.namespace = namespace;
        return this;
    }

    /**
     * The container of the parent's pod that the application runs in. Default: the one that the annotation
     * {@code kubectl.kubernetes.io/default-container} names, else the first that is not a known sidecar.
     *
     * @param name the container's name
     * @return this
     * @throws IllegalArgumentException when the name is malformed
     */
    public KubernetesBackendBuilder appContainer(String name) {
        check("appContainer", Syntax.dnsLabel(Objects.requireNonNull(name, "name")));
        this.appContainer = name;
        return this;
    }

    /**
     * The image of runners. It must hold the same classes at the same paths, and a {@code java} in its {@code PATH}; or
     * see {@link #command(Entrypoint)}. Default: the parent's image.
     *
     * @param image the image's name
     * @return this
     * @throws IllegalArgumentException when it is blank or contains white space
     */
    public KubernetesBackendBuilder image(String image) {
        boolean bad = Objects.requireNonNull(image, "image").isEmpty()
                || image.chars().anyMatch(Character::isWhitespace);
        check("image", bad ? "must be the name of an image, without blanks" : null);
        this.image = image;
        return this;
    }

    /**
     * A pod to lay over what is inherited, as one YAML or JSON document. {@code kind} and {@code apiVersion} may be left
     * out. Replaces what an earlier call set, of all these overloads. Default: none.
     *
     * @param yaml the document
     * @return this
     */
    public KubernetesBackendBuilder manifest(String yaml) {
        Objects.requireNonNull(yaml, "yaml");
        this.manifest = () -> new Manifest.Fixed(ManifestText.parse(yaml));
        return this;
    }

    /**
     * A pod to lay over what is inherited, as {@link #manifest(String)}. The file is read at once.
     *
     * @param file the file, in UTF-8
     * @return this
     * @throws UncheckedIOException when the file cannot be read
     */
    public KubernetesBackendBuilder manifest(Path file) {
        try {
            return manifest(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("The manifest " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * A pod to lay over what is inherited, as {@link #manifest(String)}. The stream is read at once and closed.
     *
     * @param stream the document, in UTF-8, such as a resource of the class path
     * @return this
     * @throws UncheckedIOException when the stream cannot be read
     */
    public KubernetesBackendBuilder manifest(InputStream stream) {
        try (InputStream in = Objects.requireNonNull(stream, "stream")) {
            return manifest(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("The manifest cannot be read: " + e, e);
        }
    }

    /**
     * A pod to lay over what is inherited, as {@link #manifest(String)}.
     *
     * @param pod the pod; copied
     * @return this
     */
    public KubernetesBackendBuilder manifest(Pod pod) {
        Pod copy = new PodBuilder(Objects.requireNonNull(pod, "pod")).build();
        this.manifest = () -> {
            ManifestCheck.check(copy);
            return new Manifest.Fixed(copy);
        };
        return this;
    }

    /**
     * A function of the parent's pod and its application container that gives a pod to lay over what is inherited, as
     * {@link #manifest(String)}. It is called for each runner, on the thread that boots it, and may be called by several
     * threads at once. What it returns is checked then; an invalid pod fails the boot for good.
     *
     * @param function the function; what it is given are copies
     * @return this
     */
    public KubernetesBackendBuilder manifest(BiFunction<? super Pod, ? super Container, ? extends Pod> function) {
        Manifest computed = new Manifest.Computed(Objects.requireNonNull(function, "function"));
        this.manifest = () -> computed;
        return this;
    }

    /**
     * The last word on a runner's pod, before the fields that flame4j sets itself. Called for each runner, on the thread
     * that boots it. What it gives is not checked before it is sent. Default: no change.
     *
     * @param change changes the pod
     * @return this
     */
    public KubernetesBackendBuilder customize(UnaryOperator<PodBuilder> change) {
        this.customize = Objects.requireNonNull(change, "change");
        return this;
    }

    /**
     * What a runner's pod takes over from the parent's. Default: {@link Inherit#defaults()}.
     *
     * @param what the parts; may be empty
     * @return this
     */
    public KubernetesBackendBuilder inherit(Set<Inherit> what) {
        this.inherit = Set.copyOf(what);
        return this;
    }

    /**
     * An environment variable of runners, over those of the manifest. As everywhere in Kubernetes, {@code $(NAME)} stands
     * for another variable and {@code $$} for a dollar sign. Adds to earlier calls.
     *
     * @param name the name
     * @param value the value; visible to all who may read the pod: see {@link #secretEnv(Map)}
     * @return this
     * @throws IllegalArgumentException when the name is malformed, or is one that flame4j sets itself
     */
    public KubernetesBackendBuilder env(String name, String value) {
        Objects.requireNonNull(value, () -> "The value of environment variable " + name);
        return env(new EnvVarBuilder().withName(name).withValue(value).build());
    }

    /**
     * Environment variables of runners, as {@link #env(String, String)}.
     *
     * @param variables names and values
     * @return this
     * @throws IllegalArgumentException as there
     */
    public KubernetesBackendBuilder env(Map<String, String> variables) {
        Objects.requireNonNull(variables, "variables").forEach(this::env);
        return this;
    }

    /**
     * Environment variables of runners, as {@link #env(String, String)}, which may take their values from elsewhere.
     *
     * @param variables the variables
     * @return this
     * @throws IllegalArgumentException as there
     */
    public KubernetesBackendBuilder env(EnvVar... variables) {
        for (EnvVar variable : variables) {
            checkVariable("env", variable.getName());
            env.remove(variable.getName());
            env.put(variable.getName(), new EnvVarBuilder(variable).build());
        }
        return this;
    }

    /**
     * Environment variables of runners that are kept in a Secret, one for each runner, which goes with its pod. The
     * runner's own token is kept there too then. Needs the rights to create and delete Secrets. Adds to earlier calls.
     *
     * @param variables names and values
     * @return this
     * @throws IllegalArgumentException when a name is malformed, or is one that flame4j sets itself
     */
    public KubernetesBackendBuilder secretEnv(Map<String, String> variables) {
        Objects.requireNonNull(variables, "variables").forEach((name, value) -> {
            checkVariable("secretEnv", name);
            check("secretEnv[" + name + "]", Syntax.secretKey(name));
            secretEnv.put(name, Objects.requireNonNull(value, () -> "The value of environment variable " + name));
        });
        return this;
    }

    /**
     * Resources of a runner. A resource that is named here loses both the request and the limit it would have otherwise.
     * Replaces what an earlier call set. Default: the manifest's, else the parent's.
     *
     * @param requests quantities by resource, such as {@code "cpu" -> "500m"}; may be empty
     * @param limits quantities by resource, such as {@code "memory" -> "2Gi"}; may be empty
     * @return this
     * @throws IllegalArgumentException when a quantity is malformed
     */
    public KubernetesBackendBuilder resources(Map<String, String> requests, Map<String, String> limits) {
        this.requests = quantities("resources.requests", requests);
        this.limits = quantities("resources.limits", limits);
        return this;
    }

    /**
     * NVIDIA GPUs of a runner: the limit of {@code nvidia.com/gpu}. Default: the manifest's, else the parent's.
     *
     * @param count how many, 0 or more
     * @return this
     * @throws IllegalArgumentException when negative
     */
    public KubernetesBackendBuilder gpu(int count) {
        return gpu(count, NVIDIA);
    }

    /**
     * GPUs of a runner, of any make.
     *
     * @param count how many, 0 or more
     * @param resource the resource's name, such as {@code amd.com/gpu}
     * @return this
     * @throws IllegalArgumentException when negative, or the name is malformed
     */
    public KubernetesBackendBuilder gpu(int count, String resource) {
        check("gpu", count < 0 ? "must be at least 0, but is " + count : null);
        check("gpu[" + resource + "]", Syntax.key(Objects.requireNonNull(resource, "resource")));
        gpus.put(resource, new Quantity(Integer.toString(count)));
        return this;
    }

    /**
     * Labels of runner pods. Those of the parent are not taken over, lest Services and controllers take runners for
     * replicas. Adds to earlier calls.
     *
     * @param labels keys and values
     * @return this
     * @throws IllegalArgumentException when a key or value is malformed, or the key is one of flame4j's, which begin with
     *     {@code flame4j.io/}, or one by which controllers know their pods, such as {@code pod-template-hash}
     */
    public KubernetesBackendBuilder labels(Map<String, String> labels) {
        Objects.requireNonNull(labels, "labels").forEach((key, value) -> {
            check("labels[" + key + "]", Syntax.key(key));
            check("labels[" + key + "]", Syntax.labelValue(value));
            check(
                    "labels[" + key + "]",
                    RunnerLabels.isReserved(key)
                            ? "is set by flame4j, or by the controllers that know their pods by it, and cannot be given"
                            : null);
            this.labels.put(key, value);
        });
        return this;
    }

    /**
     * Annotations of runner pods. Adds to earlier calls.
     *
     * @param annotations keys and values
     * @return this
     * @throws IllegalArgumentException when a key is malformed
     */
    public KubernetesBackendBuilder annotations(Map<String, String> annotations) {
        Objects.requireNonNull(annotations, "annotations").forEach((key, value) -> {
            check("annotations[" + key + "]", Syntax.key(key));
            this.annotations.put(key, Objects.requireNonNull(value, () -> "The value of annotation " + key));
        });
        return this;
    }

    /**
     * What runners execute. Replaces {@link #command(List)}. Default: what the manifest says, else
     * {@link Entrypoint#JVM}.
     *
     * @param entrypoint what
     * @return this
     */
    public KubernetesBackendBuilder command(Entrypoint entrypoint) {
        this.entrypoint = Objects.requireNonNull(entrypoint, "entrypoint");
        this.command = List.of();
        return this;
    }

    /**
     * The command of runners, which must become a JVM whose main is {@code io.flame4j.internal.runner.RunnerMain} or
     * calls {@link io.flame4j.FlameRunner#runIfRunner()} first. {@code $(NAME)} stands for an environment variable.
     * Replaces {@link #command(Entrypoint)}.
     *
     * @param command the file and its arguments
     * @return this
     * @throws IllegalArgumentException when it is empty
     */
    public KubernetesBackendBuilder command(List<String> command) {
        this.command = List.copyOf(command);
        check("command", command.isEmpty() ? "must not be empty" : null);
        this.entrypoint = null;
        return this;
    }

    /**
     * JVM options of runners, after those of the parent, so that they win. Heap sizes or a garbage collector among them
     * take the place of the parent's. Only for {@link Entrypoint#JVM}. Replaces what an earlier call set. Default: none.
     *
     * @param options the options, such as {@code -XX:MaxRAMPercentage=75}
     * @return this
     * @throws IllegalArgumentException when one does not begin with a dash
     */
    public KubernetesBackendBuilder jvmOptions(String... options) {
        this.jvmOptions = List.copyOf(Arrays.asList(options));
        jvmOptions.forEach(option -> check(
                "jvmOptions",
                option.startsWith("-") ? null : "'" + option + "' is no JVM option: it does not begin with a dash"));
        return this;
    }

    /**
     * Leaves out the owner reference to the parent's pod, by which the cluster removes runners whose parent is gone.
     *
     * @param omit whether it is left out; default false
     * @return this
     */
    public KubernetesBackendBuilder omitOwnerReference(boolean omit) {
        this.omitOwnerReference = omit;
        return this;
    }

    /**
     * How long the pod of a runner that has ended stays, to be looked at. Default: none.
     *
     * @param time the time, 0 or more
     * @return this
     * @throws IllegalArgumentException when negative
     */
    public KubernetesBackendBuilder deletePodAfter(Duration time) {
        check("deletePodAfter", time.isNegative() ? "must not be negative, but is " + time : null);
        this.deletePodAfter = bounded(time);
        return this;
    }

    /**
     * Whether pods that failed stay, to be looked at, until the parent's pod is gone.
     *
     * @param keep whether they stay; default false
     * @return this
     */
    public KubernetesBackendBuilder keepFailedPods(boolean keep) {
        this.keepFailedPods = keep;
        return this;
    }

    /**
     * Most runner pods of pools with this pool's name, over all replicas of the parent. When there are as many, boots
     * wait. Default: no bound.
     *
     * @param pods how many, 1 or more
     * @return this
     * @throws IllegalArgumentException when less than 1
     */
    public KubernetesBackendBuilder maxInNamespace(int pods) {
        check("maxInNamespace", pods < 1 ? "must be at least 1, but is " + pods : null);
        this.maxInNamespace = OptionalInt.of(pods);
        return this;
    }

    /**
     * The address by which runners reach this process. Default: that of its pod.
     *
     * @param address an IP address or a host name
     * @return this
     * @throws IllegalArgumentException when it is empty or contains white space
     */
    public KubernetesBackendBuilder advertiseAddress(String address) {
        boolean bad = Objects.requireNonNull(address, "address").isEmpty()
                || address.chars().anyMatch(Character::isWhitespace);
        check("advertiseAddress", bad ? "must be an address, without blanks" : null);
        this.advertiseAddress = address;
        return this;
    }

    /**
     * The port on which this process listens for runners. A fixed one is what a NetworkPolicy or a mesh's exclusion can
     * name; pools that listen at the same address with the same settings share it. Default: any free one.
     *
     * @param port the port, 0 to 65535; 0 for any free one
     * @return this
     * @throws IllegalArgumentException when out of range
     */
    public KubernetesBackendBuilder port(int port) {
        check("port", port < 0 || port > 65_535 ? "must be 0 to 65535, but is " + port : null);
        this.port = port;
        return this;
    }

    /**
     * How what parent and runners say to each other is encrypted. Default: {@link Tls#ephemeral()}, a certificate that this
     * JVM makes for itself and that its runners are told. {@link Tls#none()} is for clusters that encrypt what goes between
     * pods, as some networks do.
     *
     * @param tls how
     * @return this
     */
    public KubernetesBackendBuilder tls(Tls tls) {
        this.tls = Objects.requireNonNull(tls, "tls");
        return this;
    }

    /**
     * Whether the token of a runner is kept in a Secret rather than in the pod, where all who may read pods see it. It is
     * valid once, and only until the runner has connected. Needs the rights to create and delete Secrets.
     *
     * @param inSecret whether it is; default false, unless {@link #secretEnv(Map)} is used
     * @return this
     */
    public KubernetesBackendBuilder tokenInSecret(boolean inSecret) {
        this.tokenInSecret = inSecret;
        return this;
    }

    /**
     * Whether the token of a runner is good only from the addresses that the cluster reports for its pod; then it is of no
     * use to others who have read it. Default false: it takes a network that leaves addresses as they are, and a boot waits
     * until its node has reported the address and that the container runs, which is a second or so. Addresses are
     * translated behind the proxy of a mesh, with {@code hostNetwork} on either side, and, with
     * {@link #advertiseAddress(String)}, by what lies in between.
     *
     * @param bound whether it is
     * @return this
     */
    public KubernetesBackendBuilder tokenBoundToAddress(boolean bound) {
        this.tokenBoundToAddress = bound;
        return this;
    }

    /**
     * Most connections to this process's port that have not proved themselves yet; when there are more, the oldest of the
     * address that has most of them is closed. Default 256.
     *
     * @param most how many, 1 to 4096
     * @return this
     * @throws IllegalArgumentException when out of range
     */
    public KubernetesBackendBuilder pendingConnections(int most) {
        check("pendingConnections", most < 1 || most > 4_096 ? "must be 1 to 4096, but is " + most : null);
        this.pendingConnections = most;
        return this;
    }

    /**
     * How long a pod may find no node before the boot fails with the scheduler's message. Default: as long as the boot
     * may take, since a cluster autoscaler may be about to add one.
     *
     * @param grace the time, 0 or more
     * @return this
     * @throws IllegalArgumentException when negative
     */
    public KubernetesBackendBuilder unschedulableGrace(Duration grace) {
        check("unschedulableGrace", grace.isNegative() ? "must not be negative, but is " + grace : null);
        this.unschedulableGrace = bounded(grace);
        return this;
    }

    /**
     * The longest life of a runner's pod, after which the cluster ends it, whatever it does: a last resort against leaks.
     * Default: the manifest's, else none.
     *
     * @param life the time, at least a second and at most 2147483647 of them, which are 68 years
     * @return this
     * @throws IllegalArgumentException when less or more
     */
    public KubernetesBackendBuilder activeDeadline(Duration life) {
        check("activeDeadline", life.toSeconds() < 1 ? "must be at least a second, but is " + life : null);
        check(
                "activeDeadline",
                life.compareTo(LONGEST_LIFE) > 0
                        ? "must be at most " + LONGEST_LIFE.toSeconds() + " seconds, but is " + life
                                + "; leave it out for no deadline"
                        : null);
        this.activeDeadline = life;
        return this;
    }

    /**
     * Builds the backend. Talks to nobody: the cluster is asked when a pool is built.
     *
     * @return a new backend
     * @throws IllegalArgumentException when the manifest is invalid, or options contradict each other
     */
    public KubernetesBackend build() {
        return new KubernetesBackend(options(), surroundings);
    }

    /** Where this process takes itself to run. For tests. */
    KubernetesBackendBuilder surroundings(Surroundings other) {
        this.surroundings = other;
        return this;
    }

    /** How long callers wait for the reason of a loss. For tests, whose machine may stall for longer than usual. */
    KubernetesBackendBuilder lossDetailsWithin(Duration time) {
        this.lossDetailsWithin = time;
        return this;
    }

    /** Checks the options and puts them together. */
    BackendOptions options() {
        env.keySet()
                .forEach(name -> check(
                        "secretEnv[" + name + "]",
                        secretEnv.containsKey(name) ? "is set by env(…) too; leave one out" : null));
        check(
                "jvmOptions",
                !jvmOptions.isEmpty() && (!command.isEmpty() || (entrypoint != null && entrypoint != Entrypoint.JVM))
                        ? "have no effect, since command(…) says what is executed; leave one out"
                        : null);
        return new BackendOptions(
                client,
                podOptions(),
                new BackendOptions.Listen(advertiseAddress, port, tls, pendingConnections, tokenBoundToAddress),
                new BackendOptions.Keeping(deletePodAfter, keepFailedPods),
                maxInNamespace,
                unschedulableGrace,
                lossDetailsWithin);
    }

    private PodOptions podOptions() {
        Map<String, Quantity> allLimits = new LinkedHashMap<>(limits);
        allLimits.putAll(gpus);
        return new PodOptions(
                namespace,
                appContainer,
                image,
                manifest.get(),
                customize,
                inherit,
                List.copyOf(env.values()),
                secretEnv,
                requests,
                allLimits,
                labels,
                annotations,
                entrypoint,
                command,
                jvmOptions,
                tokenInSecret,
                omitOwnerReference,
                activeDeadline);
    }

    private static Map<String, Quantity> quantities(String option, Map<String, String> given) {
        Map<String, Quantity> result = new LinkedHashMap<>();
        Objects.requireNonNull(given, option).forEach((resource, quantity) -> {
            String path = option + "[" + resource + "]";
            check(path, Syntax.key(resource));
            check(path, Syntax.quantity(Objects.requireNonNull(quantity, path)));
            result.put(resource, new Quantity(quantity));
        });
        return result;
    }

    private static void checkVariable(String option, @Nullable String name) {
        String path = option + "[" + name + "]";
        check(path, name == null ? "must have a name" : Syntax.variable(name));
        check(path, ForcedEnv.NAMES.contains(name) ? "is set by flame4j and cannot be changed" : null);
    }

    private static Duration bounded(Duration time) {
        return time.compareTo(FOREVER) > 0 ? FOREVER : time;
    }

    private static void check(String path, @Nullable String problem) {
        if (problem != null) {
            throw new IllegalArgumentException(path + ": " + problem);
        }
    }
}
