package io.flame4j.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.flame4j.FlameException;
import io.flame4j.FlamePool;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.DoctorReport.Outcome;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import io.flame4j.testkit.LeakCheck;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.Fault;
import io.flame4j.testkit.kubernetes.ProcessNode;
import io.flame4j.testkit.kubernetes.Trouble;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The boot of a doctor's runner, on a node that runs pods as processes. */
class DoctorBootTest {

    private static final String NAMESPACE = "shop";
    private static final String USER = "system:serviceaccount:shop:web";
    private static final Duration BOOT = Duration.ofSeconds(90);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final FakeApiServer server = new FakeApiServer();
    private final ProcessNode node =
            ProcessNode.builder(server.client("node")).namespaces(NAMESPACE).start();

    @BeforeEach
    void parent() {
        Pod pod = TestParents.web(NAMESPACE, "web-1", "parent-1");
        server.put(new PodBuilder(pod)
                .editSpec()
                .withServiceAccountName("web")
                .withNodeName("elsewhere")
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .editFirstContainer()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withNewResources()
                .addToRequests("cpu", new Quantity("500m"))
                .addToLimits("memory", new Quantity("512Mi"))
                .endResources()
                .endContainer()
                .endSpec()
                .build());
        server.put(new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build());
        server.put(new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("compute")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .addToHard("requests.cpu", new Quantity("8"))
                .addToHard("limits.memory", new Quantity("8Gi"))
                .endSpec()
                .withNewStatus()
                .addToUsed("requests.cpu", new Quantity("2"))
                .addToUsed("limits.memory", new Quantity("1Gi"))
                .endStatus()
                .build());
    }

    @AfterEach
    void close() {
        node.close();
        server.close();
    }

    @Test
    void report_of_a_healthy_parent_is_that_of_the_documentation() throws Exception {
        DoctorReport report = examine(options -> {});

        assertThat(report.isHealthy()).as(report::toString).isTrue();
        assertThat(pods()).extracting(pod -> pod.getMetadata().getName()).containsExactly("web-1");
        assertThat(withoutWhatVaries(report.toString())).isEqualTo(withoutWhatVaries(documented()));
    }

    @Test
    void image_that_cannot_be_pulled() throws Exception {
        try (Trouble trouble = node.failImagePulls(
                runners(),
                "rpc error: code = NotFound desc = failed to resolve"
                        + " reference \"registry.example/web:7\": not found")) {
            DoctorReport report = examine(options -> {});

            assertThat(trouble.hits()).isPositive();
            assertThat(find(report, "Scheduled").outcome()).isEqualTo(Outcome.GOOD);
            assertThat(find(report, "Started").outcome()).isEqualTo(Outcome.BAD);
            assertThat(find(report, "Started").details())
                    .contains("cannot pull the image registry.example/web:7")
                    .contains("Check the image's name and tag");
            assertThat(find(report, "Connected").outcome()).isEqualTo(Outcome.SKIPPED);
            assertThat(find(report, "Removed").outcome()).isEqualTo(Outcome.GOOD);
            assertThat(pods()).hasSize(1);
        }
    }

    @Test
    void the_feed_of_the_trial_may_be_behind_that_of_the_pool() throws Exception {
        node.failImagePulls(runners(), "manifest unknown");
        Fault behind = server.holdWhen(request -> request.is("watch", "pods")
                && request.parameters().getOrDefault("labelSelector", "").startsWith("flame4j.io/pool="));
        FutureTask<DoctorReport> examination = new FutureTask<>(() -> examine(options -> {}));
        Thread examiner = new Thread(examination, "examiner");
        examiner.start();
        // The pool's feed has told of the failed boot, and of the end of its pod.
        await().atMost(BOOT).until(() -> behind.hits() > 0 && server.count("delete", "pods") > 0 && pods().size() == 1);
        behind.end();

        DoctorReport report = examination.get();

        examiner.join();
        assertThat(find(report, "Pod created").outcome()).isEqualTo(Outcome.GOOD);
        assertThat(find(report, "Scheduled").outcome()).isEqualTo(Outcome.GOOD);
        assertThat(find(report, "Started").outcome()).isEqualTo(Outcome.BAD);
        assertThat(find(report, "Started").details()).contains("manifest unknown");
        assertThat(find(report, "Removed").outcome()).isEqualTo(Outcome.GOOD);
    }

