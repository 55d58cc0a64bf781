package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientsTest {

    private static final Map<String, String> IN_POD =
            Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443");

    @TempDir
    Path directory;

    @AfterEach
    void forgetKubeconfig() {
        System.clearProperty("kubeconfig");
    }

    private static String token(String subject) {
        String claims = Base64.getUrlEncoder()
                .encodeToString(("{\"sub\":\"" + subject + "\"}").getBytes(StandardCharsets.UTF_8));
        return "e30." + claims + ".c2ln";
    }

    private Path kubeconfig(String user) throws IOException {
        return Files.writeString(directory.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters:
                - name: c
                  cluster: {server: "https://cluster.example.com:6443"}
                users:
                - name: jane
                  user: %s
                contexts:
                - name: x
                  context: {cluster: c, user: jane, namespace: dev}
                current-context: x
                """.formatted(user));
    }

    @Test
    void in_a_pod_the_service_account_counts_and_not_a_kubeconfig() throws Exception {
        System.setProperty("kubeconfig", kubeconfig("{token: t}").toString());
        Files.writeString(directory.resolve("token"), token("system:serviceaccount:shop:app") + "\n");
        Files.writeString(directory.resolve("namespace"), "shop\n");
        Files.writeString(directory.resolve("ca.crt"), "a certificate");
        Config config = Clients.config(IN_POD, directory);
        assertThat(config.getMasterUrl()).isEqualTo("https://[fd00::1]:6443/");
        assertThat(config.getNamespace()).isEqualTo("shop");
        assertThat(config.getCaCertFile()).isEqualTo(directory.resolve("ca.crt").toString());
        assertThat(config.getOauthTokenProvider().getToken()).isEqualTo(token("system:serviceaccount:shop:app"));
        assertThat(config.getOauthToken()).isNull();
        assertThat(config.getConnectionTimeout()).isEqualTo(5_000);
        assertThat(config.getRequestTimeout()).isEqualTo(10_000);
        assertThat(config.getUserAgent()).startsWith("flame4j/");
        assertThat(config.isHttp2Disable()).isTrue();
    }

    @Test
    void nothing_of_a_client_is_left_when_it_is_closed_amid_a_request() throws Exception {
        Set<Thread> before = selectors();
        try (FakeApiServer server = new FakeApiServer();
                Fault held = server.holdWhen(request -> request.is("list", "pods"))) {
            Path file = Files.writeString(directory.resolve("config"), server.kubeconfig("jane", "dev"));
            System.setProperty("kubeconfig", file.toString());
            try (KubernetesClient client = Clients.create(Map.of(), directory)) {
                var http = client.getHttpClient();
                http.sendAsync(
                        http.newHttpRequestBuilder()
                                .uri(server.url() + "/api/v1/pods")
                                .build(),
                        String.class);
                await().atMost(Duration.ofSeconds(60)).until(() -> held.hits() == 1);
            }
            server.stop();
        }
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            // The JDK's client ends when it is collected.
            System.gc();
            assertThat(before).containsAll(selectors());
        });
    }

    private static Set<Thread> selectors() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("HttpClient-\\d+-SelectorManager"))
                .collect(Collectors.toSet());
    }

    @Test
    void a_server_is_named_without_what_is_secret_in_its_url() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("https://jane:s3cret@cluster.example.com:6443/")
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            assertThat(Clients.server(client)).isEqualTo("https://cluster.example.com:6443");
        }
    }

    @Test
    void in_a_pod_the_server_is_always_checked() throws Exception {
        Files.writeString(directory.resolve("token"), "t");
        System.setProperty("kubernetes.trust.certificates", "true");
        System.setProperty("kubernetes.disable.hostname.verification", "true");
        try {
            assertThat(Config.autoConfigure(null).isTrustCerts())
                    .as("that the client heeds it")
                    .isTrue();
            Config config = Clients.config(IN_POD, directory);
            assertThat(config.isTrustCerts()).isFalse();
            assertThat(config.isDisableHostnameVerification()).isFalse();
        } finally {
            System.clearProperty("kubernetes.trust.certificates");
            System.clearProperty("kubernetes.disable.hostname.verification");
        }
    }

    @Test
    void proxies_are_those_that_the_client_finds_by_itself() throws Exception {
        Files.writeString(directory.resolve("token"), "t");
        System.setProperty("https.proxy", "http://proxy.example.com:3128");
        System.setProperty("no.proxy", ".svc,10.0.0.0/8");
        try {
            Config config = Clients.config(IN_POD, directory);
            assertThat(config.getHttpsProxy()).isEqualTo("http://proxy.example.com:3128");
            assertThat(config.getNoProxy()).contains(".svc", "10.0.0.0/8");
        } finally {
            System.clearProperty("https.proxy");
            System.clearProperty("no.proxy");
        }
    }

    @Test
    void a_client_is_named_by_the_subject_of_its_token() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("https://10.0.0.1/")
                .withNamespace("shop")
                .withOauthToken(token("system:serviceaccount:shop:app"))
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            assertThat(Clients.identity(client))
                    .isEqualTo(new Identity("service account \"app\" of namespace \"shop\"", "shop"));
        }
    }

    @Test
    void outside_a_cluster_the_kubeconfig_counts() throws Exception {
        System.setProperty("kubeconfig", kubeconfig("{token: opaque}").toString());
        try (KubernetesClient client = Clients.create(Map.of(), directory)) {
            assertThat(client.getMasterUrl()).hasToString("https://cluster.example.com:6443/");
            assertThat(Clients.identity(client)).isEqualTo(new Identity("user \"jane\" of the kubeconfig", "dev"));
        }
    }

    @Test
    void a_client_of_which_nothing_is_known_has_a_name_too() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("https://10.0.0.1/")
                .withOauthToken("a.not-base64!.c")
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            assertThat(Clients.identity(client)).isEqualTo(new Identity("the user of this client", "default"));
        }
    }

    @Test
    void without_a_cluster_it_says_what_to_do() {
        System.setProperty("kubeconfig", directory.resolve("missing").toString());
        assumeThat(System.getenv("KUBECONFIG")).isNull();
        assertThatThrownBy(() -> Clients.create(Map.of(), directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not run in a pod")
                .hasMessageContaining("Set KUBECONFIG");
    }

    @Test
    void a_pod_without_a_token_says_what_to_do() {
        System.setProperty("kubeconfig", directory.resolve("missing").toString());
        assumeThat(System.getenv("KUBECONFIG")).isNull();
        assertThatThrownBy(() -> Clients.create(IN_POD, directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there is no token at " + directory.resolve("token"))
                .hasMessageContaining("automountServiceAccountToken: true");
    }
}
