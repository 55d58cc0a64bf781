package io.flame4j.testkit.kubernetes.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.ImagePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PodLoopTest {

    @TempDir
    private Path directory;

    private final FakeApiServer server = new FakeApiServer();
    private final NodeApi api = new NodeApi(server.client(), Threads.named("test-"));

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private PodLoop loop() {
        NodeOptions options = new NodeOptions(
                "n1",
                new NodeOptions.Scope(List.of(), true),
                new NodeOptions.Hardware("127.0.9", "127.0.0.1", Map.of()),
                Map.of(),
                new NodeOptions.Services("", false),
                new NodeOptions.Times(Duration.ofSeconds(1), Duration.ofSeconds(1), null),
                ImagePolicy.ANY);
        return new PodLoop(options, api, directory);
    }

    @Test
    void who_asks_while_it_is_closed_is_told() throws Exception {
        PodLoop loop = loop();
        CountDownLatch first = new CountDownLatch(1);
        loop.post(() -> awaitUninterrupted(first));
        FutureTask<Void> closing = new FutureTask<>(loop::close, null);
        waiting(closing);
        // Holds the thread after close() has had its say, until it is interrupted.
        CountDownLatch never = new CountDownLatch(1);
        loop.post(() -> awaitUninterrupted(never));
        FutureTask<String> asking = new FutureTask<>(() -> loop.ask(() -> "answer"));
        waiting(asking);

        first.countDown();

        assertThatThrownBy(() -> asking.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Node n1 is closed.");
        closing.get(30, TimeUnit.SECONDS);
        assertThatThrownBy(() -> loop.ask(() -> "answer")).hasMessage("Node n1 is closed.");
    }

    @Test
    void who_asks_is_answered_or_hears_what_failed() {
        PodLoop loop = loop();
        assertThat(loop.ask(() -> "answer")).isEqualTo("answer");
        assertThatThrownBy(() -> loop.ask(() -> {
                    throw new IllegalArgumentException("on purpose");
                }))
                .hasMessageContaining("on purpose");
        loop.close();
    }

    private static void waiting(FutureTask<?> task) {
        Thread thread = new Thread(task, "test-waiting");
        thread.setDaemon(true);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            // The end of the loop, which is what the test wants.
            Thread.currentThread().interrupt();
        }
    }
}