    @Test
    void runner_that_does_not_reach_its_parent() throws Exception {
        // Of a net for documentation: nobody has it.
        DoctorReport report = examine(options -> options.advertiseAddress("192.0.2.1"), Duration.ofSeconds(10));

        assertThat(find(report, "Address").outcome()).isEqualTo(Outcome.ADVICE);
        Finding connected = find(report, "Connected");
        assertThat(connected.outcome()).isEqualTo(Outcome.BAD);
        assertThat(connected.details()).contains("192.0.2.1").contains("NetworkPolicy");
        assertThat(connected.remedy()).contains("kind: NetworkPolicy", "flame4j.io/owner: web");
        assertThat(find(report, "Removed").outcome()).isEqualTo(Outcome.GOOD);
    }

    @Test
    void port_that_pools_of_this_process_listen_at_is_shared() throws Exception {
        Listening listening = listen();
        try (FlamePool pool = listening.pool()) {
            assertThat(pool.name()).isEqualTo("web");

            DoctorReport report = Doctor.examineAndBoot(listening.backend(), BOOT);

            assertThat(report.isHealthy()).as(report::toString).isTrue();
            assertThat(find(report, "Address").details())
                    .endsWith("pools of this process listen there, which others can share");
        }
    }

    private record Listening(KubernetesBackend backend, FlamePool pool) {}

    /** Takes another port when somebody else was quicker to take that which was free. */
    private Listening listen() throws IOException {
        while (true) {
            KubernetesBackend backend = builder().port(freePort()).build();
            try {
                return new Listening(
                        backend, FlamePool.builder("web").backend(backend).build());
            } catch (FlameException e) {
                if (!(e.getCause() instanceof BindException)) {
                    throw e;
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void no_boot_where_it_cannot_work() throws Exception {
        server.failWhen(
                request -> request.is("delete", "pods") && request.user().equals(USER), 403, "no");

        DoctorReport report = examine(options -> {});

        assertThat(find(report, "Boot").details()).isEqualTo("not tried because of: Rights");
        assertThat(pods()).hasSize(1);
    }

    // ---- the parts

    private DoctorReport examine(Consumer<KubernetesBackendBuilder> choices) throws InterruptedException {
        return examine(choices, BOOT);
    }

    private DoctorReport examine(Consumer<KubernetesBackendBuilder> choices, Duration bootTimeout)
            throws InterruptedException {
        KubernetesBackendBuilder builder = builder();
        choices.accept(builder);
        DoctorReport report = Doctor.examineAndBoot(builder.build(), bootTimeout);
        assertThat(report.findings())
                .filteredOn(finding -> finding.outcome() == Outcome.BAD)
                .allSatisfy(finding ->
                        assertThat(finding.remedy()).as(finding.check()).isNotBlank());
        return report;
    }

    private KubernetesBackendBuilder builder() {
        return KubernetesBackend.builder()
                .client(server.client(USER))
                .jvmOptions("-Xmx64m")
                .surroundings(new Surroundings(
                        Map.of("POD_NAME", "web-1", "POD_NAMESPACE", NAMESPACE, "POD_IP", "127.0.0.1"),
                        Path.of("/does/not/exist"),
                        "web-1",
                        null));
    }

    private static Predicate<Pod> runners() {
        return pod -> pod.getMetadata().getLabels().containsKey("flame4j.io/runner");
    }

    private List<Pod> pods() {
        return server.client().pods().inNamespace(NAMESPACE).list().getItems();
    }

    private static Finding find(DoctorReport report, String check) {
        return report.findings().stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + check + " in\n" + report));
    }

    private static String documented() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "kubernetes.md"));
        Matcher sample = Pattern.compile("<!-- output: doctor -->\n```text\n(.*?)```", Pattern.DOTALL)
                .matcher(page);
        assertThat(sample.find()).isTrue();
        return sample.group(1);
    }

    /** Lines are broken elsewhere when what varies has another length. */
    private static String withoutWhatVaries(String report) {
        return report.replaceAll("\\s+", " ")
                .replaceAll("v1\\.\\d+\\.\\d+ at \\S+,", "VERSION at URL,")
                .replaceAll("\\d+ ms", "N ms")
                .replaceAll("web-\\w+(-\\w+)*-flame-\\w+", "RUNNER")
                .replaceAll("to node \\S+", "to NODE")
                .replaceAll("\\d+\\.\\d+\\.\\d+\\.\\d+, (any free port|port \\d+)", "ADDRESS, PORT")
                .replaceAll("Java \\d+, \\d+ processors, heap of \\d+ MiB", "JVM")
                .strip();
    }
}
