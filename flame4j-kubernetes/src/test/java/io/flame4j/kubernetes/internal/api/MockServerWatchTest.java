package io.flame4j.kubernetes.internal.api;

import static io.flame4j.kubernetes.internal.api.ApiTests.LABELS;
import static io.flame4j.kubernetes.internal.api.ApiTests.NS;
import static io.flame4j.kubernetes.internal.api.ApiTests.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The mock server of the client's makers, which people have in their tests: it watches by WebSocket alone. */
@EnableKubernetesMockClient(crud = true)
class MockServerWatchTest {

    @SuppressWarnings("NullAway") // set by the extension
    KubernetesClient client;

    @Test
    void runners_can_be_created_followed_and_deleted() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        PodFeed.Listener listener = new PodFeed.Listener() {
            @Override
            public void changed(Pod pod) {
                events.add("+" + pod.getMetadata().getLabels().get("flame4j.io/runner"));
            }

            @Override
            public void gone(Pod lastKnown) {
                events.add("-" + lastKnown.getMetadata().getLabels().get("flame4j.io/runner"));
            }
        };
        Identity identity = new Identity("the tester", NS);
        try (PodApi api = new PodApi(client, identity);
                PodFeed feed = PodFeed.open(client, NS, LABELS, identity, listener)) {
            Pod first = api.create(pod("r1"), Duration.ofSeconds(60));
            feed.awaitSynced(Duration.ofSeconds(60));
            await().untilAsserted(() -> assertThat(events).containsExactly("+r1"));
            api.create(pod("r2"), Duration.ofSeconds(60));
            await().untilAsserted(() -> assertThat(events).containsExactly("+r1", "+r2"));
            api.delete(first, Duration.ZERO).toCompletableFuture().get();
            await().untilAsserted(() -> assertThat(events).containsExactly("+r1", "+r2", "-r1"));
            assertThat(feed.pods()).hasSize(1);
        }
    }
}
