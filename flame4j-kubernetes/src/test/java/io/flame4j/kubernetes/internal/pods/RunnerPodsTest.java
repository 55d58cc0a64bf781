package io.flame4j.kubernetes.internal.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.flame4j.RunnerBootException;
import io.flame4j.kubernetes.Entrypoint;
import io.flame4j.kubernetes.Inherit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One rule at a time; whole pods are in {@link RunnerPodsGoldenTest}. */
class RunnerPodsTest {

    @Test
    void each_forced_field_of_a_manifest_is_named_and_without_effect() {
        Fixture parent = rich();
        parent.options.manifest("""
                metadata:
                  name: a
                  generateName: b
                  namespace: c
                  finalizers: [d]
                  ownerReferences: [{apiVersion: v1, kind: Pod, name: e, uid: f}]
                  labels: {flame4j.io/runner: g, pod-template-hash: h}
                spec:
                  restartPolicy: Always
                  nodeName: node-7
                  containers:
                  - name: app
                    env:
                    - {name: POD_NAME, value: i}
                    - {name: POD_NAMESPACE, value: j}
                    - {name: POD_IP, value: k}
                    - {name: FLAME_PARENT, value: l}
                """);
        RunnerPod runner = parent.build();

        assertThat(runner.warnings().get(0))
                .isEqualTo("The manifest sets what flame4j sets itself, which has no effect: metadata.name,"
                        + " metadata.generateName, metadata.namespace, metadata.ownerReferences, metadata.finalizers,"
                        + " metadata.labels[flame4j.io/runner], metadata.labels[pod-template-hash], spec.restartPolicy,"
                        + " spec.nodeName, spec.containers[0].name, spec.containers[0].env[POD_NAME],"
                        + " spec.containers[0].env[POD_NAMESPACE], spec.containers[0].env[POD_IP],"
                        + " spec.containers[0].env[FLAME_PARENT].");
        assertThat(withoutWarnings(runner)).isEqualTo(withoutWarnings(rich().build()));
    }

    @Test
    void manifest_that_says_what_would_be_anyway_gets_no_warning() {
        Fixture parent = rich();
        parent.options.manifest("{apiVersion: v1, kind: Pod, metadata: {namespace: shop}, spec: {restartPolicy: Never,"
                + " terminationGracePeriodSeconds: 60, containers: [{name: runner}]}}");
        RunnerPod runner = parent.build();

        assertThat(runner.warnings()).isEqualTo(rich().build().warnings());
        assertThat(runner.pod().getSpec().getTerminationGracePeriodSeconds()).isEqualTo(60);
    }

