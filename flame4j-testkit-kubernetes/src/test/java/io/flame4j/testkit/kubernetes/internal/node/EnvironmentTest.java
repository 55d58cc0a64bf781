package io.flame4j.testkit.kubernetes.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.EnvVarSourceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {

    private static final PodContext CONTEXT = new PodContext(
            "127.0.1.7",
            "127.0.0.1",
            Map.of("cpu", new Quantity("8"), "memory", new Quantity("16Gi")),
            Map.of("PATH", "/bin", "KUBERNETES_SERVICE_HOST", "10.0.0.1"));

    private static final Environment.Sources SOURCES = new Environment.Sources() {
        @Override
        public Secret secret(String name) {
            return name.equals("s") ? new SecretBuilder().addToData("k", "djE=").build() : null;
        }

        @Override
        public ConfigMap configMap(String name) {
            return name.equals("c")
                    ? new ConfigMapBuilder()
                            .addToData("k", "v2")
                            .addToData("A", "from")
                            .build()
                    : null;
        }
    };

    private final ContainerBuilder container = new ContainerBuilder().withName("main");

    private Pod pod(Container only) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .withNamespace("ns")
                .withUid("u-1")
                .addToLabels("app", "x")
                .addToAnnotations("example.com/note", "y")
                .endMetadata()
                .withNewSpec()
                .withNodeName("n")
                .withServiceAccountName("sa")
                .withContainers(only)
                .endSpec()
                .build();
    }

    private Map<String, String> resolve() throws ConfigException {
        Container only = container.build();
        return Environment.of(pod(only), only, CONTEXT, SOURCES);
    }

    private EnvironmentTest from(String name, EnvVarSource source) {
        container.addNewEnv().withName(name).withValueFrom(source).endEnv();
        return this;
    }

    private static EnvVarSourceBuilder source() {
        return new EnvVarSourceBuilder();
    }

    @Test
    void later_values_refer_to_earlier_ones() throws Exception {
        container.addNewEnv().withName("A").withValue("1").endEnv();
        container.addNewEnv().withName("B").withValue("$(A)-$(C)-$(PATH)").endEnv();
        container.addNewEnv().withName("C").withValue("3").endEnv();
        container.addNewEnv().withName("E").withValue("").endEnv();
        assertThat(resolve())
                .contains(entry("B", "1-$(C)-/bin"), entry("C", "3"), entry("E", ""), entry("PATH", "/bin"));
    }

    @Test
    void what_the_container_says_has_precedence() throws Exception {
        container.addNewEnvFrom().withNewConfigMapRef("c", false).endEnvFrom();
        container.addNewEnvFrom().withPrefix("S_").withNewSecretRef("s", false).endEnvFrom();
        container.addNewEnv().withName("B").withValue("$(A) $(S_k)").endEnv();
        container.addNewEnv().withName("A").withValue("own").endEnv();
        container.addNewEnv().withName("PATH").withValue("/mine").endEnv();
        assertThat(resolve())
                .contains(
                        entry("B", "from v1"),
                        entry("A", "own"),
                        entry("k", "v2"),
                        entry("S_k", "v1"),
                        entry("PATH", "/mine"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "metadata.name, p",
                "metadata.namespace, ns",
                "metadata.uid, u-1",
                "metadata.labels['app'], x",
                "metadata.annotations['example.com/note'], y",
                "metadata.labels['none'], \"\"",
                "spec.nodeName, n",
                "spec.serviceAccountName, sa",
                "status.podIP, 127.0.1.7",
                "status.podIPs, 127.0.1.7",
                "status.hostIP, 127.0.0.1",
            })
    void fields(String path, String value) throws Exception {
        from("F", source().withNewFieldRef().withFieldPath(path).endFieldRef().build());
        assertThat(resolve()).containsEntry("F", value);
    }

    @ParameterizedTest
    @CsvSource({
        "limits.cpu, 1, 2",
        "limits.cpu, 1m, 1500",
        "limits.memory, 1Mi, 512",
        "limits.memory, 0, 536870912",
        "requests.cpu, 1, 0",
        "limits.ephemeral-storage, 1, 0",
    })
    void resources(String resource, String divisor, String value) throws Exception {
        container
                .withNewResources()
                .addToLimits("cpu", new Quantity("1500m"))
                .addToLimits("memory", new Quantity("512Mi"))
                .endResources();
        from(
                "R",
                source().withNewResourceFieldRef()
                        .withResource(resource)
                        .withDivisor(new Quantity(divisor))
                        .endResourceFieldRef()
                        .build());
        assertThat(resolve()).containsEntry("R", value);
    }

    @Test
    void without_limits_a_container_has_all_of_the_node() throws Exception {
        from(
                "R",
                source().withNewResourceFieldRef()
                        .withResource("limits.cpu")
                        .endResourceFieldRef()
                        .build());
        assertThat(resolve()).containsEntry("R", "8");
    }

    @Test
    void keys() throws Exception {
        from("S", source().withNewSecretKeyRef("k", "s", false).build());
        from("C", source().withNewConfigMapKeyRef("k", "c", false).build());
        from("NO_SECRET", source().withNewSecretKeyRef("k", "none", true).build());
        from("NO_KEY", source().withNewConfigMapKeyRef("none", "c", true).build());
        assertThat(resolve()).contains(entry("S", "v1"), entry("C", "v2")).doesNotContainKeys("NO_SECRET", "NO_KEY");
    }

    @Test
    void what_is_missing_is_named_as_a_kubelet_does() {
        from("S", source().withNewSecretKeyRef("k", "none", false).build());
        assertThatThrownBy(this::resolve).hasMessage("secret \"none\" not found");
        container.withEnv();
        from("S", source().withNewSecretKeyRef("none", "s", false).build());
        assertThatThrownBy(this::resolve).hasMessage("couldn't find key none in Secret ns/s");
        container.withEnv();
        from("C", source().withNewConfigMapKeyRef("none", "c", false).build());
        assertThatThrownBy(this::resolve).hasMessage("couldn't find key none in ConfigMap ns/c");
        container.withEnv();
        container.addNewEnvFrom().withNewConfigMapRef("none", false).endEnvFrom();
        assertThatThrownBy(this::resolve).hasMessage("configmap \"none\" not found");
    }

    @Test
    void optional_sources_may_be_missing() throws Exception {
        container.addNewEnvFrom().withNewConfigMapRef("none", true).endEnvFrom();
        container.addNewEnvFrom().withNewSecretRef("none", true).endEnvFrom();
        assertThat(resolve()).containsOnlyKeys("PATH", "KUBERNETES_SERVICE_HOST");
    }
}
