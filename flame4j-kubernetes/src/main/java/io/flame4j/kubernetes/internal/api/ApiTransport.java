package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls over the client's HTTP connection, each once: the client's own retries are switched off here. They know
 * neither which calls may be sent twice nor how long the caller is ready to wait, and two layers of retries multiply.
 * Authentication, proxies and TLS are the client's.
 *
 * <p>No method blocks. Answers arrive on threads of the HTTP client.
 */
final class ApiTransport {

    private static final int MAX_ANSWER = 64 << 20;

    private final HttpClient http;
    private final KubernetesSerialization serialization;
    private final String base;
    private final String server;
    private final ApiTimer timer;

    ApiTransport(KubernetesClient client, ApiTimer timer) {
        this.http = client.getHttpClient()
                .newBuilder()
                .tag(new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        this.serialization = client.getKubernetesSerialization();
        this.base = client.getMasterUrl().toString().replaceAll("/+$", "") + "/";
        this.server = Clients.server(client);
        this.timer = timer;
    }

    KubernetesSerialization serialization() {
        return serialization;
    }

    ApiTimer timer() {
        return timer;
    }

    HttpClient http() {
        return http;
    }

    URI uri(ApiCall call) {
        return URI.create(base + call.uri());
    }

    /** Where the server is, for messages. */
    String server() {
        return server;
    }

    /**
     * Sends a call. The whole answer must be there within the time limit. The future fails with what the HTTP client
     * throws; cancelling it drops the call.
     */
    CompletableFuture<ApiAnswer> send(ApiCall call, Duration timeout) {
        return send(call, timeout, TextBody.whole(MAX_ANSWER));
    }

    /** The same, with another idea of what to keep of the answer. */
    CompletableFuture<ApiAnswer> send(ApiCall call, Duration timeout, TextBody text) {
        Exchange exchange = new Exchange(text);
        try {
            HttpRequest request = http.newHttpRequestBuilder()
                    .uri(uri(call))
                    .method(call.method(), call.contentType(), call.body())
                    .setHeader("Accept", "application/json, */*")
                    .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .build();
            exchange.start(request, timeout);
        } catch (RuntimeException e) {
            exchange.answer.completeExceptionally(e);
        }
        return exchange.answer;
    }

    /** One call under way. */
    private final class Exchange {

        private final CompletableFuture<ApiAnswer> answer = new CompletableFuture<>();
        private final AtomicBoolean dropped = new AtomicBoolean();
        private final TextBody text;
        private volatile @Nullable AsyncBody body;

        Exchange(TextBody text) {
            this.text = text;
        }

        void start(HttpRequest request, Duration timeout) {
            // The time limit of the HTTP client ends with the headers of the answer, this one with its last byte.
            ApiTimer.Task limit = timer.schedule(
                    () -> answer.completeExceptionally(
                            new HttpTimeoutException("no complete answer within " + timeout.toMillis() + " ms")),
                    timeout);
            CompletableFuture<HttpResponse<AsyncBody>> headers = http.consumeBytes(request, text);
            answer.whenComplete((result, failure) -> {
                limit.cancel();
                if (failure != null) {
                    drop(headers);
                }
            });
            headers.whenComplete((response, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    read(response);
                }
            });
        }

        private void read(HttpResponse<AsyncBody> response) {
            AsyncBody received = response.body();
            body = received;
            received.done().whenComplete((nothing, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else if (text.isOverflown() && !text.keepsEnd()) {
                    answer.completeExceptionally(new IOException("the answer is longer than " + MAX_ANSWER + " bytes"));
                } else {
                    answer.complete(new ApiAnswer(response.code(), text.text(), retryAfter(response)));
                }
            });
            if (dropped.get()) {
                received.cancel();
            } else {
                received.consume();
            }
        }

        private void drop(CompletableFuture<?> headers) {
            dropped.set(true);
            AsyncBody received = body;
            if (received != null) {
                received.cancel();
            } else {
                headers.cancel(true);
            }
        }
    }

    static @Nullable Duration retryAfter(HttpResponse<?> response) {
        String value = response.header("Retry-After");
        if (value == null || !value.matches("[0-9]{1,6}")) {
            return null;
        }
        return Duration.ofSeconds(Integer.parseInt(value));
    }
}
