package io.flame4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart, rendered by Helm itself. */
class ChartTest {

    private static final Path CHART = DeployFilesTest.DEPLOY.resolve(Path.of("helm", "flame4j-app"));

    @TempDir
    Path directory;

    private List<HasMetadata> render(String values) throws IOException {
        String rendered = new Helm(CHART)
                .template()
                .withName("shop")
                .withNamespace("apps")
                .withValuesFile(Files.writeString(directory.resolve("values.yaml"), values))
                .call();
        return StrictYaml.parse(rendered);
    }

    private static <T extends HasMetadata> List<T> of(List<HasMetadata> objects, Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static <T extends HasMetadata> T only(List<HasMetadata> objects, Class<T> type) {
        assertThat(of(objects, type)).hasSize(1);
        return of(objects, type).get(0);
    }

    private static PodSpec podOf(List<HasMetadata> objects) {
        return only(objects, Deployment.class).getSpec().getTemplate().getSpec();
    }

    @Test
    void passesLint() {
        LintResult result = new Helm(CHART).lint().strict().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("[WARNING]"));
    }

    @Test
    void hasSafeDefaults() throws IOException {
        List<HasMetadata> objects = render("{}");

        assertThat(objects).hasSize(7).allSatisfy(object -> {
            assertThat(object.getMetadata().getNamespace()).isEqualTo("apps");
            assertThat(object.getMetadata().getName()).startsWith("shop-flame4j-app");
        });
        Restricted.check(podOf(objects));
        NetworkPolicies.check(only(objects, Deployment.class), of(objects, NetworkPolicy.class), List.of(4711));
        assertThat(only(objects, Role.class).getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getResources()).containsExactly("pods");
            assertThat(rule.getVerbs()).containsExactly("create", "get", "list", "delete", "patch", "watch");
        });
        RoleBinding binding = only(objects, RoleBinding.class);
        assertThat(binding.getRoleRef().getName())
                .isEqualTo(only(objects, Role.class).getMetadata().getName());
        assertThat(binding.getSubjects()).singleElement().satisfies(subject -> {
            assertThat(subject.getName()).isEqualTo(podOf(objects).getServiceAccountName());
            assertThat(subject.getNamespace()).isEqualTo("apps");
        });
    }

    @Test
    void givesWhatThePlainFilesGive() throws IOException {
        List<HasMetadata> plain = StrictYaml.parse(
                Files.readString(DeployFilesTest.DEPLOY.resolve(Path.of("kubernetes", "deployment.yaml"))));

        PodSpec chart =
                podOf(render("fullnameOverride: thumbnails\nimage: {repository: flame4j-thumbnails, tag: dev}"));

        chart.getContainers().get(0).setImage("flame4j-thumbnails");
        chart.getContainers().get(0).getPorts().get(1).setName("flame");
        assertThat(chart).isEqualTo(podOf(plain));
    }

    @Test
    void givesEachPoolItsPort() throws IOException {
        List<HasMetadata> objects = render("""
                pools:
                  - {name: thumbnails, port: 4711}
                  - {name: video-cuts, port: 4712}
                """);

        NetworkPolicies.check(only(objects, Deployment.class), of(objects, NetworkPolicy.class), List.of(4711, 4712));
        assertThat(podOf(objects).getContainers().get(0).getEnv())
                .filteredOn(variable -> variable.getName().startsWith("FLAME_PORT_"))
                .extracting(EnvVar::getName, EnvVar::getValue)
                .map(tuple -> tuple.toList())
                .containsExactly(List.of("FLAME_PORT_THUMBNAILS", "4711"), List.of("FLAME_PORT_VIDEO_CUTS", "4712"));
    }

    @Test
    void givesTheRightsThatAreAskedFor() throws IOException {
        List<HasMetadata> objects = render("""
                rbac:
                  watch: false
                  podLogs: true
                  secrets: true
                  claims: true
                  extraRules:
                    - {apiGroups: [""], resources: [configmaps], verbs: [get]}
                """);

        List<PolicyRule> rules = only(objects, Role.class).getRules();
        assertThat(rules)
                .extracting(rule -> String.join(",", rule.getResources()) + ": " + String.join(",", rule.getVerbs()))
                .containsExactly(
                        "pods: create,get,list,delete,patch",
                        "pods/log: get",
                        "secrets: create,delete",
                        "persistentvolumeclaims: get",
                        "configmaps: get");
    }

    @Test
    void leavesOutWhatIsSwitchedOff() throws IOException {
        List<HasMetadata> objects = render("""
                rbac: {create: false}
                serviceAccount: {create: false, name: existing}
                networkPolicy: {enabled: false}
                http: {enabled: false}
                """);

        assertThat(objects).singleElement().isInstanceOf(Deployment.class);
        assertThat(podOf(objects).getServiceAccountName()).isEqualTo("existing");
        assertThat(podOf(objects).getContainers().get(0).getReadinessProbe()).isNull();
    }

    @Test
    void takesEveryValue() throws IOException {
        List<HasMetadata> objects = render("""
                fullnameOverride: shop
                replicaCount: 3
                image: {repository: registry.example/shop, digest: "sha256:%s"}
                imagePullSecrets: [{name: registry}]
                command: [java]
                args: [-jar, shop.jar]
                http: {port: 9000, probes: {startup: "", liveness: /live, readiness: /ready}}
                service: {type: NodePort, port: 8000, annotations: {a: b}}
                env: [{name: MODE, value: fast}]
                envFrom: [{configMapRef: {name: shop}}]
                volumes: [{name: data, configMap: {name: shop}}]
                volumeMounts: [{name: data, mountPath: /data}]
                serviceAccount: {annotations: {role: shop}}
                networkPolicy:
                  httpFrom: [{namespaceSelector: {matchLabels: {team: web}}}]
                  runnerEgress: [{to: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 5432}]}]
                podAnnotations: {a: b}
                podLabels: {team: shop}
                nodeSelector: {disk: ssd}
                tolerations: [{key: spot, operator: Exists}]
                affinity: {nodeAffinity: {}}
                topologySpreadConstraints:
                  - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}
                priorityClassName: high
                """.formatted("0".repeat(64)));

        PodSpec pod = podOf(objects);
        assertThat(pod.getContainers().get(0).getImage()).isEqualTo("registry.example/shop@sha256:" + "0".repeat(64));
        assertThat(pod.getContainers().get(0).getStartupProbe()).isNull();
        assertThat(pod.getContainers().get(0).getEnv())
                .extracting(EnvVar::getName)
                .contains("MODE");
        assertThat(pod.getVolumes()).hasSize(2);
        assertThat(pod.getTolerations()).hasSize(1);
        assertThat(pod.getPriorityClassName()).isEqualTo("high");
        assertThat(only(objects, Deployment.class).getSpec().getReplicas()).isEqualTo(3);
        assertThat(only(objects, Service.class).getSpec().getPorts().get(0).getPort())
                .isEqualTo(8000);
        assertThat(only(objects, ServiceAccount.class).getMetadata().getAnnotations())
                .isEqualTo(Map.of("role", "shop"));
        assertThat(of(objects, NetworkPolicy.class)
                        .get(0)
                        .getSpec()
                        .getIngress()
                        .get(0)
                        .getFrom())
                .hasSize(1);
        assertThat(of(objects, NetworkPolicy.class).get(1).getSpec().getEgress())
                .hasSize(2);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        for (String values : List.of(
                "rback: {watch: true}",
                "rbac: {wach: true}",
                "pools: [{name: Thumbs, port: 4711}]",
                "pools: [{name: thumbs, port: 0}]",
                "podLabels: {flame4j.io/owner: shop}",
                "env: [{name: POD_IP, value: 10.0.0.1}]",
                "replicaCount: many")) {
            assertThatThrownBy(() -> render(values)).as(values).hasMessageContaining("schema");
        }
    }

    @Test
    void saysHowToGoOn() {
        String output = Helm.install(CHART.toString())
                .clientOnly()
                .dryRun()
                .withName("shop")
                .withNamespace("apps")
                .set("rbac.create", "false")
                .set("networkPolicy.enabled", "false")
                .call()
                .getOutput();

        assertThat(output)
                .contains(
                        "kubectl -n apps rollout status deployment/shop-flame4j-app",
                        "kubectl -n apps get pods -l flame4j.io/owner=shop-flame4j-app --watch",
                        "No Role was made (rbac.create is false)",
                        "No NetworkPolicy was made");
    }
}
