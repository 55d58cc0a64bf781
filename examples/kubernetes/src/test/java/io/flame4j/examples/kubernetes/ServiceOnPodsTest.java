package io.flame4j.examples.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.flame4j.deploy.ApplicationPods;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole program as a pod that makes runner pods, with an API server in memory. */
@Timeout(400) // several JVMs start one after the other, on a machine that may have much else to do
class ServiceOnPodsTest {

    private static final String NAMESPACE = "flame4j";
    private static final String ACCOUNT = "system:serviceaccount:flame4j:thumbnails";

    @TempDir
    Path directory;

    @Test
    void makesPicturesOnPodsAndLeavesNone() throws Exception {
        List<HasMetadata> deployed = ApplicationPods.deployFiles();
        try (FakeApiServer server = new FakeApiServer();
                ServicePods service = new ServicePods(server.client(), NAMESPACE, node(server))) {
            server.restrict(
                    ACCOUNT,
                    ApplicationPods.of(Role.class, deployed).get(0).getRules().toArray(new PolicyRule[0]));
            Path kubeconfig =
                    ApplicationPods.kubeconfig(directory.resolve("kubeconfig"), server.client(), NAMESPACE, ACCOUNT);
            Deployment deployment =
                    ApplicationPods.of(Deployment.class, deployed).get(0);
            service.pods.createParent(service.onLoopback(deployment, kubeconfig));
            Pod parent = service.awaitParent();

            service.checkPictures(parent, ApplicationPods.of(NetworkPolicy.class, deployed));
            service.checkEnd(parent, () -> server.client().resource(parent).delete());

            assertThat(server.requests())
                    .filteredOn(request -> request.user().equals(ACCOUNT))
                    .allSatisfy(request -> assertThat(request.resource()).isEqualTo("pods"));
        }
    }

    private static ProcessNode node(FakeApiServer server) {
        return ProcessNode.builder(server.client("node"))
                .namespaces(NAMESPACE)
                .podNetwork("127.0.41")
                .images(ServicePods.images())
                .retryEvery(Duration.ofMillis(100))
                .start();
    }
}
