package io.flame4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.testkit.kubernetes.ImagePolicy;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * An application as a pod whose runners are pods too, in one namespace. A {@link ProcessNode} makes all of them processes on this
 * machine.
 */
public final class ApplicationPods implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String RUNNER = "flame4j.io/runner";

    private final KubernetesClient admin;
    private final String namespace;
    private final ProcessNode node;

    /**
     * @param admin may do everything
     * @param node of its own client; it is closed with this
     */
    public ApplicationPods(KubernetesClient admin, String namespace, ProcessNode node) {
        this.admin = admin;
        this.namespace = namespace;
        this.node = node;
    }

    /** What an image with this JVM's class path starts; without the tests, which no image has. */
    public static ImagePolicy image(String mainClass) {
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
        return name -> ImagePolicy.Image.withEntryPoint(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath, mainClass));
    }

    /** All objects of deploy/kubernetes. */
    public static List<HasMetadata> deployFiles() {
        List<HasMetadata> objects = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("..", "..", "deploy", "kubernetes"))) {
            for (Path file : files.sorted().toList()) {
                if (!file.endsWith("kustomization.yaml")) {
                    objects.addAll(StrictYaml.parse(Files.readString(file)));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return objects;
    }

    public static <T extends HasMetadata> List<T> of(Class<T> type, List<HasMetadata> objects) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** A kubeconfig for a token. */
    public static Path kubeconfig(Path file, KubernetesClient server, String namespace, String token)
            throws IOException {
        String authority = server.getConfiguration().getCaCertData();
        return Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters:
                  - name: c
                    cluster:
                      server: %s
                      %s
                users:
                  - name: u
                    user: {token: "%s"}
                contexts:
                  - name: x
                    context: {cluster: c, user: u, namespace: %s}
                current-context: x
                """.formatted(
                        server.getMasterUrl(),
                        authority == null ? "" : "certificate-authority-data: " + authority,
                        token,
                        namespace));
    }

    /** Creates a parent as the controllers of Deployments and ReplicaSets do, where there are none. */
    public void createParent(PodTemplateSpec template) {
        ReplicaSet set = admin.resource(new ReplicaSetBuilder()
                        .withNewMetadata()
                        .withName("thumbnails-6d5f7c9b8")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        admin.resource(new PodBuilder()
                        .withMetadata(template.getMetadata())
                        .editMetadata()
                        .withName("thumbnails-6d5f7c9b8-x2x7k")
                        .withNamespace(namespace)
                        .addToLabels("pod-template-hash", "6d5f7c9b8")
                        .addNewOwnerReference()
                        .withApiVersion("apps/v1")
                        .withKind("ReplicaSet")
                        .withName(set.getMetadata().getName())
                        .withUid(set.getMetadata().getUid())
                        .withController(true)
                        .endOwnerReference()
                        .endMetadata()
                        .withSpec(template.getSpec())
                        .build())
                .create();
    }

    /**
     * The parent, when it is ready.
     *
     * @param ready asked of pods that have an address
     */
    public Pod awaitParent(Predicate<Pod> ready) {
        try {
            return await("the parent to be ready")
                    .atMost(PATIENCE)
                    .until(
                            () -> pods().stream()
                                    .filter(pod -> !isRunner(pod)
                                            && pod.getStatus() != null
                                            && pod.getStatus().getPodIP() != null
                                            && ready.test(pod))
                                    .toList(),
                            found -> !found.isEmpty())
                    .get(0);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(report(), e);
        }
    }

    /** All pods, with what they have logged. */
    public String report() {
        return pods().stream()
                .map(pod -> pod.getMetadata().getName() + ": " + pod.getStatus() + "\n" + log(pod))
                .collect(Collectors.joining("\n"));
    }

    public String log(Pod pod) {
        return node.logs(namespace, pod.getMetadata().getName(), "");
    }

    public List<Pod> pods() {
        return admin.pods().inNamespace(namespace).list().getItems();
    }

    public List<Pod> runners() {
        return pods().stream().filter(ApplicationPods::isRunner).toList();
    }

    private static boolean isRunner(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null && labels.containsKey(RUNNER);
    }

    /** The policies of deploy/kubernetes take each for what it is. */
    public static void checkPolicies(Pod parent, Pod runner, List<NetworkPolicy> policies) {
        assertThat(policies.stream().filter(policy -> selects(policy, runner)))
                .extracting(policy -> policy.getMetadata().getName())
                .containsExactly("thumbnails-runners");
        assertThat(policies.stream().filter(policy -> selects(policy, parent)))
                .extracting(policy -> policy.getMetadata().getName())
                .containsExactly("thumbnails");
    }

    private static boolean selects(NetworkPolicy policy, Pod pod) {
        Map<String, String> wanted = policy.getSpec().getPodSelector().getMatchLabels();
        return pod.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet());
    }

    /**
     * The parent ends and takes its runners along. What it has logged is returned.
     *
     * @param end makes it end
     */
    public String checkEnd(Pod parent, Runnable end) {
        assertThat(runners()).isNotEmpty();
        end.run();
        await("the end of the parent")
                .atMost(PATIENCE)
                .until(() -> pods().stream()
                        .noneMatch(pod -> pod.getMetadata()
                                .getUid()
                                .equals(parent.getMetadata().getUid())));
        String log = log(parent);
        await("the end of the runners").atMost(PATIENCE).until(() -> runners().isEmpty());
        return log;
    }

    @Override
    public void close() {
        node.close();
    }
}
