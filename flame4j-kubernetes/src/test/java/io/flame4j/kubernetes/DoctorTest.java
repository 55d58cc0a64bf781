package io.flame4j.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.DoctorReport.Outcome;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The checks against an API server in memory, without a boot; {@code DoctorBootTest} has that. */
class DoctorTest {

    private static final String NAMESPACE = "shop";
    private static final String USER = "system:serviceaccount:shop:web";

    private final FakeApiServer server = new FakeApiServer();
    private final Map<String, String> variables =
            new HashMap<>(Map.of("POD_NAME", "web-1", "POD_NAMESPACE", NAMESPACE, "POD_IP", "127.0.0.1"));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void healthy() throws Exception {
        parent(pod -> pod);

        DoctorReport report = examine(options -> {});

        assertThat(report.isHealthy()).isTrue();
        assertThat(report.findings())
                .as(report::toString)
                .allSatisfy(finding -> assertThat(finding.outcome()).isIn(Outcome.GOOD, Outcome.SKIPPED));
        assertThat(report.findings())
                .extracting(Finding::check)
                .containsExactly(
                        "API server",
                        "Variables",
                        "Own pod",
                        "Runner pod",
                        "Rights",
                        "Address",
                        "Image",
                        "Pull secrets",
                        "Quota",
                        "Pod Security",
                        "Admission",
                        "Boot");
        assertThat(server.count(request -> request.user().equals(USER)
                        && List.of("delete", "patch", "update").contains(request.verb())))
                .as("nothing is changed")
                .isZero();
        assertThat(server.client().pods().inNamespace(NAMESPACE).list().getItems())
                .hasSize(1);
    }

    @Test
    void right_that_is_needed() throws Exception {
        parent(pod -> pod.editSpec().withServiceAccountName("web").endSpec());
        server.failWhen(request -> request.is("delete", "pods"), 403, "no");
        server.failWhen(request -> request.is("watch", "pods"), 403, "no");

        Finding rights = find(examine(options -> {}), "Rights");

        assertThat(rights.outcome()).isEqualTo(Outcome.BAD);
        assertThat(rights.details())
                .isEqualTo(
                        "may not delete pods in namespace shop; may not watch pods in namespace shop (pods are listed"
                                + " once a second instead)");
        assertThat(rights.remedy()).isEqualTo("""
                        apiVersion: rbac.authorization.k8s.io/v1
                        kind: Role
                        metadata:
                          name: flame4j-runners
                          namespace: shop
                        rules:
                          - apiGroups: [""]
                            resources: [pods]
                            verbs: [get, create, list, delete, patch, watch]
                          - apiGroups: [""]
                            resources: [pods/log]
                            verbs: [get]
                        ---
                        apiVersion: rbac.authorization.k8s.io/v1
                        kind: RoleBinding
                        metadata:
                          name: flame4j-runners
                          namespace: shop
                        roleRef:
                          apiGroup: rbac.authorization.k8s.io
                          kind: Role
                          name: flame4j-runners
                        subjects:
                          - kind: ServiceAccount
                            name: web
                            namespace: shop
                        """);
    }

    @Test
    void right_that_would_be_nice() throws Exception {
        parent(pod -> pod);
        server.failWhen(request -> request.is("get", "pods/log"), 403, "no");

        DoctorReport report = examine(options -> {});

        assertThat(find(report, "Rights").outcome()).isEqualTo(Outcome.ADVICE);
        assertThat(report.isHealthy()).isTrue();
    }

    @Test
    void rights_that_options_need() throws Exception {
        parent(pod -> pod);
        server.failWhen(request -> request.is("create", "secrets"), 403, "no");
        server.failWhen(request -> request.is("patch", "pods"), 403, "no");

        assertThat(find(examine(options -> {}), "Rights").outcome()).isEqualTo(Outcome.ADVICE);
        assertThat(find(examine(options -> options.tokenInSecret(true).keepFailedPods(true)), "Rights")
                        .details())
                .isEqualTo("may not create secrets in namespace shop; may not patch pods in namespace shop"
                        + " (keepFailedPods cannot keep the pods of runners that did not come up, and they are"
                        + " deleted)");
    }

    @Test
    void right_without_which_failed_pods_are_not_kept() throws Exception {
        parent(pod -> pod);
        server.failWhen(request -> request.is("patch", "pods"), 403, "no");

        DoctorReport report = examine(options -> options.keepFailedPods(true));

        assertThat(find(report, "Rights").outcome()).isEqualTo(Outcome.ADVICE);
        assertThat(report.isHealthy()).isTrue();
    }