    @Test
    void customize_has_the_last_word_before_the_forced_fields() {
        Fixture parent = rich();
        parent.options
                .env("A", "1")
                .customize(pod -> pod.editSpec()
                        .withRestartPolicy("Always")
                        .withHostname("mine")
                        .editFirstContainer()
                        .withEnv(new EnvVar("A", "2", null), new EnvVar("POD_IP", "x", null))
                        .endContainer()
                        .endSpec());
        RunnerPod runner = parent.build();

        assertThat(runner.pod().getSpec().getHostname()).isEqualTo("mine");
        assertThat(runner.pod().getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat(value(runner, "A")).isEqualTo("2");
        assertThat(runner.warnings())
                .contains("The function given to customize(…) sets what flame4j sets itself, which has no effect:"
                        + " spec.restartPolicy, spec.containers[0].env[POD_IP].");
    }

    @Test
    void precedence_of_variables() {
        Fixture parent = rich();
        parent.options
                .manifest("spec: {containers: [{env: [{name: SELF_URL, value: m}, {name: B, value: m},"
                        + " {name: C, value: $(B)/$(E)}]}]}")
                .env("B", "e")
                .env("D", "$(C)")
                .env("E", "e")
                .env("E", "last");
        RunnerPod runner = parent.build();

        assertThat(value(runner, "SELF_URL")).isEqualTo("m");
        assertThat(value(runner, "B")).isEqualTo("e");
        assertThat(value(runner, "E")).isEqualTo("last");
        List<String> order =
                container(runner).getEnv().stream().map(EnvVar::getName).toList();
        assertThat(order).doesNotHaveDuplicates().startsWith("POD_NAME", "POD_NAMESPACE", "POD_IP", "FLAME_PARENT");
        assertThat(order).containsSubsequence("E", "C", "D").containsSubsequence("B", "C");
    }

    @Test
    void secret_variables_win_and_take_the_token_with_them() {
        Fixture parent = rich();
        parent.options
                .manifest("spec: {containers: [{env: [{name: KEY, value: m}]}]}")
                .secretEnv(Map.of("KEY", "s3"));
        RunnerPod runner = parent.build();

        assertThat(runner.secret().getStringData())
                .containsEntry("KEY", "s3")
                .containsEntry("FLAME_PARENT_TOKEN", Fixture.TOKEN)
                .hasSize(2);
        assertThat(Fixture.describe(new RunnerPod(runner.pod(), null, List.of())))
                .doesNotContain("s3", Fixture.TOKEN)
                .as("whom to dial is not up to who can create a Secret of that name")
                .contains(Fixture.TICKET);
        Pod created = new PodBuilder(runner.pod())
                .editMetadata()
                .withName("web-flame-x1")
                .withUid("77")
                .endMetadata()
                .build();
        assertThat(RunnerPod.secretOf(runner.secret(), created).getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(List.of(owner.getKind(), owner.getName(), owner.getUid()))
                        .containsExactly("Pod", "web-flame-x1", "77"));
        assertThat(runner.toString() + parent.facts()).doesNotContain("s3", Fixture.TOKEN, "from-the-manifest");
    }

    @Test
    void token_in_a_secret_only_when_asked() {
        assertThat(rich().build().secret()).isNull();

        Fixture parent = rich();
        parent.options.tokenInSecret(true);
        assertThat(parent.build().secret().getStringData()).containsOnlyKeys("FLAME_PARENT_TOKEN");
    }

    @Test
    void nothing_inherited() {
        Fixture parent = rich();
        parent.options.inherit(Set.of());
        assertThatThrownBy(parent::build)
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("has no image");

        parent.options.image("app:1");
        Pod pod = parent.pod();
        assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSpec().getVolumes()).isEmpty();
        assertThat(pod.getSpec().getNodeSelector()).isNullOrEmpty();
        assertThat(pod.getSpec().getContainers().get(0).getEnv())
                .extracting(EnvVar::getName)
                .containsExactly("POD_NAME", "POD_NAMESPACE", "POD_IP", "FLAME_PARENT", "FLAME_PARENT_TOKEN");
    }

    @Test
    void annotations_when_asked() {
        Fixture parent = Fixture.parent("istio");
        parent.options.inherit(Set.of(Inherit.values()));

        assertThat(parent.pod().getMetadata().getAnnotations())
                .containsOnlyKeys("prometheus.io/path", "sidecar.istio.io/nativeSidecar");
    }

    @Test
    void containers_found_by_name_annotation_or_place() {
        Fixture named = rich();
        named.options.appContainer("log-shipper");
        assertThat(named.runner().getImage()).endsWith("fluent-bit:2");

        Fixture wrong = rich();
        wrong.options.appContainer("nope");
        assertThatThrownBy(wrong::build)
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("no container 'nope'")
                .hasMessageContaining("[web, log-shipper]");

        Pod unmarked = new PodBuilder(Fixture.parent("istio").parentPod())
                .editMetadata()
                .withAnnotations(null)
                .endMetadata()
                .build();
        assertThat(Fixture.parent(unmarked).runner().getImage()).endsWith("api:7");
    }

    @Test
    void claim_for_a_single_pod_is_refused_unless_the_manifest_replaces_it() {
        Fixture parent = Fixture.parent("statefulset")
                .claimModes(Map.of("data-index-0", List.of("ReadWriteOncePod"), "shared", List.of("ReadWriteMany")));
        assertThatThrownBy(parent::build)
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        e -> assertThat(e.isPermanent()).isTrue())
                .hasMessageContaining("'data' at /data")
                .hasMessageContaining("ReadWriteOncePod");

        parent.options.manifest("spec: {containers: [{}], volumes: [{name: data, emptyDir: {}}]}");
        assertThat(parent.pod().getSpec().getVolumes())
                .extracting(Volume::getName)
                .contains("data");
        assertThat(parent.runner().getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .contains("/data", "/data/models");
    }

    @Test
    void claim_for_one_node_is_left_out() {
        Fixture parent = Fixture.parent("statefulset").claimModes(Map.of("shared", List.of("ReadWriteOnce")));

        assertThat(parent.runner().getVolumeMounts()).isEmpty();
        assertThat(parent.build().warnings()).anyMatch(warning -> warning.contains("'shared' at /shared is left out"));
    }

