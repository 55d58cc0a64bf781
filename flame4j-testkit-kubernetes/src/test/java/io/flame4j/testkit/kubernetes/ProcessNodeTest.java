package io.flame4j.testkit.kubernetes;

import static io.flame4j.testkit.kubernetes.PodFixtures.NS;
import static io.flame4j.testkit.kubernetes.PodFixtures.SERVE;
import static io.flame4j.testkit.kubernetes.PodFixtures.STUBBORN;
import static io.flame4j.testkit.kubernetes.PodFixtures.awaitGone;
import static io.flame4j.testkit.kubernetes.PodFixtures.awaitPhase;
import static io.flame4j.testkit.kubernetes.PodFixtures.awaitWaiting;
import static io.flame4j.testkit.kubernetes.PodFixtures.condition;
import static io.flame4j.testkit.kubernetes.PodFixtures.create;
import static io.flame4j.testkit.kubernetes.PodFixtures.get;
import static io.flame4j.testkit.kubernetes.PodFixtures.pod;
import static io.flame4j.testkit.kubernetes.PodFixtures.shell;
import static io.flame4j.testkit.kubernetes.PodFixtures.state;
import static io.flame4j.testkit.kubernetes.PodFixtures.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.flame4j.testkit.LeakCheck;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ProcessNodeTest {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @TempDir
    Path temp;

    private final FakeApiServer server = new FakeApiServer();
    private final KubernetesClient client = server.client();
    private final ProcessNode node = builder().start();

    private ProcessNodeBuilder builder() {
        return ProcessNode.builder(server.client("node"))
                .retryEvery(Duration.ofMillis(50))
                .restartBackOff(Duration.ofMillis(100))
                .heartbeat(null);
    }

    @AfterEach
    void close() {
        node.close();
        server.close();
    }

    private void awaitReady(String name) {
        await(name + " runs")
                .until(() -> !node.pods().isEmpty() && node.logs(name).contains("ready"));
    }

    @Test
    void runs_a_pod_to_its_end() {
        create(client, shell("a", "echo hello; echo oops >&2"));
        Pod done = awaitPhase(client, "a", "Succeeded");
        assertThat(done.getSpec().getNodeName()).isEqualTo("process-node");
        assertThat(done.getStatus().getHostIP()).isEqualTo("127.0.0.1");
        assertThat(done.getStatus().getPodIP()).startsWith("127.0.1.");
        assertThat(done.getStatus().getPodIPs())
                .singleElement()
                .satisfies(
                        ip -> assertThat(ip.getIp()).isEqualTo(done.getStatus().getPodIP()));
        assertThat(done.getStatus().getStartTime()).isNotEmpty();
        assertThat(state(done).getTerminated()).satisfies(end -> {
            assertThat(end.getExitCode()).isZero();
            assertThat(end.getReason()).isEqualTo("Completed");
            assertThat(end.getStartedAt()).isNotEmpty();
            assertThat(end.getFinishedAt()).isNotEmpty();
        });
        assertThat(condition(done, "Ready").getStatus()).isEqualTo("False");
        assertThat(condition(done, "Ready").getReason()).isEqualTo("PodCompleted");
        assertThat(node.logs("a")).isEqualTo("hello\noops\n");
        assertThat(node.pods()).isEmpty();
        assertThat(server.count(request -> request.user().equals("node") && request.is("create", "pods/binding")))
                .isEqualTo(1);
    }

    @Test
    void tells_that_a_pod_runs_and_how_it_has_failed() {
        create(client, shell("a", SERVE));
        Pod running = awaitPhase(client, "a", "Running");
        assertThat(state(running).getRunning().getStartedAt()).isNotEmpty();
        assertThat(status(running).getReady()).isTrue();
        assertThat(status(running).getStarted()).isTrue();
        assertThat(status(running).getRestartCount()).isZero();
        for (String type : List.of("PodScheduled", "Initialized", "ContainersReady", "Ready")) {
            assertThat(condition(running, type).getStatus()).as(type).isEqualTo("True");
        }
        awaitReady("a");
        node.process("a").orElseThrow().destroy();
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(state(failed).getTerminated().getExitCode()).isEqualTo(3);
        assertThat(state(failed).getTerminated().getReason()).isEqualTo("Error");
        assertThat(node.process("a")).isEmpty();
    }

    @Test
    void tells_which_signal_has_killed_a_container() {
        create(client, shell("a", SERVE));
        awaitReady("a");
        assertThat(node.kill(ProcessNode.named("a"))).isEqualTo(1);
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(state(failed).getTerminated().getExitCode()).isEqualTo(137);
        assertThat(state(failed).getTerminated().getReason()).isEqualTo("Error");
    }

    @Test
    void resolves_the_environment_and_nothing_else() {
        client.secrets()
                .inNamespace(NS)
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("s")
                        .endMetadata()
                        .withData(Map.of("token", "c2VjcmV0"))
                        .build())
                .create();
        Pod pod = new PodBuilder(pod("a", "sh", "-c", "echo $(WHO) $UNSEEN; env; pwd"))
                .editSpec()
                .withServiceAccountName("builder")
                .editContainer(0)
                .withWorkingDir(temp.toString())
                .addNewEnv()
                .withName("IP")
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath("status.podIP")
                .endFieldRef()
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("TOKEN")
                .withNewValueFrom()
                .withNewSecretKeyRef("token", "s", false)
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("WHO")
                .withValue("me-at-$(IP)")
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
        create(client, pod);
        String ip = awaitPhase(client, "a", "Succeeded").getStatus().getPodIP();
        List<String> lines = node.logs("a").lines().toList();
        assertThat(lines.get(0)).isEqualTo("me-at-" + ip);
        assertThat(lines).contains("TOKEN=secret", "IP=" + ip, "HOSTNAME=a", temp.toString());
        assertThat(lines.stream().filter(line -> line.contains("=")).map(line -> line.replaceAll("=.*", "")))
                .isSubsetOf(
                        "PATH",
                        "HOME",
                        "JAVA_HOME",
                        "HOSTNAME",
                        "IP",
                        "TOKEN",
                        "WHO",
                        "PWD",
                        "OLDPWD",
                        "SHLVL",
                        "_",
                        "FLAME4J_TESTKIT_CONTAINER");
    }

    @Test
    void waits_for_a_secret_that_comes_later() {
        Pod pod = new PodBuilder(shell("a", "echo $T"))
                .editSpec()
                .editContainer(0)
                .addNewEnv()
                .withName("T")
                .withNewValueFrom()
                .withNewSecretKeyRef("t", "late", false)
                .endValueFrom()
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
        create(client, pod);
        Pod waiting = awaitWaiting(client, "a", "CreateContainerConfigError");
        assertThat(waiting.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(state(waiting).getWaiting().getMessage()).isEqualTo("secret \"late\" not found");
        client.secrets()
                .inNamespace(NS)
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("late")
                        .endMetadata()
                        .withData(Map.of("t", "b2s="))
                        .build())
                .create();
        awaitPhase(client, "a", "Succeeded");
        assertThat(node.logs("a")).isEqualTo("ok\n");
    }

    @Test
    void a_program_that_is_not_there_fails_the_pod() {
        create(client, pod("a", "/no/such/program"));
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(state(failed).getTerminated().getReason()).isEqualTo("StartError");
        assertThat(state(failed).getTerminated().getExitCode()).isEqualTo(128);
        assertThat(state(failed).getTerminated().getMessage()).contains("/no/such/program");
    }

    @Test
    void a_deleted_pod_is_asked_to_end_and_goes_then() {
        create(client, shell("a", SERVE));
        awaitReady("a");
        ProcessHandle process = node.process("a").orElseThrow();
        Trouble held = node.holdSigterm(ProcessNode.named("a"));
        client.pods().inNamespace(NS).withName("a").delete();
        await().until(() -> held.hits() == 1);
        assertThat(get(client, "a").getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(process.isAlive()).isTrue();
        held.end();
        awaitGone(client, "a");
        assertThat(process.isAlive()).isFalse();
        assertThat(node.logs("a")).isEqualTo("ready\nbye\n");
    }

    @Test
    void a_pod_that_does_not_end_is_killed_after_its_grace_period() {
        create(client, shell("a", STUBBORN));
        awaitReady("a");
        client.pods().inNamespace(NS).withName("a").withGracePeriod(1).delete();
        awaitGone(client, "a");
        assertThat(node.process("a")).isEmpty();
    }

    @Test
    void a_deletion_can_be_made_faster() {
        create(client, shell("a", STUBBORN));
        awaitReady("a");
        client.pods().inNamespace(NS).withName("a").withGracePeriod(3600).delete();
        client.pods().inNamespace(NS).withName("a").withGracePeriod(1).delete();
        awaitGone(client, "a");
    }

    @Test
    void a_pod_that_was_never_started_goes_at_once() {
        node.holdStart(pod -> true);
        create(client, shell("a", SERVE));
        awaitWaiting(client, "a", "ContainerCreating");
        client.pods().inNamespace(NS).withName("a").delete();
        awaitGone(client, "a");
    }

    @Test
    void processes_of_processes_end_with_the_pod() throws Exception {
        Path pid = temp.resolve("pid");
        create(client, shell("a", "(trap '' TERM; while :; do sleep 0.05; done) & echo $! > " + pid + "; exit 0"));
        awaitPhase(client, "a", "Succeeded");
        long child = Long.parseLong(Files.readString(pid).trim());
        await().until(() -> !LeakCheck.isRunning(child));
    }

    @Test
    void restarts_a_container_that_is_always_to_run() throws Exception {
        Path count = temp.resolve("count");
        String script = "echo x >> " + count + "; [ $(wc -l < " + count + ") -gt 3 ] || exit 7; " + SERVE;
        Pod pod = new PodBuilder(shell("a", script))
                .editSpec()
                .withRestartPolicy("Always")
                .endSpec()
                .build();
        create(client, pod);
        // The node tells that it runs before the script has written anything.
        awaitReady("a");
        Pod running = PodFixtures.await(
                client,
                "a",
                p -> p.getStatus() != null
                        && !p.getStatus().getContainerStatuses().isEmpty()
                        && status(p).getRestartCount() == 3
                        && state(p).getRunning() != null);
        assertThat(running.getStatus().getPhase()).isEqualTo("Running");
        assertThat(status(running).getLastState().getTerminated().getExitCode()).isEqualTo(7);
        assertThat(Files.readAllLines(count)).hasSize(4);
    }

    @Test
    void init_containers_run_one_after_the_other_and_sidecars_beside() {
        Pod pod = new PodBuilder(shell("a", "cat " + temp + "/out; echo main"))
                .editSpec()
                .addNewInitContainer()
                .withName("first")
                .withCommand("sh", "-c", "echo 1 >> " + temp + "/out")
                .endInitContainer()
                .addNewInitContainer()
                .withName("sidecar")
                .withRestartPolicy("Always")
                // Last, since the pod may end as soon as that is written.
                .withCommand("sh", "-c", SERVE.replace("echo ready;", "echo ready; echo side >> " + temp + "/out;"))
                .endInitContainer()
                .addNewInitContainer()
                .withName("second")
                .withCommand(
                        "sh",
                        "-c",
                        "while ! grep -q side " + temp + "/out; do sleep 0.05; done; echo 2 >> " + temp + "/out")
                .endInitContainer()
                .endSpec()
                .build();
        create(client, pod);
        Pod done = awaitPhase(client, "a", "Succeeded");
        assertThat(node.logs("a")).isEqualTo("1\nside\n2\nmain\n");
        assertThat(done.getStatus().getInitContainerStatuses())
                .hasSize(3)
                .allSatisfy(
                        status -> assertThat(status.getState().getTerminated()).isNotNull());
        assertThat(node.logs(NS, "a", "sidecar")).isEqualTo("ready\nbye\n");
    }

    @Test
    void a_failed_init_container_fails_the_pod() {
        Pod pod = new PodBuilder(shell("a", "echo main"))
                .editSpec()
                .addNewInitContainer()
                .withName("first")
                .withCommand("sh", "-c", "exit 4")
                .endInitContainer()
                .endSpec()
                .build();
        create(client, pod);
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(condition(failed, "Initialized").getStatus()).isEqualTo("False");
        assertThat(state(failed).getWaiting().getReason()).isEqualTo("PodInitializing");
        assertThat(node.logs("a")).isEmpty();
    }

    @Test
    void a_container_beside_without_a_command_keeps_the_pod_alive() {
        Pod pod = new PodBuilder(shell("a", "echo done"))
                .editSpec()
                .addNewContainer()
                .withName("proxy")
                .withImage("mesh/proxy")
                .endContainer()
                .endSpec()
                .build();
        create(client, pod);
        // Which of the two starts first is not said.
        Pod running = PodFixtures.await(
                client,
                "a",
                p -> p.getStatus() != null
                        && p.getStatus().getContainerStatuses().size() == 2
                        && state(p).getTerminated() != null
                        && p.getStatus()
                                        .getContainerStatuses()
                                        .get(1)
                                        .getState()
                                        .getRunning()
                                != null);
        assertThat(running.getStatus().getPhase()).isEqualTo("Running");
        client.pods().inNamespace(NS).withName("a").delete();
        awaitGone(client, "a");
    }

    @Test
    void a_pod_may_not_take_longer_than_its_deadline() {
        create(
                client,
                new PodBuilder(shell("a", SERVE))
                        .editSpec()
                        // Enough for the script to begin to listen.
                        .withActiveDeadlineSeconds(15L)
                        .endSpec()
                        .build());
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(failed.getStatus().getReason()).isEqualTo("DeadlineExceeded");
        assertThat(state(failed).getTerminated().getExitCode()).isEqualTo(3);
    }

    @Test
    void takes_only_what_is_for_it() {
        try (ProcessNode second = builder()
                .name("second")
                .acceptUnscheduled(false)
                .podNetwork("127.0.2")
                .start()) {
            create(
                    client,
                    new PodBuilder(shell("b", "echo 2"))
                            .editSpec()
                            .withNodeName("second")
                            .endSpec()
                            .build());
            create(
                    client,
                    new PodBuilder(shell("c", "echo 3"))
                            .editSpec()
                            .withNodeName("elsewhere")
                            .endSpec()
                            .build());
            create(client, shell("a", "echo 1"));
            awaitPhase(client, "a", "Succeeded");
            Pod done = awaitPhase(client, "b", "Succeeded");
            assertThat(done.getStatus().getPodIP()).startsWith("127.0.2.");
            assertThat(second.logs("b")).isEqualTo("2\n");
            assertThat(get(client, "c").getStatus().getPhase()).isEqualTo("Pending");
        }
        assertThat(client.nodes().withName("second").get()).isNull();
        assertThat(client.nodes().withName("process-node").get()).isNotNull();
    }

    @Test
    void goes_on_after_the_api_server_was_away() {
        create(client, shell("a", SERVE));
        awaitReady("a");
        server.stop();
        node.process("a").orElseThrow().destroy();
        await().until(() -> node.pods().isEmpty());
        server.start();
        awaitPhase(client, "a", "Failed");
        create(client, shell("b", "echo 1"));
        awaitPhase(client, "b", "Succeeded");
    }

    @Test
    void can_be_closed_after_the_api_server() {
        create(client, shell("a", SERVE));
        awaitReady("a");
        ProcessHandle process = node.process("a").orElseThrow();
        server.close();
        node.close();
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void runs_many_pods_at_a_time() {
        int count = 40;
        for (int i = 0; i < count; i++) {
            create(client, shell("p" + i, "echo $HOSTNAME"));
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> client.pods().inNamespace(NS).list().getItems().stream()
                                .filter(pod ->
                                        "Succeeded".equals(pod.getStatus().getPhase()))
                                .count()
                        == count);
        assertThat(client.pods().inNamespace(NS).list().getItems())
                .extracting(pod -> pod.getStatus().getPodIP())
                .doesNotHaveDuplicates();
        assertThat(node.logs("p7")).isEqualTo("p7\n");
    }

    @Test
    void kills_what_runs_when_it_is_closed() {
        create(client, shell("a", STUBBORN));
        awaitReady("a");
        awaitPhase(client, "a", "Running");
        ProcessHandle process = node.process("a").orElseThrow();
        node.close();
        assertThat(process.isAlive()).isFalse();
        assertThat(get(client, "a").getStatus().getPhase()).isEqualTo("Running");
    }

    @Test
    void gives_a_pod_the_files_of_its_service_account() throws Exception {
        try (ProcessNode second = builder()
                .name("second")
                .acceptUnscheduled(false)
                .podNetwork("127.0.2")
                .serviceAccountFiles("ACCOUNT")
                .env("TOKEN_FILE", "$(ACCOUNT)/token")
                .start()) {
            Pod pod = new PodBuilder(shell("a", "cat $ACCOUNT/namespace; echo; echo $TOKEN_FILE; " + SERVE))
                    .editSpec()
                    .withNodeName("second")
                    .withServiceAccountName("app")
                    .endSpec()
                    .build();
            create(client, pod);
            await().until(() -> !second.pods().isEmpty() && second.logs("a").contains("ready"));
            List<String> lines = second.logs("a").lines().toList();
            assertThat(lines.get(0)).isEqualTo(NS);
            Path file = Path.of(lines.get(1));
            String token = Files.readString(file);
            assertThat(userOf(token)).isEqualTo("system:serviceaccount:default:app");
            server.revokeTokens();
            second.renewTokens();
            assertThat(Files.readString(file)).isNotEqualTo(token);
            assertThat(userOf(Files.readString(file))).isEqualTo("system:serviceaccount:default:app");
        }
    }

    private String userOf(String token) {
        try (KubernetesClient holder = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(server.url())
                        .withOauthToken(token)
                        .build())
                .build()) {
            holder.pods().inNamespace(NS).list();
        }
        return server.requests().stream()
                .filter(request -> request.is("list", "pods"))
                .reduce((first, last) -> last)
                .orElseThrow()
                .user();
    }

    @Test
    void serves_logs_as_a_kubelet_does() throws Exception {
        try (ProcessNode second = builder()
                .name("second")
                .acceptUnscheduled(false)
                .podNetwork("127.0.2")
                .serveLogs(true)
                .start()) {
            create(
                    client,
                    new PodBuilder(shell("a", "echo 1; echo 2; echo 3"))
                            .editSpec()
                            .withNodeName("second")
                            .endSpec()
                            .build());
            awaitPhase(client, "a", "Succeeded");
            int port = client.nodes()
                    .withName("second")
                    .get()
                    .getStatus()
                    .getDaemonEndpoints()
                    .getKubeletEndpoint()
                    .getPort();
            String logs = "https://127.0.0.1:" + port + "/containerLogs/default/";
            assertThat(fetch(logs + "a/runner?tailLines=2")).isEqualTo("2\n3\n");
            assertThat(fetch(logs + "a/runner")).isEqualTo("1\n2\n3\n");
            assertThat(fetch(logs + "b/runner")).isEqualTo("not found");
        }
    }

    private static String fetch(String url) throws Exception {
        HttpsURLConnection connection =
                (HttpsURLConnection) URI.create(url).toURL().openConnection();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        connection.setSSLSocketFactory(context.getSocketFactory());
        try {
            boolean found = connection.getResponseCode() == 200;
            try (InputStream body = found ? connection.getInputStream() : connection.getErrorStream()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        } finally {
            connection.disconnect();
        }
    }

    /** As an API server that was not told who signs the certificates of nodes. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
