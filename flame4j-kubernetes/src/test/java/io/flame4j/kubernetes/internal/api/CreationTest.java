package io.flame4j.kubernetes.internal.api;

import static io.flame4j.kubernetes.internal.api.ApiTests.NS;
import static io.flame4j.kubernetes.internal.api.ApiTests.is;
import static io.flame4j.kubernetes.internal.api.ApiTests.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What takes longer than a test may: with a clock of its own. */
class CreationTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_126L);

    private final FakeApiServer server = new FakeApiServer();
    private final ManualTimer timer = new ManualTimer();
    private final PodApi api = new PodApi(server.client(), new Identity("the tester", NS), timer, new Random(SEED));

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private List<Pod> pods() {
        return server.client().pods().inNamespace(NS).list().getItems();
    }

    private CompletableFuture<Pod> create() {
        CompletableFuture<Pod> result = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                result.complete(api.create(pod("r1"), Duration.ofMinutes(5)));
            } catch (ApiException | InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        caller.setDaemon(true);
        caller.start();
        return result;
    }

    @Test
    void a_pod_that_appears_after_it_was_looked_for_is_deleted_and_not_the_one_that_is_used() {
        Fault hold = server.holdWhen(is("create", "pods"));
        CompletableFuture<Pod> boot = create();
        await().until(() -> server.count("create", "pods") == 1);
        // No answer in time: nothing is found, and it is sent again.
        await().until(() -> timer.scheduled() == 1);
        timer.advance(Duration.ofSeconds(10));
        await().until(() -> timer.scheduled() == 1);
        timer.advance(Duration.ofSeconds(1));
        await().until(() -> server.count("create", "pods") == 2);
        assertThat(server.count("list", "pods")).isEqualTo(1);
        hold.end();
        Pod used = boot.join();
        await().until(() -> pods().size() == 2);
        await().until(() -> timer.scheduled() == 1);
        timer.advance(Duration.ofSeconds(35));
        await().until(() -> pods().size() == 1);
        assertThat(pods().get(0).getMetadata().getUid())
                .isEqualTo(used.getMetadata().getUid());
    }

    @Test
    void a_pod_without_trouble_is_not_looked_for() {
        create().join();
        await().until(() -> timer.scheduled() == 0);
        assertThat(server.requests()).hasSize(1);
    }
}
