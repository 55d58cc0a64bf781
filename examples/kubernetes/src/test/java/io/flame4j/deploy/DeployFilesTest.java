package io.flame4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The plain files under deploy/kubernetes. */
class DeployFilesTest {

    static final Path DEPLOY = Path.of("..", "..", "deploy").toAbsolutePath().normalize();

    private static final Path PLAIN = DEPLOY.resolve("kubernetes");

    private final List<HasMetadata> objects = ApplicationPods.deployFiles();

    private <T extends HasMetadata> T only(Class<T> type) {
        assertThat(objects).filteredOn(type::isInstance).hasSize(1);
        return type.cast(objects.stream().filter(type::isInstance).findFirst().orElseThrow());
    }

    @Test
    void refusesWhatNoApiServerKnows() {
        assertThatThrownBy(() -> StrictYaml.parse("apiVersion: v1\nkind: Pod\nspec:\n  contaners: []\n"))
                .hasMessageContaining("contaners");
        assertThatThrownBy(() -> StrictYaml.parse("apiVersion: v1\nkind: Pood\n"))
                .hasMessageContaining("v1 Pood");
    }

    @Test
    void theKustomizationNamesAllFiles() throws IOException {
        JsonNode kustomization = StrictYaml.tree(Files.readString(PLAIN.resolve("kustomization.yaml")));
        List<String> named = new ArrayList<>();
        kustomization.path("resources").forEach(resource -> named.add(resource.asText()));
        try (Stream<Path> files = Files.list(PLAIN)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Stream.concat(named.stream(), Stream.of("kustomization.yaml"))
                            .toList());
        }
        assertThat(kustomization.path("images").get(0).path("name").asText())
                .isEqualTo(container().getImage());
    }

    @Test
    void theRoleIsOnPodsAlone() {
        Role role = only(Role.class);
        assertThat(role.getRules()).hasSize(1);
        PolicyRule rule = role.getRules().get(0);
        assertThat(rule.getResources()).containsExactly("pods");
        assertThat(rule.getVerbs()).containsExactly("create", "get", "list", "delete", "patch", "watch");
    }

    @Test
    void whatIsOfferedInTheRoleIsValidToo() throws IOException {
        String role = Files.readString(PLAIN.resolve("role.yaml"));
        String all = role.replaceAll("(?m)^ {2}# (- apiGroups| {2}resources| {2}verbs)", "  $1");

        Role parsed = (Role) StrictYaml.parse(all).get(0);

        assertThat(parsed.getRules())
                .flatExtracting(PolicyRule::getResources)
                .containsExactly("pods", "pods/log", "secrets", "persistentvolumeclaims");
    }

    @Test
    void thePodIsRestricted() {
        Restricted.check(podSpec());
        assertThat(podSpec().getServiceAccountName()).isEqualTo("thumbnails");
    }

    @Test
    void onlyRunnersReachTheirPortAndNobodyReachesRunners() {
        NetworkPolicies.check(deployment(), objects(NetworkPolicy.class), List.of(4711));
    }

    @Test
    void nothingThatSelectsTheParentSelectsRunners() {
        Map<String, String> selector = deployment().getSpec().getSelector().getMatchLabels();
        assertThat(selector).isNotEmpty();
        assertThat(selector.keySet()).noneMatch(key -> key.startsWith("flame4j.io/"));
        assertThat(deployment().getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(selector);
    }

    private <T extends HasMetadata> List<T> objects(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private Deployment deployment() {
        return only(Deployment.class);
    }

    private PodSpec podSpec() {
        return deployment().getSpec().getTemplate().getSpec();
    }

    private Container container() {
        return podSpec().getContainers().get(0);
    }
}