    @Test
    void service_account_token_that_the_user_mounts_is_kept() {
        Pod pod = new PodBuilder(Fixture.parent("jib").parentPod())
                .editSpec()
                .editFirstContainer()
                .addNewVolumeMount()
                .withName("own-token")
                .withMountPath("/var/run/secrets/kubernetes.io/serviceaccount")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("own-token")
                .withNewProjected()
                .endProjected()
                .endVolume()
                .endSpec()
                .build();

        assertThat(Fixture.parent(pod).runner().getVolumeMounts()).hasSize(1);
    }

    @Test
    void temporary_directory_of_a_read_only_container() {
        Fixture own = Fixture.parent("restricted");
        own.options.jvmOptions("-Djava.io.tmpdir=/data/tmp");
        assertThat(mountPaths(own)).contains("/data/tmp").doesNotContain("/tmp");

        Fixture mounted = Fixture.parent("restricted");
        mounted.options.manifest("spec: {containers: [{volumeMounts: [{name: t, mountPath: /tmp}]}],"
                + " volumes: [{name: t, emptyDir: {medium: Memory}}]}");
        assertThat(mounted.pod().getSpec().getVolumes())
                .extracting(Volume::getName)
                .containsExactly("agent", "t");

        Fixture writable = Fixture.parent("restricted");
        writable.options.manifest("spec: {containers: [{securityContext: {readOnlyRootFilesystem: false}}]}");
        assertThat(mountPaths(writable)).doesNotContain("/tmp");
    }

    @Test
    void resources_named_anew_lose_what_they_had() {
        Fixture parent = rich();
        parent.options.manifest("spec: {containers: [{resources: {limits: {memory: 512Mi}}}]}");

        assertThat(parent.runner().getResources().getLimits()).isEqualTo(Map.of("memory", new Quantity("512Mi")));
        assertThat(parent.runner().getResources().getRequests()).containsOnlyKeys("cpu", "ephemeral-storage");
    }

    @Test
    void meshes() {
        Fixture outside = Fixture.parent("istio");
        outside.options.inherit(Inherit.defaultsWithout(Inherit.MESH));
        assertThat(outside.pod().getMetadata().getLabels()).containsEntry("sidecar.istio.io/inject", "false");

        ObjectMeta linkerd =
                Fixture.parent(withContainer("linkerd-proxy")).pod().getMetadata();
        assertThat(linkerd.getAnnotations())
                .containsEntry("linkerd.io/inject", "enabled")
                .containsEntry("config.beta.linkerd.io/proxy-enable-native-sidecar", "true");

        Pod optedOut = new PodBuilder(Fixture.parent("jib").parentPod())
                .editMetadata()
                .addToLabels("sidecar.istio.io/inject", "false")
                .addToAnnotations("linkerd.io/inject", "disabled")
                .endMetadata()
                .build();
        ObjectMeta runner = Fixture.parent(optedOut).pod().getMetadata();
        assertThat(runner.getLabels()).containsEntry("sidecar.istio.io/inject", "false");
        assertThat(runner.getAnnotations()).containsEntry("linkerd.io/inject", "disabled");
    }

    @Test
    void owner_is_the_parent_pod_and_its_controller() {
        OwnerReference owner = rich().pod().getMetadata().getOwnerReferences().get(0);
        assertThat(owner.getKind() + "/" + owner.getName()).isEqualTo("Pod/web-6d4cf56db6-x7k2p");
        assertThat(owner.getController()).isTrue();

        Fixture without = rich();
        without.options.omitOwnerReference(true);
        assertThat(without.pod().getMetadata().getOwnerReferences()).isEmpty();

        Fixture elsewhere = rich();
        elsewhere.options.namespace("runners");
        assertThat(elsewhere.pod().getMetadata().getOwnerReferences()).isEmpty();
        assertThat(elsewhere.pod().getMetadata().getNamespace()).isEqualTo("runners");
        assertThat(elsewhere.build().warnings()).anyMatch(warning -> warning.contains("cannot be owned"));
    }

    @Test
    void labels_of_the_parent_that_the_user_sets_are_told() {
        Fixture parent = rich();
        parent.options.labels(Map.of("app", "web", "tier", "runner"));

        assertThat(parent.build().warnings())
                .anyMatch(warning -> warning.startsWith("Runners have labels [app] with the same values"));
    }

    @Test
    void time_to_end_is_that_of_the_pool() {
        assertThat(rich().shutdownTimeout(Duration.ofMillis(90_500))
                        .pod()
                        .getSpec()
                        .getTerminationGracePeriodSeconds())
                .isEqualTo(96);
    }

