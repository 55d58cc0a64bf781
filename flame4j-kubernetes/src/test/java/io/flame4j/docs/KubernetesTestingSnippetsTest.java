package io.flame4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.kubernetes.BuilderAccess;
import io.flame4j.kubernetes.Entrypoint;
import io.flame4j.kubernetes.KubernetesBackend;
import io.flame4j.testkit.LeakCheck;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.Fault;
import io.flame4j.testkit.kubernetes.ProcessNode;
import io.flame4j.testsupport.DocumentSnippets;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The examples of docs/testing.md about Kubernetes, run for real: see {@link DocumentSnippets}; for the others see
 * {@code TestingSnippetsTest}.
 */
class KubernetesTestingSnippetsTest {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    // snippet: kubernetes-setup
    final FakeApiServer server = new FakeApiServer();
    final ProcessNode node = ProcessNode.builder(server.client("node")).start();

    FlamePool pool() {
        KubernetesBackend backend = KubernetesBackend.builder()
                .client(server.client())
                .image("gallery:7") // its name alone: runners are processes of this machine
                .command(Entrypoint.JVM)
                .advertiseAddress("127.0.0.1") // of the test, which runs in no pod
                .build();
        return FlamePool.builder("gallery").backend(backend).max(1).build();
    }

    @AfterEach
    void close() {
        node.close();
        server.close();
    }
    // end

    @Test
    void calls() {
        server.logs(node::logs);
        // snippet: kubernetes-calls
        try (FlamePool pool = pool()) {
            assertThat(pool.call(() -> "abc".length())).isEqualTo(3);
            assertThat(node.pods()).hasSize(1);
            assertThat(server.count("create", "pods")).isEqualTo(1);
        }
        assertThat(server.client().pods().list().getItems()).isEmpty();
        // end
    }

    @Test
    void troubles() {
        // snippet: kubernetes-troubles
        node.failImagePulls(pod -> true, "manifest unknown");
        try (FlamePool pool = pool()) {
            assertThatThrownBy(() -> pool.call(() -> "a"))
                    .isInstanceOf(RunnerBootException.class)
                    .hasMessageContaining("manifest unknown");
        }
        // end
    }

    @Test
    void losses() {
        new Losses().losses();
    }

    /** Has a pool that waits for the reason of a loss however slow the machine is. */
    private final class Losses {

        FlamePool pool() {
            KubernetesBackend backend = BuilderAccess.toldOfLosses(KubernetesBackend.builder())
                    .client(server.client())
                    .image("gallery:7")
                    .command(Entrypoint.JVM)
                    .advertiseAddress("127.0.0.1")
                    .build();
            return FlamePool.builder("gallery").backend(backend).max(1).build();
        }

        void losses() {
            // snippet: kubernetes-losses
            try (FlamePool pool = pool()) {
                pool.call(() -> "it runs");
                String runner = node.pods().get(0).getMetadata().getName();
                CompletableFuture<?> call = pool.callAsync(() -> Jobs.waitForever()); // prints "waiting"
                await().until(() -> node.logs(runner).contains("waiting"));
                node.evict(pod -> true, "The node was low on resource: memory.");
                assertThatThrownBy(call::join)
                        .hasCauseInstanceOf(RunnerLostException.class)
                        .hasMessageContaining("low on resource: memory");
            }
            // end
        }
    }

    @Test
    void faults() {
        // snippet: kubernetes-faults
        Fault busy = server.failNext(2, request -> request.is("create", "pods"), 500, "etcd is slow");
        try (FlamePool pool = pool()) {
            assertThat(pool.call(() -> "a")).isEqualTo("a"); // it tries again
        }
        assertThat(busy.hits()).isEqualTo(2);
        // end
    }

    static final class Jobs {
        private Jobs() {}

        static int waitForever() throws InterruptedException {
            System.out.println("waiting");
            new CountDownLatch(1).await();
            return 0;
        }
    }

    @Test
    void theDocumentShowsWhatRunsHere() throws IOException {
        DocumentSnippets.runBy(KubernetesTestingSnippetsTest.class)
                .in("docs/testing.md", "kubernetes-.*")
                .check(5);
    }
}
