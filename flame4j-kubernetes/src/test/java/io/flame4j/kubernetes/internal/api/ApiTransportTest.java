package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.flame4j.kubernetes.internal.api.ApiCall.Target;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ApiTransportTest {

    private static final ApiCall GET = ApiCall.get(Target.one("pods", "shop", "a b"));
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static ApiTransport transport(KubernetesClient client, ApiTimer timer) {
        return new ApiTransport(client, timer);
    }

    @Test
    void a_call_is_sent_once_whatever_the_client_would_do_by_itself() throws Exception {
        try (FakeApiServer server = new FakeApiServer();
                ApiTimer timer = ApiTimer.withThread("test-timer")) {
            assertThat(server.client().getConfiguration().getRequestRetryBackoffLimit())
                    .isPositive();
            server.failNext(1, request -> true, 503, "starting");
            assertThat(transport(server.client(), timer).send(GET, LIMIT).get().code())
                    .isEqualTo(503);
            server.cutNext(1, request -> true);
            ApiCall create = ApiCall.create(Target.all("pods", "shop"), "{}", List.of());
            CompletableFuture<ApiAnswer> cut = transport(server.client(), timer).send(create, LIMIT);
            assertThat(catchThrowableOfType(ExecutionException.class, cut::get)).isNotNull();
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void paths_and_parameters_are_encoded() throws Exception {
        try (FakeApiServer server = new FakeApiServer();
                ApiTimer timer = ApiTimer.withThread("test-timer")) {
            ApiCall list = ApiCall.list(Target.all("pods", "shop"), Map.of("labelSelector", "a=b,c/d=e&f"));
            transport(server.client(), timer).send(list, LIMIT).get();
            assertThat(server.requests().get(0).parameters()).containsEntry("labelSelector", "a=b,c/d=e&f");
        }
        assertThat(GET.uri()).isEqualTo("api/v1/namespaces/shop/pods/a%20b");
    }

    @Test
    void a_base_path_is_kept_and_credentials_in_it_are_not_told() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("https://user:secret@proxy.example.com:8443/clusters/c1/")
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            ApiTransport transport = transport(client, ApiTimer.clockOnly());
            assertThat(transport.uri(GET).getPath()).isEqualTo("/clusters/c1/api/v1/namespaces/shop/pods/a b");
            assertThat(transport.server()).isEqualTo("https://proxy.example.com:8443");
        }
    }

    @Test
    @Timeout(30)
    void an_answer_that_stops_in_the_middle_ends_at_its_time_limit() throws Exception {
        try (RawServer server = new RawServer((line, headers, out) -> RawServer.write(
                        out,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\""));
                KubernetesClient client = server.client();
                ApiTimer timer = ApiTimer.withThread("test-timer")) {
            CompletableFuture<ApiAnswer> answer = transport(client, timer).send(GET, Duration.ofMillis(500));
            assertThat(catchThrowableOfType(ExecutionException.class, answer::get))
                    .hasCauseInstanceOf(HttpTimeoutException.class);
            // The next does not wait for the connection of the last.
            CompletableFuture<ApiAnswer> next = transport(client, timer).send(GET, Duration.ofMillis(500));
            assertThat(catchThrowableOfType(ExecutionException.class, next::get))
                    .hasCauseInstanceOf(HttpTimeoutException.class);
        }
    }

    @Test
    void a_connection_that_breaks_in_the_middle_of_an_answer_is_a_failure() throws Exception {
        try (RawServer server = new RawServer((line, headers, out) -> {
                    RawServer.write(
                            out,
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\"");
                    throw new IllegalStateException("hang up");
                });
                KubernetesClient client = server.client();
                ApiTimer timer = ApiTimer.withThread("test-timer")) {
            CompletableFuture<ApiAnswer> answer = transport(client, timer).send(GET, LIMIT);
            ExecutionException failure = catchThrowableOfType(ExecutionException.class, answer::get);
            assertThat(Verdict.ofFailure(failure.getCause()).perhapsDone()).isTrue();
        }
    }

    @Test
    void a_call_that_is_dropped_closes_its_connection() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        try (RawServer server = new RawServer((line, headers, out) -> {
                    RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    asked.countDown();
                    try {
                        while (true) {
                            RawServer.write(out, "x".repeat(100_000));
                        }
                    } finally {
                        hungUp.countDown();
                    }
                });
                KubernetesClient client = server.client();
                ApiTimer timer = ApiTimer.withThread("test-timer")) {
            CompletableFuture<ApiAnswer> answer = transport(client, timer).send(GET, LIMIT, TextBody.end(1000));
            asked.await();
            answer.cancel(true);
            hungUp.await();
        }
    }

    @Test
    void a_client_that_is_closed_is_a_failure_and_not_an_exception() {
        FakeApiServer server = new FakeApiServer();
        ApiTransport transport = transport(server.client(), ApiTimer.clockOnly());
        server.close();
        CompletableFuture<ApiAnswer> answer = transport.send(GET, LIMIT);
        ExecutionException failure = catchThrowableOfType(ExecutionException.class, answer::get);
        assertThat(failure).isNotNull();
    }
}
