package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The whole path with an API server in memory. */
class FakeServerPathTest extends WholePathTests {

    @TempDir
    private Path directory;

    private final FakeApiServer server = new FakeApiServer();
    private ProcessNode node;

    @BeforeEach
    void startNode() throws IOException {
        Path kubeconfig = directory.resolve("kubeconfig");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: test
                contexts: [{name: test, context: {cluster: test, user: test, namespace: shop}}]
                clusters: [{name: test, cluster: {server: "%s"}}]
                users: [{name: test, user: {token: parent}}]
                """.formatted(server.url()));
        node = ProcessNode.builder(server.client("node"))
                .namespaces(namespace())
                .env("KUBECONFIG", kubeconfig.toString())
                .start();
        server.logs(node::logs);
    }

    @AfterEach
    void endAll() {
        node.close();
        server.close();
        assertThat(ProcessHandle.current().children()).as("processes of pods").isEmpty();
    }

    @Override
    KubernetesClient admin() {
        return server.client();
    }

    @Override
    String namespace() {
        return "shop";
    }

    @Override
    ProcessNode node() {
        return node;
    }

    @Override
    Pod withAccess(Pod parent) {
        return parent;
    }
}