    @Test
    void rights_in_the_namespace_of_runners() throws Exception {
        parent(pod -> pod);
        server.failWhen(
                request -> request.is("create", "pods") && request.namespace().equals("batch"), 403, "no");

        Finding rights = find(examine(options -> options.namespace("batch")), "Rights");

        assertThat(rights.details()).isEqualTo("may not create pods in namespace batch");
        assertThat(rights.remedy()).contains("namespace: shop").contains("namespace: batch");
    }

    @Test
    void variables_that_are_missing() throws Exception {
        parent(pod -> pod);
        variables.remove("POD_IP");

        Finding found = find(examine(options -> {}), "Variables");

        assertThat(found.outcome()).isEqualTo(Outcome.ADVICE);
        assertThat(found.details()).startsWith("POD_IP not set.");
        assertThat(found.remedy()).contains("""
                env:
                  - name: POD_IP
                    valueFrom:
                      fieldRef:
                        fieldPath: status.podIP
                """);
    }

    @Test
    void own_pod_that_is_not_found() throws Exception {
        DoctorReport report = examine(options -> {});

        assertThat(find(report, "Own pod").details()).contains("namespace shop has no pod 'web-1'");
        assertThat(report.isHealthy()).isFalse();
    }

    @Test
    void outside_of_a_pod() throws Exception {
        variables.clear();

        DoctorReport report = examine(options -> options.image("web:1").namespace(NAMESPACE));

        assertThat(find(report, "Own pod").outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(find(report, "Address").details()).contains("advertiseAddress");
        assertThat(find(
                                examine(options -> options.image("web:1")
                                        .namespace(NAMESPACE)
                                        .advertiseAddress("127.0.0.1")),
                                "Address")
                        .outcome())
                .isEqualTo(Outcome.GOOD);
        assertThat(find(examine(options -> options.namespace(NAMESPACE)), "Runner pod")
                        .details())
                .contains("command(…)");
    }

    @Test
    void port_that_is_taken() throws Exception {
        parent(pod -> pod);
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Finding address = find(examine(options -> options.port(other.getLocalPort())), "Address");

            assertThat(address.outcome()).isEqualTo(Outcome.BAD);
            assertThat(address.details()).startsWith("127.0.0.1, port " + other.getLocalPort() + " is taken");
        }
    }

    @Test
    void image_whose_tag_moves() throws Exception {
        parent(pod -> pod.editSpec()
                .editFirstContainer()
                .withImage("web")
                .endContainer()
                .endSpec());

        Finding image = find(examine(options -> {}), "Image");

        assertThat(image.outcome()).isEqualTo(Outcome.ADVICE);
        assertThat(image.details()).contains("another build once the tag moves");
    }

    @Test
    void image_that_is_not_the_parents() throws Exception {
        parent(pod -> pod);

        Finding image = find(examine(options -> options.image("gpu:2").command(Entrypoint.JVM)), "Image");

        assertThat(image.outcome()).isEqualTo(Outcome.ADVICE);
        assertThat(image.details()).startsWith("gpu:2, but the parent has registry.example/web:7");
    }

    @Test
    void pull_secrets() throws Exception {
        parent(pod -> pod.editSpec()
                .addNewImagePullSecret("there")
                .addNewImagePullSecret("missing")
                .addNewImagePullSecret("opaque")
                .endSpec());
        server.put(secret("there", "kubernetes.io/dockerconfigjson"));
        server.put(secret("opaque", "Opaque"));

        Finding found = find(examine(options -> {}), "Pull secrets");

        assertThat(found.outcome()).isEqualTo(Outcome.BAD);
        assertThat(found.details()).isEqualTo("in namespace shop: missing does not exist; opaque is of type Opaque");
        assertThat(found.remedy()).contains("kind: Secret", "name: missing");
    }

    @Test
    void pull_secrets_that_may_not_be_read() throws Exception {
        parent(pod -> pod.editSpec().addNewImagePullSecret("there").endSpec());
        server.failWhen(request -> request.is("get", "secrets"), 403, "no");

        assertThat(find(examine(options -> {}), "Pull secrets").outcome()).isEqualTo(Outcome.SKIPPED);
    }

    @Test
    void quota_that_is_used_up() throws Exception {
        parent(pod -> pod);
        server.put(new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("compute")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .addToHard(Map.of("pods", quantity("4"), "services", quantity("2")))
                .endSpec()
                .withNewStatus()
                .addToUsed(Map.of("pods", quantity("4"), "services", quantity("2")))
                .endStatus()
                .build());

        DoctorReport report = examine(options -> {});

        Finding quota = find(report, "Quota");
        assertThat(quota.details())
                .isEqualTo("quota compute leaves no room: a runner asks for pods 1, and 4 of 4 are used");
        assertThat(quota.remedy()).contains("pods: \"5\"", "services: \"2\"");
    }

