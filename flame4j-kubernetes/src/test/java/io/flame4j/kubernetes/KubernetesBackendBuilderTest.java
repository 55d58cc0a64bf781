package io.flame4j.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.flame4j.backend.Tls;
import io.flame4j.kubernetes.internal.BackendOptions;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesBackendBuilderTest {

    private static final String MANIFEST = "spec: {containers: [{image: a}]}";

    private final KubernetesBackendBuilder builder = new KubernetesBackendBuilder();

    @TempDir
    private Path directory;

    @Test
    void defaults() {
        BackendOptions options = builder.options();

        assertThat(options.client()).isNull();
        assertThat(options.pods().inherit()).isEqualTo(Inherit.defaults()).doesNotContain(Inherit.ANNOTATIONS);
        assertThat(options.listen()).isEqualTo(new BackendOptions.Listen(null, 0, Tls.ephemeral(), 256, false));
        assertThat(options.keeping()).isEqualTo(new BackendOptions.Keeping(Duration.ZERO, false));
        assertThat(options.maxInNamespace()).isEmpty();
        assertThat(options.unschedulableGrace()).isNull();
    }

    @Test
    void bad_values_are_refused_at_once_by_the_path_of_their_option() {
        refused("namespace", () -> builder.namespace("My_Space"));
        refused("appContainer", () -> builder.appContainer(""));
        refused("image", () -> builder.image("a b"));
        refused("env[POD_IP]", () -> builder.env("POD_IP", "x"));
        refused("env[FLAME_PARENT]", () -> builder.env(Map.of("FLAME_PARENT", "x")));
        refused("env[]", () -> builder.env("", "x"));
        refused("secretEnv[a b]", () -> builder.secretEnv(Map.of("a b", "x")));
        refused("resources.limits[memory]", () -> builder.resources(Map.of(), Map.of("memory", "1GB")));
        refused("resources.requests[c p u]", () -> builder.resources(Map.of("c p u", "1"), Map.of()));
        refused("gpu", () -> builder.gpu(-1));
        refused("labels[a]", () -> builder.labels(Map.of("a", "b c")));
        refused("labels[flame4j.io/pool]", () -> builder.labels(Map.of("flame4j.io/pool", "b")));
        refused("labels[pod-template-hash]", () -> builder.labels(Map.of("pod-template-hash", "b")));
        refused("annotations[a b]", () -> builder.annotations(Map.of("a b", "c")));
        refused("command", () -> builder.command(List.of()));
        refused("jvmOptions", () -> builder.jvmOptions("Xmx1g"));
        refused("deletePodAfter", () -> builder.deletePodAfter(Duration.ofSeconds(-1)));
        refused("maxInNamespace", () -> builder.maxInNamespace(0));
        refused("advertiseAddress", () -> builder.advertiseAddress(" "));
        refused("pendingConnections", () -> builder.pendingConnections(0));
        refused("pendingConnections", () -> builder.pendingConnections(4_097));
        refused("port", () -> builder.port(70_000));
        refused("unschedulableGrace", () -> builder.unschedulableGrace(Duration.ofSeconds(-1)));
        refused("activeDeadline", () -> builder.activeDeadline(Duration.ofMillis(10)));
        refused("activeDeadline", () -> builder.activeDeadline(Duration.ofSeconds(Integer.MAX_VALUE, 1)));
        refused("activeDeadline", () -> builder.activeDeadline(ChronoUnit.FOREVER.getDuration()));
    }

    @Test
    void times_without_an_end_can_be_counted_in_nanoseconds() {
        BackendOptions options = builder.deletePodAfter(ChronoUnit.FOREVER.getDuration())
                .unschedulableGrace(ChronoUnit.FOREVER.getDuration())
                .activeDeadline(Duration.ofSeconds(Integer.MAX_VALUE))
                .options();

        assertThat(options.keeping().deleteAfter().toNanos()).isPositive();
        assertThat(options.unschedulableGrace().toNanos()).isPositive();
    }

    @Test
    void contradictions_are_refused_when_it_is_built() {
        refused(
                "secretEnv[A]",
                () -> new KubernetesBackendBuilder()
                        .env("A", "1")
                        .secretEnv(Map.of("A", "2"))
                        .build());
        refused(
                "jvmOptions",
                () -> new KubernetesBackendBuilder()
                        .jvmOptions("-Xmx1g")
                        .command(Entrypoint.IMAGE)
                        .build());
    }

    @Test
    void manifest_of_every_kind() throws Exception {
        Path file = Files.writeString(directory.resolve("pod.yaml"), MANIFEST);
        builder.manifest(MANIFEST).build();
        builder.manifest(file).build();
        builder.manifest(new ByteArrayInputStream(MANIFEST.getBytes(StandardCharsets.UTF_8)))
                .build();
        builder.manifest((parent, app) -> parent).build();
        builder.manifest(new PodBuilder()
                        .withNewSpec()
                        .addNewContainer()
                        .endContainer()
                        .endSpec()
                        .build())
                .build();

        builder.manifest("spec: {containers: [{imagee: a}]}");
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("spec.containers[0].imagee: unknown field");
        assertThatThrownBy(() -> builder.manifest(directory.resolve("none.yaml")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none.yaml");
    }

    @Test
    void what_is_built_does_not_change_with_the_builder() {
        BackendOptions options = builder.env("A", "1").labels(Map.of("a", "b")).options();
        builder.env("A", "2").labels(Map.of("c", "d")).gpu(1);

        assertThat(options.pods().env().get(0).getValue()).isEqualTo("1");
        assertThat(options.pods().labels()).containsOnlyKeys("a");
        assertThat(options.pods().limits()).isEmpty();
    }

    @Test
    void shows_no_values() {
        BackendOptions options = builder.env("A", "hidden1")
                .secretEnv(Map.of("B", "hidden2"))
                .command(List.of("java", "hidden3"))
                .options();

        assertThat(options.toString()).doesNotContain("hidden");
    }

    private static void refused(String path, ThrowingCallable call) {
        assertThatThrownBy(call)
                .as(path)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(path + ": ");
    }
}
