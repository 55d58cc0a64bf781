package io.flame4j.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.FlamePool;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import io.flame4j.testkit.kubernetes.ApiRequest;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a burst costs the API server. The pods never run: no node takes them. */
class ManyRunnersTest {

    private static final int RUNNERS = 200;
    private static final String USER = "system:serviceaccount:shop:web";

    @Test
    void two_hundred_runners_at_once_take_two_writes_each_and_no_polling() {
        try (FakeApiServer server = new FakeApiServer()) {
            server.put(TestParents.web("shop", "web-1", "parent-1"));
            Surroundings pod = new Surroundings(
                    Map.of("POD_NAME", "web-1", "POD_NAMESPACE", "shop", "POD_IP", "127.0.0.1"),
                    Path.of("/does/not/exist"),
                    "web-1",
                    null);
            FlamePool pool = FlamePool.builder("many")
                    .backend(KubernetesBackend.builder()
                            .client(server.client(USER))
                            .surroundings(pod)
                            .build())
                    .max(RUNNERS)
                    .maxConcurrency(1)
                    .bootTimeout(Duration.ofMinutes(2))
                    .timeout(Duration.ofMinutes(2))
                    .build();
            long before = System.nanoTime();
            List<CompletableFuture<String>> calls = new ArrayList<>();
            for (int i = 0; i < RUNNERS; i++) {
                calls.add(pool.callAsync(() -> "never"));
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> runnerPods(server).size() == RUNNERS);
            System.out.printf(
                    "%d runner pods were created within %d ms of the calls%n",
                    RUNNERS, (System.nanoTime() - before) / 1_000_000);

            pool.shutdownNow();

            assertThat(runnerPods(server)).isEmpty();
            // A call that is refused fails on a thread of the pool, which may be a moment later.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(calls).allMatch(CompletableFuture::isDone));
            assertThat(calls).allMatch(CompletableFuture::isCompletedExceptionally);
            assertThat(count(server, "create")).isEqualTo(RUNNERS);
            assertThat(count(server, "delete")).isEqualTo(RUNNERS);
            assertThat(count(server, "get")).as("the parent's pod").isEqualTo(1);
            assertThat(count(server, "list")).isEqualTo(1);
            assertThat(count(server, "watch")).isEqualTo(1);
            assertThat(server.requests().stream()
                            .filter(request -> request.user().equals(USER))
                            .map(ApiRequest::verb))
                    .as("nothing else")
                    .hasSize(2 * RUNNERS + 3);
        }
    }

    private static List<Pod> runnerPods(FakeApiServer server) {
        return server.client()
                .pods()
                .inNamespace("shop")
                .withLabel("flame4j.io/runner")
                .list()
                .getItems();
    }

    private static int count(FakeApiServer server, String verb) {
        return server.count(request -> request.user().equals(USER) && request.is(verb, "pods"));
    }
}
