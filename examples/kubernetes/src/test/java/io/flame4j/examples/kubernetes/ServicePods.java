package io.flame4j.examples.kubernetes;

import static io.flame4j.examples.kubernetes.ServiceClient.header;
import static io.flame4j.examples.kubernetes.ServiceClient.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.deploy.StrictYaml;
import io.flame4j.testkit.kubernetes.ImagePolicy;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The service as a pod, as deploy/kubernetes says, whose runners are pods too. A {@link ProcessNode} makes all of them
 * processes on this machine.
 */
final class ServicePods implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String RUNNER = "flame4j.io/runner";

    private final KubernetesClient admin;
    private final String namespace;
    private final ProcessNode node;
    private final int port;

    /**
     * @param admin may do everything
     * @param node of its own client
     */
    ServicePods(KubernetesClient admin, String namespace, ProcessNode node) throws IOException {
        this.admin = admin;
        this.namespace = namespace;
        this.node = node;
        // 8080 may be taken on all addresses of this machine.
        try (ServerSocket any = new ServerSocket(0)) {
            port = any.getLocalPort();
        }
    }

    /** What the image of the Dockerfile starts. */
    static ImagePolicy images() {
        return name -> ImagePolicy.Image.withEntryPoint(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    }

    /** All objects of deploy/kubernetes. */
    static List<HasMetadata> deployment() throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("..", "..", "deploy", "kubernetes"))) {
            for (Path file : files.sorted().toList()) {
                if (!file.endsWith("kustomization.yaml")) {
                    objects.addAll(StrictYaml.parse(Files.readString(file)));
                }
            }
        }
        return objects;
    }

    static <T extends HasMetadata> List<T> of(Class<T> type, List<HasMetadata> objects) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The template of the parent, for processes without a file system of their own, on loopback addresses. */
    PodTemplateSpec onLoopback(Deployment deployment, Path kubeconfig) {
        return new PodTemplateSpecBuilder(deployment.getSpec().getTemplate())
                .editSpec()
                .editContainer(0)
                .addNewEnv()
                .withName("HTTP_HOST")
                .withValue("$(POD_IP)")
                .endEnv()
                .addNewEnv()
                .withName("HTTP_PORT")
                .withValue(Integer.toString(port))
                .endEnv()
                .addNewEnv()
                .withName("FLAME_BACKEND")
                .withValue("kubernetes")
                .endEnv()
                .addNewEnv()
                .withName("DRAIN_SECONDS")
                .withValue("1")
                .endEnv()
                .addNewEnv()
                .withName("KUBECONFIG")
                .withValue(kubeconfig.toString())
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
    }

    /** A kubeconfig for a token. */
    static Path kubeconfig(Path file, KubernetesClient server, String namespace, String token) throws IOException {
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

    /** The parent, when it says that it is ready. */
    Pod awaitParent() {
        try {
            return await("the parent to be ready")
                    .atMost(PATIENCE)
                    .until(() -> pods().stream().filter(this::isReadyParent).toList(), found -> !found.isEmpty())
                    .get(0);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    pods().stream()
                            .map(pod -> pod.getMetadata().getName() + ": " + pod.getStatus() + "\n"
                                    + node.logs(namespace, pod.getMetadata().getName(), ""))
                            .collect(Collectors.joining("\n")),
                    e);
        }
    }

    private boolean isReadyParent(Pod pod) {
        if (isRunner(pod) || pod.getStatus() == null || pod.getStatus().getPodIP() == null) {
            return false;
        }
        try {
            return clientOf(pod).get("/readyz").statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private ServiceClient clientOf(Pod parent) {
        return new ServiceClient("http://" + parent.getStatus().getPodIP() + ":" + port);
    }

    List<Pod> pods() {
        return admin.pods().inNamespace(namespace).list().getItems();
    }

    List<Pod> runners() {
        return pods().stream().filter(ServicePods::isRunner).toList();
    }

    private static boolean isRunner(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null && labels.containsKey(RUNNER);
    }

    /** The parent makes pictures on a runner pod, which is what the policies take it for. */
    void checkPictures(Pod parent, List<NetworkPolicy> policies) throws Exception {
        ServiceClient service = clientOf(parent);
        HttpResponse<byte[]> sample = service.get("/samples/1");
        assertThat(sample.statusCode())
                .as(
                        "%s\n%s",
                        text(sample), node.logs(namespace, parent.getMetadata().getName(), ""))
                .isEqualTo(200);
        HttpResponse<byte[]> thumbnail = service.post("/thumbnails?size=90", sample.body());

        assertThat(header(thumbnail, "Content-Type")).isEqualTo("image/png");
        Pod runner = runners().get(0);
        assertThat(runner.getMetadata().getName())
                .startsWith(parent.getMetadata().getName() + "-flame-");
        assertThat(header(thumbnail, "X-Made-In"))
                .isEqualTo("pod " + runner.getMetadata().getName());
        assertThat(text(service.get("/"))).contains(runner.getMetadata().getName());
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
     * The parent ends and takes its runners along.
     *
     * @param end makes it end
     */
    void checkEnd(Pod parent, Runnable end) {
        assertThat(runners()).isNotEmpty();
        end.run();
        await("the end of the parent")
                .atMost(PATIENCE)
                .until(() -> pods().stream()
                        .noneMatch(pod -> pod.getMetadata()
                                .getUid()
                                .equals(parent.getMetadata().getUid())));
        String log = node.logs(namespace, parent.getMetadata().getName(), "");
        assertThat(log).contains("Stopped; no runner is left").doesNotContain("ERROR");
        await("the end of the runners").atMost(PATIENCE).until(() -> runners().isEmpty());
    }

    @Override
    public void close() {
        node.close();
    }
}