    @Test
    void long_names_are_cut() {
        Pod pod = new PodBuilder(Fixture.parent("jib").parentPod())
                .editMetadata()
                .withName("a".repeat(50) + "-" + "b".repeat(100))
                .endMetadata()
                .build();
        ObjectMeta runner = Fixture.parent(pod).pod().getMetadata();

        assertThat(runner.getGenerateName()).isEqualTo("a".repeat(50) + "-flame-");
        assertThat(Syntax.labelValue(runner.getLabels().get(RunnerLabels.PARENT)))
                .isNull();
    }

    @Test
    void manifest_by_function() {
        Fixture parent = rich();
        parent.options.manifest((pod, app) -> {
            app.setImage("changing copies changes nothing");
            return new PodBuilder()
                    .withNewSpec()
                    .withNodeSelector(Map.of("from", pod.getSpec().getNodeName()))
                    .addNewContainer()
                    .withImage(app.getName() + ":1")
                    .endContainer()
                    .endSpec()
                    .build();
        });

        assertThat(parent.runner().getImage()).isEqualTo("web:1");
        assertThat(parent.pod().getSpec().getNodeSelector()).containsEntry("from", "node-7");
    }

    @Test
    void manifest_by_function_that_starts_from_the_parent() {
        Fixture parent = rich();
        parent.options.manifest((pod, app) -> pod);
        ObjectMeta runner = parent.pod().getMetadata();

        assertThat(runner.getLabels()).doesNotContainKey("pod-template-hash");
        assertThat(runner.getUid()).isNull();
        assertThat(runner.getResourceVersion()).isNull();
        assertThat(parent.pod().getSpec().getNodeName()).isNull();
        assertThat(parent.pod().getStatus()).isNull();
    }

    @Test
    void fields_that_are_newer_than_the_client_may_come_from_the_parent() {
        Pod newer = new PodBuilder(Fixture.parent("jib").parentPod())
                .editSpec()
                .editFirstContainer()
                .addToAdditionalProperties("newField", "x")
                .endContainer()
                .endSpec()
                .build();
        Fixture parent = Fixture.parent(newer);
        parent.options.manifest((pod, app) -> pod);
        assertThat(parent.runner().getAdditionalProperties()).containsEntry("newField", "x");

        parent.options.manifest((pod, app) -> {
            pod.getSpec().setAdditionalProperty("newField", "y");
            return pod;
        });
        assertThatThrownBy(parent::build).hasMessageContaining("spec.newField: unknown field");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rich", "istio", "restricted", "gpu", "jib", "buildpack", "statefulset"})
    void labels_of_the_parent_are_not_those_of_a_runner(String name) {
        assertThat(Fixture.parent(name).pod().getMetadata().getLabels().keySet())
                .allMatch(key -> key.startsWith("flame4j.io/")
                        || key.equals("sidecar.istio.io/inject")
                        || key.equals("istio.io/rev"));
    }

    @Test
    void functions_that_fail() {
        Fixture invalid = rich();
        invalid.options.manifest((pod, app) -> new Pod());
        assertThatThrownBy(invalid::build)
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("spec.containers: must have a container");

        Fixture none = Fixture.outsideOfAPod();
        none.options.command(Entrypoint.IMAGE).manifest((pod, app) -> pod);
        assertThatThrownBy(none::build)
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("does not run in one");

        Fixture empty = rich();
        empty.options.customize(pod -> pod.editSpec().withContainers(List.of()).endSpec());
        assertThatThrownBy(empty::build)
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("spec.containers");
    }

    private static Pod withContainer(String name) {
        return new PodBuilder(Fixture.parent("jib").parentPod())
                .editSpec()
                .addNewInitContainer()
                .withName(name)
                .withRestartPolicy("Always")
                .endInitContainer()
                .endSpec()
                .build();
    }

    private static Fixture rich() {
        return Fixture.parent("rich").claimModes(Map.of("pictures", List.of("ReadWriteMany")));
    }

    private static String withoutWarnings(RunnerPod runner) {
        return Fixture.describe(new RunnerPod(runner.pod(), runner.secret(), List.of()));
    }

    private static Container container(RunnerPod runner) {
        return runner.pod().getSpec().getContainers().get(0);
    }

    private static String value(RunnerPod runner, String name) {
        return container(runner).getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static List<String> mountPaths(Fixture parent) {
        return parent.runner().getVolumeMounts().stream()
                .map(VolumeMount::getMountPath)
                .toList();
    }
}