    @Test
    void namespace_with_a_security_level() throws Exception {
        parent(pod -> pod);
        server.put(new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build());

        Finding security = find(examine(options -> {}), "Pod Security");

        assertThat(security.outcome()).isEqualTo(Outcome.BAD);
        assertThat(security.details())
                .startsWith("restricted, against which is: container runner: securityContext.allowPrivilegeEscalation"
                        + " must be false; ");
    }

    @Test
    void pod_that_the_server_refuses() throws Exception {
        parent(pod -> pod);
        server.failWhen(
                request -> request.is("create", "pods"), 400, "admission webhook \"policy.example.com\" denied it");

        Finding admission = find(examine(options -> {}), "Admission");

        assertThat(admission.outcome()).isEqualTo(Outcome.BAD);
        assertThat(admission.details()).contains("policy.example.com");
    }

    @Test
    void server_that_does_not_answer() throws Exception {
        server.failWhen(request -> true, 401, "Unauthorized");

        DoctorReport report = examine(options -> {});

        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.outcome()).isEqualTo(Outcome.BAD);
            assertThat(finding.details()).contains(server.url()).contains("Unauthorized");
        });
    }

    @Test
    void server_that_cannot_be_reached() throws Exception {
        Config impatient = new ConfigBuilder(server.client(USER).getConfiguration())
                .withRequestRetryBackoffLimit(0)
                .build();
        server.stop();

        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(impatient)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build()) {
            DoctorReport report = Doctor.examine(builder().client(client).build());

            assertThat(report.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.details()).startsWith(server.url()));
        }
    }

    @Test
    void server_that_is_too_old_to_know_who_asks() throws Exception {
        parent(pod -> pod);
        server.failWhen(request -> request.is("create", "selfsubjectreviews"), 404, "no such resource");

        assertThat(find(examine(options -> {}), "API server").details()).endsWith("as the user of this client");
    }

    @Test
    void exit_codes_and_arguments() throws Exception {
        parent(pod -> pod);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

        assertThat(Doctor.run(new String[] {"--no-boot"}, builder(), out)).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("✓ Own pod")
                .contains("– Boot");
        assertThat(Doctor.run(new String[] {"--no-boot", "--namespace", "elsewhere"}, builder(), out))
                .isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("in namespace elsewhere");
        variables.put("POD_NAME", "web-9");
        assertThat(Doctor.run(new String[] {"--no-boot"}, builder(), out)).isEqualTo(1);
        assertThat(Doctor.run(new String[] {"--help"}, builder(), out)).isZero();
        assertThat(Doctor.run(new String[] {"--hlep"}, builder(), out)).isEqualTo(2);
        assertThat(Doctor.run(new String[] {"--port", "many"}, builder(), out)).isEqualTo(2);
        assertThat(Doctor.run(new String[] {"--image"}, builder(), out)).isEqualTo(2);
        assertThat(Doctor.run(new String[] {"--boot-timeout", "0"}, builder(), out))
                .isEqualTo(2);
        assertThat(Doctor.run(new String[] {"--command", "java"}, builder(), out))
                .isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("There is no argument --hlep.")
                .contains("Argument --port must be a number, but is 'many'.")
                .contains("Argument --image lacks its value.")
                .contains("Argument --boot-timeout must be at least 1, but is 0.")
                .contains("Argument --command must be one of [");
    }

    @Test
    void boot_that_may_take_no_time() {
        KubernetesBackend backend = builder().build();

        assertThatThrownBy(() -> Doctor.examineAndBoot(backend, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bootTimeout must be positive, but is PT0S");
        assertThat(server.requests()).isEmpty();
    }

    // ---- the parts

    private DoctorReport examine(Consumer<KubernetesBackendBuilder> choices) throws InterruptedException {
        KubernetesBackendBuilder builder = builder();
        choices.accept(builder);
        DoctorReport report = Doctor.examine(builder.build());
        assertThat(report.findings())
                .filteredOn(finding -> finding.outcome() == Outcome.BAD)
                .allSatisfy(finding ->
                        assertThat(finding.remedy()).as(finding.check()).isNotBlank());
        return report;
    }

    private KubernetesBackendBuilder builder() {
        return KubernetesBackend.builder()
                .client(server.client(USER))
                .surroundings(new Surroundings(variables, Path.of("/does/not/exist"), "laptop", null));
    }

    private void parent(UnaryOperator<PodBuilder> change) {
        Pod pod = TestParents.web(NAMESPACE, "web-1", "parent-1");
        server.put(change.apply(new PodBuilder(pod)).build());
    }

    private static Finding find(DoctorReport report, String check) {
        return report.findings().stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + check + " in\n" + report));
    }

    private static Quantity quantity(String text) {
        return new Quantity(text);
    }

    private static Secret secret(String name, String type) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withType(type)
                .build();
    }
}
