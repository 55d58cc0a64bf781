package io.flame4j.examples.kubernetes;

import static io.flame4j.examples.kubernetes.ServiceClient.header;
import static io.flame4j.examples.kubernetes.ServiceClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.deploy.ApplicationPods;
import io.flame4j.testkit.kubernetes.ImagePolicy;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/** The service as a pod, as deploy/kubernetes says, whose runners are pods too. */
final class ServicePods implements AutoCloseable {

    final ApplicationPods pods;
    private final int port;

    /**
     * @param admin may do everything
     * @param node of its own client
     */
    ServicePods(KubernetesClient admin, String namespace, ProcessNode node) throws IOException {
        this.pods = new ApplicationPods(admin, namespace, node);
        // 8080 may be taken on all addresses of this machine.
        try (ServerSocket any = new ServerSocket(0)) {
            port = any.getLocalPort();
        }
    }

    /** What the image of the Dockerfile starts. */
    static ImagePolicy images() {
        return ApplicationPods.image(Main.class.getName());
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

    /** The parent, when it says that it is ready. */
    Pod awaitParent() {
        return pods.awaitParent(this::isReady);
    }

    private boolean isReady(Pod pod) {
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

    /** The parent makes pictures on a runner pod, which is what the policies take it for. */
    void checkPictures(Pod parent, List<NetworkPolicy> policies) throws Exception {
        ServiceClient service = clientOf(parent);
        HttpResponse<byte[]> sample = service.get("/samples/1");
        assertThat(sample.statusCode())
                .as("%s\n%s", text(sample), pods.log(parent))
                .isEqualTo(200);
        HttpResponse<byte[]> thumbnail = service.post("/thumbnails?size=90", sample.body());

        assertThat(header(thumbnail, "Content-Type")).isEqualTo("image/png");
        Pod runner = pods.runners().get(0);
        assertThat(runner.getMetadata().getName())
                .startsWith(parent.getMetadata().getName() + "-flame-");
        assertThat(header(thumbnail, "X-Made-In"))
                .isEqualTo("pod " + runner.getMetadata().getName());
        assertThat(text(service.get("/"))).contains(runner.getMetadata().getName());
        ApplicationPods.checkPolicies(parent, runner, policies);
    }

    /**
     * The parent ends and takes its runners along.
     *
     * @param end makes it end
     */
    void checkEnd(Pod parent, Runnable end) {
        assertThat(pods.checkEnd(parent, end))
                .contains("Stopped; no runner is left")
                .doesNotContain("ERROR");
    }

    @Override
    public void close() {
        pods.close();
    }
}
