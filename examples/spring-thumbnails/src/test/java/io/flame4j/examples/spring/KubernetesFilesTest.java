package io.flame4j.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.flame4j.deploy.ApplicationPods;
import io.flame4j.deploy.NetworkPolicies;
import io.flame4j.deploy.Restricted;
import io.flame4j.deploy.StrictYaml;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class KubernetesFilesTest {

    private final List<HasMetadata> base = ApplicationPods.deployFiles();

    @Test
    void theKustomizationBuildsOnTheFilesThatAreThere() throws IOException {
        JsonNode kustomization = KubernetesFiles.kustomization();

        Path resources = KubernetesFiles.FOLDER.resolve(
                kustomization.path("resources").get(0).asText());
        assertThat(resources.resolve("kustomization.yaml")).exists();
        assertThat(KubernetesFiles.FOLDER.resolve(
                        kustomization.path("patches").get(0).path("path").asText()))
                .exists();
        Deployment deployment = ApplicationPods.of(Deployment.class, base).get(0);
        assertThat(kustomization.path("images").get(0).path("name").asText())
                .isEqualTo(deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getImage());
    }

    @Test
    void thePatchNamesWhatIsThere() throws IOException {
        Deployment patch =
                (Deployment) StrictYaml.parse(Files.readString(KubernetesFiles.FOLDER.resolve("deployment-patch.yaml")))
                        .get(0);

        assertThat(patch.getMetadata().getName())
                .isEqualTo(ApplicationPods.of(Deployment.class, base)
                        .get(0)
                        .getMetadata()
                        .getName());
    }

    @Test
    void thePodIsRestrictedAndAskedByBootsOwnProbes() throws IOException {
        Deployment deployment;
        try (FakeApiServer server = new FakeApiServer()) {
            deployment = KubernetesFiles.deployment(server.client(), "flame4j");
        }

        Restricted.check(deployment.getSpec().getTemplate().getSpec());
        NetworkPolicies.check(deployment, ApplicationPods.of(NetworkPolicy.class, base), List.of(4711));
        assertThat(deployment.getSpec().getTemplate().getSpec().getContainers()).hasSize(1);
        Container container =
                deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
        assertThat(path(container.getStartupProbe())).isEqualTo("/livez");
        assertThat(path(container.getLivenessProbe())).isEqualTo("/livez");
        assertThat(path(container.getReadinessProbe())).isEqualTo("/readyz");
        assertThat(container.getResources().getLimits().get("memory").toString())
                .isEqualTo("1Gi");
        assertThat(container.getEnv())
                .extracting(variable -> variable.getName())
                .contains("SERVER_ADDRESS", "FLAME_PORT_THUMBNAILS", "POD_IP", "JDK_JAVA_OPTIONS");
    }

    private static String path(Probe probe) {
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
        return probe.getHttpGet().getPath();
    }
}
