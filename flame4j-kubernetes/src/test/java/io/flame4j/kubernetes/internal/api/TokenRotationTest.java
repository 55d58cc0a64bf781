package io.flame4j.kubernetes.internal.api;

import static io.flame4j.kubernetes.internal.api.ApiTests.LABELS;
import static io.flame4j.kubernetes.internal.api.ApiTests.NS;
import static io.flame4j.kubernetes.internal.api.ApiTests.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token that is replaced, and no longer accepted, while pods are created and followed. */
class TokenRotationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final FakeApiServer server = new FakeApiServer();

    @AfterEach
    void close() {
        server.close();
    }

    /** As the kubelet does: another file takes the name. */
    private void write(String token) throws IOException {
        Path next = Files.writeString(directory.resolve("next"), token);
        Files.move(
                next, directory.resolve("token"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void rotate(KubernetesClient client, Rotation rotation) throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        PodFeed.Listener listener = new PodFeed.Listener() {
            @Override
            public void changed(Pod pod) {
                events.add(pod.getMetadata().getLabels().get("flame4j.io/runner"));
            }

            @Override
            public void gone(Pod lastKnown) {}
        };
        Identity identity = new Identity("the tester", NS);
        try (PodApi api = new PodApi(client, identity);
                PodFeed feed = PodFeed.open(client, NS, LABELS, identity, listener)) {
            api.create(pod("r1"), PATIENCE);
            await().untilAsserted(() -> assertThat(events).containsExactly("r1"));
            await().until(() -> server.count("watch", "pods") > 0);
            server.failWhen(request -> request.user().equals("first"), 401, "Unauthorized");
            rotation.rotate();
            server.dropWatches();
            api.create(pod("r2"), PATIENCE);
            await().untilAsserted(() -> assertThat(events).containsExactly("r1", "r2"));
            assertThat(server.requests()).extracting(request -> request.user()).contains("first", "second");
            assertThat(feed.pods()).hasSize(2);
        }
    }

    @Test
    void a_rotated_token_of_a_service_account_is_read_again() throws Exception {
        write("first");
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(server.url())
                .withOauthTokenProvider(new TokenFile(directory.resolve("token")))
                .build();
        try (KubernetesClient client = client(config)) {
            rotate(client, () -> write("second"));
            // The new token was used before anything was rejected.
            assertThat(server.requests())
                    .filteredOn(request -> request.is("create", "pods"))
                    .extracting(request -> request.user())
                    .containsExactly("first", "second");
        }
    }

    @Test
    void a_rotated_token_of_a_kubeconfig_is_read_again_by_the_client() throws Exception {
        Path kubeconfig = directory.resolve("config");
        writeKubeconfig(kubeconfig, "first");
        try (KubernetesClient client = client(Config.fromKubeconfig(kubeconfig.toFile()))) {
            rotate(client, () -> writeKubeconfig(kubeconfig, "second"));
        }
    }

    private void writeKubeconfig(Path file, String token) throws IOException {
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters:
                - name: c
                  cluster: {server: "%s"}
                users:
                - name: jane
                  user: {token: "%s"}
                contexts:
                - name: x
                  context: {cluster: c, user: jane}
                current-context: x
                """.formatted(server.url(), token));
    }

    private interface Rotation {
        void rotate() throws IOException;
    }

    private static KubernetesClient client(Config config) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }

    @Test
    void a_file_that_cannot_be_read_leaves_the_last_token_in_use() throws Exception {
        write("first");
        TokenFile token = new TokenFile(directory.resolve("token"));
        assertThat(token.getToken()).isEqualTo("first");
        Files.delete(directory.resolve("token"));
        assertThat(token.getToken()).isEqualTo("first");
        write("");
        assertThat(token.getToken()).isEqualTo("first");
        write("second\n");
        assertThat(token.getToken()).isEqualTo("second");
        assertThat(token.toString()).doesNotContain("second");
    }
}
