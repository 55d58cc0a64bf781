package io.flame4j.examples.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
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
        List<HasMetadata> deployed = ServicePods.deployment();
        try (FakeApiServer server = new FakeApiServer();
                ServicePods service = new ServicePods(server.client(), NAMESPACE, node(server))) {
            server.restrict(
                    ACCOUNT,
                    ServicePods.of(Role.class, deployed).get(0).getRules().toArray(new PolicyRule[0]));
            Path kubeconfig =
                    ServicePods.kubeconfig(directory.resolve("kubeconfig"), server.client(), NAMESPACE, ACCOUNT);
            Deployment deployment = ServicePods.of(Deployment.class, deployed).get(0);
            createParent(server.client(), service.onLoopback(deployment, kubeconfig));
            Pod parent = service.awaitParent();

            service.checkPictures(parent, ServicePods.of(NetworkPolicy.class, deployed));
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

    /** As the controllers of Deployments and ReplicaSets do, which this API server does not have. */
    private static void createParent(KubernetesClient admin, PodTemplateSpec template) {
        ReplicaSet set = admin.resource(new ReplicaSetBuilder()
                        .withNewMetadata()
                        .withName("thumbnails-6d5f7c9b8")
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        admin.resource(new PodBuilder()
                        .withMetadata(template.getMetadata())
                        .editMetadata()
                        .withName("thumbnails-6d5f7c9b8-x2x7k")
                        .withNamespace(NAMESPACE)
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
}
