package io.flame4j.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.flame4j.deploy.ApplicationPods;
import io.flame4j.examples.spring.Picture.State;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The application as a pod that makes runner pods, as its files for clusters say, with an API server in memory. */
@Timeout(500) // several JVMs start one after the other, on a machine that may have much else to do
class OnPodsTest {

    private static final String NAMESPACE = "flame4j";
    private static final String ACCOUNT = "system:serviceaccount:flame4j:thumbnails";

    @TempDir
    private Path directory;

    @Test
    void makesPicturesOnPodsAndLeavesNone() throws Exception {
        List<HasMetadata> deployed = ApplicationPods.deployFiles();
        try (FakeApiServer server = new FakeApiServer();
                ApplicationPods pods = new ApplicationPods(server.client(), NAMESPACE, node(server))) {
            server.restrict(
                    ACCOUNT,
                    ApplicationPods.of(Role.class, deployed).get(0).getRules().toArray(new PolicyRule[0]));
            Path kubeconfig =
                    ApplicationPods.kubeconfig(directory.resolve("kubeconfig"), server.client(), NAMESPACE, ACCOUNT);
            Deployment deployment = KubernetesFiles.deployment(server.client(), NAMESPACE);
            int port = freePort();
            pods.createParent(onLoopback(deployment, kubeconfig, port));
            Pod parent = pods.awaitParent(pod -> isReady(pod, port));

            checkPictures(pods, client(parent, port));
            ApplicationPods.checkPolicies(
                    parent, pods.runners().get(0), ApplicationPods.of(NetworkPolicy.class, deployed));
            String log =
                    pods.checkEnd(parent, () -> server.client().resource(parent).delete());

            assertThat(log).contains("Graceful shutdown complete").doesNotContain("ERROR");
            assertThat(server.requests())
                    .filteredOn(request -> request.user().equals(ACCOUNT))
                    .allSatisfy(request -> assertThat(request.resource()).isEqualTo("pods"));
        }
    }

    private static void checkPictures(ApplicationPods pods, Client client) throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("lying.jpg", Files.lying(900, 600));
        files.put("broken.png", "hello".getBytes(StandardCharsets.UTF_8));
        files.put("book.pdf", Files.pdf(2));
        String album = client.album(files);

        List<Picture> pictures = client.developed(album);

        assertThat(pictures)
                .as(() -> pods.report())
                .extracting(Picture::state)
                .containsExactly(State.DONE, State.FAILED, State.DONE, State.DONE);
        assertThat(Files.read(client.get("/albums/" + album + "/pictures/0").body())
                        .getHeight())
                .isEqualTo(320);
        assertThat(pods.runners()).isNotEmpty();
    }

    private static ProcessNode node(FakeApiServer server) {
        return ProcessNode.builder(server.client("node"))
                .namespaces(NAMESPACE)
                .podNetwork("127.0.43")
                .images(ApplicationPods.image(ThumbnailsApplication.class.getName()))
                .retryEvery(Duration.ofMillis(100))
                .start();
    }

    /** The template of the parent, for processes on loopback addresses. */
    private static PodTemplateSpec onLoopback(Deployment deployment, Path kubeconfig, int port) {
        return new PodTemplateSpecBuilder(deployment.getSpec().getTemplate())
                .editSpec()
                .editContainer(0)
                .removeMatchingFromEnv(variable -> "SERVER_ADDRESS".equals(variable.getName()))
                .addNewEnv()
                .withName("SERVER_ADDRESS")
                .withValue("$(POD_IP)")
                .endEnv()
                .addNewEnv()
                .withName("SERVER_PORT")
                .withValue(Integer.toString(port))
                .endEnv()
                .addNewEnv()
                .withName("MANAGEMENT_SERVER_PORT")
                .withValue("0")
                .endEnv()
                .addNewEnv()
                .withName("FLAME4J_BACKEND")
                .withValue("kubernetes")
                .endEnv()
                .addNewEnv()
                .withName("KUBECONFIG")
                .withValue(kubeconfig.toString())
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
    }

    private static boolean isReady(Pod pod, int port) {
        try {
            return client(pod, port).get("/readyz").statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Client client(Pod pod, int port) {
        return new Client("http://" + pod.getStatus().getPodIP() + ":" + port);
    }

    private static int freePort() throws IOException {
        // 8080 may be taken on all addresses of this machine.
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }
}
