package io.flame4j.examples.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.deploy.ApplicationPods;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is under deploy, on a real API server with its real controllers, rights and garbage collection. */
@Tag("cluster")
@Timeout(1800) // the server may have to be built first
class DeployOnClusterTest {

    private static final Path CHART = Path.of("..", "..", "deploy", "helm", "flame4j-app");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private RealApiServer server;
    private KubernetesClient admin;
    private String namespace;

    @BeforeEach
    void connect() throws Exception {
        server = RealApiServer.open();
        admin = server.admin();
        namespace = admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("flame4j-deploy-")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
    }

    @AfterEach
    void disconnect() throws Exception {
        if (admin != null) {
            admin.namespaces().withName(namespace).delete();
            admin.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void thePlainFilesGiveAnApplicationItsRunners() throws Exception {
        List<HasMetadata> objects = ApplicationPods.deployFiles();
        Deployment deployment = ApplicationPods.of(Deployment.class, objects).get(0);
        for (HasMetadata object : objects) {
            if (!(object instanceof Namespace) && !(object instanceof Deployment)) {
                create(object);
            }
        }
        ServiceAccount account =
                ApplicationPods.of(ServiceAccount.class, objects).get(0);
        Path kubeconfig =
                ApplicationPods.kubeconfig(directory.resolve("kubeconfig"), admin, namespace, tokenOf(account));
        try (ServicePods service = new ServicePods(admin, namespace, node())) {
            create(new DeploymentBuilder(deployment)
                    .editSpec()
                    .withTemplate(service.onLoopback(deployment, kubeconfig))
                    .endSpec()
                    .build());
            Pod parent = service.awaitParent();

            service.checkPictures(parent, ApplicationPods.of(NetworkPolicy.class, objects));
            service.checkEnd(
                    parent,
                    () -> admin.apps()
                            .deployments()
                            .inNamespace(namespace)
                            .withName(deployment.getMetadata().getName())
                            .delete());
        }
    }

    private ProcessNode node() {
        return ProcessNode.builder(admin)
                .name("deploy-node")
                .namespaces(namespace)
                .podNetwork("127.0.42")
                .images(ServicePods.images())
                .start();
    }

    private void create(HasMetadata object) {
        object.getMetadata().setNamespace(namespace);
        if (object instanceof RoleBinding binding) {
            binding.getSubjects().forEach(subject -> subject.setNamespace(namespace));
        }
        admin.resource(object).create();
    }

    private String tokenOf(ServiceAccount account) {
        TokenRequest request = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(account.getMetadata().getName())
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build());
        return request.getStatus().getToken();
    }

    @Test
    void theChartIsInstalledAndUninstalled() {
        Release release = Helm.install(CHART.toString())
                .withKubeConfig(server.kubeconfig())
                .withNamespace(namespace)
                .withName("shop")
                .set("rbac.secrets", "true")
                .set("rbac.podLogs", "true")
                .call();

        assertThat(release.getStatus()).isEqualTo("deployed");
        await("the pod of the Deployment").atMost(PATIENCE).until(() -> !pods().isEmpty());
        assertThat(pods().get(0).getSpec().getServiceAccountName()).isEqualTo("shop-flame4j-app");
        assertThat(admin.network()
                        .v1()
                        .networkPolicies()
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .hasSize(2);

        String output = Helm.uninstall("shop")
                .withKubeConfig(server.kubeconfig())
                .withNamespace(namespace)
                .call();

        assertThat(output).contains("uninstalled");
        assertThat(admin.rbac().roles().inNamespace(namespace).list().getItems())
                .isEmpty();
    }

    private List<Pod> pods() {
        return admin.pods().inNamespace(namespace).list().getItems();
    }
}
