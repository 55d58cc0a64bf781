package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.kubernetes.Doctor;
import io.flame4j.testkit.TestAuthority;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

    /** A process has no file system of its own, so that the directory stands for the mount that runners inherit. */
    @Test
    void both_sides_show_certificates_of_the_users() throws Exception {
        Path mount = directory.resolve("tls");
        TestAuthority.create(directory, "shop").issue(TestAuthority.Request.of("dns:parent.shop"), mount);
        env().put("TLS_DIRECTORY", mount.toString());
        ParentPod parent = start();

        assertThat(parent.ask("/call")).startsWith(parent.name() + "-flame-");
    }

    @Test
    void doctor_that_is_the_main_of_a_pod() {
        Pod pod = ParentPod.template(namespace(), "doctor", env()).build();
        List<String> args = new ArrayList<>(pod.getSpec().getContainers().get(0).getArgs());
        args.set(args.indexOf(ParentServer.class.getName()), Doctor.class.getName());
        Pod doctor = new PodBuilder(pod)
                .editSpec()
                .editFirstContainer()
                .withArgs(args)
                .endContainer()
                .endSpec()
                .build();
        admin().resource(doctor).create();

        eventually(() -> assertThat(phase("doctor")).isIn("Succeeded", "Failed"));

        assertThat(node().logs("doctor"))
                .contains("✓ Own pod", "✓ First call", "✓ Removed")
                .doesNotContain("✗");
        assertThat(phase("doctor")).isEqualTo("Succeeded");
        assertThat(admin().pods()
                        .inNamespace(namespace())
                        .withLabel("flame4j.io/runner")
                        .list()
                        .getItems())
                .isEmpty();
    }

    private String phase(String name) {
        return admin().pods()
                .inNamespace(namespace())
                .withName(name)
                .get()
                .getStatus()
                .getPhase();
    }
}
