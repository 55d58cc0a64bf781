package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.FlamePool;
import io.flame4j.kubernetes.BuilderAccess;
import io.flame4j.kubernetes.KubernetesBackend;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a burst costs a real API server, by its own account. The pods never run: there is no node. */
@Tag("cluster")
// More than all its waits together.
@Timeout(300)
class ManyRunnersOnRealServerTest {

    private static final int RUNNERS = 200;
    private static final String ACCOUNT = "parent";

    @RegisterExtension
    final ApiServerExtension cluster = new ApiServerExtension();

    @Test
    void two_hundred_runners_at_once_take_two_writes_each_and_no_polling() {
        KubernetesClient parent =
                cluster.as(ACCOUNT, ApiServerExtension.podsRule("create", "get", "list", "watch", "delete", "patch"));
        cluster.admin()
                .resource(ParentPod.template(cluster.namespace(), "web-1", Map.of())
                        .build())
                .create();
        Surroundings pod = new Surroundings(
                Map.of("POD_NAME", "web-1", "POD_NAMESPACE", cluster.namespace(), "POD_IP", "127.0.0.1"),
                Path.of("/does/not/exist"),
                "web-1",
                null);
        FlamePool pool = FlamePool.builder("many")
                .backend(BuilderAccess.in(pod, KubernetesBackend.builder().client(parent))
                        .build())
                .max(RUNNERS)
                .maxConcurrency(1)
                .bootTimeout(Duration.ofMinutes(2))
                .timeout(Duration.ofMinutes(2))
                .build();
        long heapBefore = heapAfterGc();
        Instant asked = Instant.now();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < RUNNERS; i++) {
            calls.add(pool.callAsync(() -> "never"));
        }
        Awaitility.await().atMost(Duration.ofSeconds(110)).until(() -> created().size() == RUNNERS);
        List<Long> millis = created().stream()
                .map(call -> Duration.between(asked, call.at()).toMillis())
                .sorted()
                .toList();
        System.out.printf(
                "%d runner pods: from the call to the pod created, first %d ms, median %d ms, last %d ms; heap of the"
                        + " parent +%d KiB%n",
                RUNNERS,
                millis.get(0),
                millis.get(RUNNERS / 2),
                millis.get(RUNNERS - 1),
                (heapAfterGc() - heapBefore) >> 10);

        pool.shutdownNow();

        // A call that is refused fails on a thread of the pool, which may be a moment later.
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(calls).allMatch(CompletableFuture::isDone));
        assertThat(calls).allMatch(CompletableFuture::isCompletedExceptionally);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> runnerPods().isEmpty());
        assertThat(count("create")).isEqualTo(RUNNERS);
        assertThat(count("delete")).isEqualTo(RUNNERS);
        assertThat(count("get")).as("the parent's pod").isEqualTo(1);
        // A create whose answer was not there in time is looked up once before it is sent again.
        assertThat(count("list")).isLessThan(RUNNERS / 10);
        assertThat(count("watch")).isLessThan(RUNNERS / 10);
    }

    private List<ApiCall> created() {
        return cluster.calls(ACCOUNT).stream()
                .filter(call -> call.verb().equals("create") && call.code() == 201)
                .toList();
    }

    private long count(String verb) {
        // Those that the server had no time for, or gave up, are asked again.
        return cluster.calls(ACCOUNT).stream()
                .filter(call -> call.verb().equals(verb) && call.resource().equals("pods") && call.code() < 300)
                .count();
    }

    private List<Pod> runnerPods() {
        return cluster.admin()
                .pods()
                .inNamespace(cluster.namespace())
                .withLabel("flame4j.io/runner")
                .list()
                .getItems();
    }

    private static long heapAfterGc() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
