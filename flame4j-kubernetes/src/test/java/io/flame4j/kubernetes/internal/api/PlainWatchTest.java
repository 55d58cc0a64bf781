package io.flame4j.kubernetes.internal.api;

import static io.flame4j.kubernetes.internal.api.ApiTests.LABELS;
import static io.flame4j.kubernetes.internal.api.ApiTests.NS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Servers and proxies that do not let WebSockets through, or are odd in other ways. */
class PlainWatchTest {

    private static final FeedTimes TIMES = new FeedTimes(
            Duration.ofSeconds(10),
            Duration.ofMillis(50),
            Duration.ofMillis(400),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofMillis(200),
            Duration.ofMillis(100),
            new Backoff(Duration.ofMillis(20), 2, Duration.ofMillis(200)));

    /** None is overdue during a test, however slow the machine is. */
    private static final FeedTimes LONG_WATCHES = new FeedTimes(
            TIMES.answer(),
            TIMES.listEvery(),
            TIMES.tryWatchEvery(),
            TIMES.doubt(),
            Duration.ofMinutes(4),
            TIMES.overdue(),
            TIMES.proven(),
            TIMES.backoff());

    private final List<String> events = new CopyOnWriteArrayList<>();

    private final PodFeed.Listener listener = new PodFeed.Listener() {
        @Override
        public void changed(Pod pod) {
            events.add("+" + pod.getMetadata().getName() + pod.getMetadata().getAnnotations());
        }

        @Override
        public void gone(Pod lastKnown) {
            events.add("-" + lastKnown.getMetadata().getName());
        }
    };

    private PodFeed open(KubernetesClient client) {
        return open(client, TIMES);
    }

    private PodFeed open(KubernetesClient client, FeedTimes times) {
        return PodFeed.open(client, new FeedLoop.Scope(NS, LABELS, new Identity("tester", NS)), listener, times);
    }

    private static String pod(String name, int version, String note) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name + "\",\"uid\":\"u-" + name
                + "\",\"namespace\":\"shop\",\"resourceVersion\":\"" + version + "\",\"annotations\":{\"a\":\"" + note
                + "\"}}}";
    }

    private static String event(String type, String object) {
        return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
    }

    private static void list(OutputStream out, int version, String... pods) throws IOException {
        RawServer.json(
                out,
                200,
                "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"" + version
                        + "\"},\"items\":[" + String.join(",", pods) + "]}");
    }

    private static boolean isUpgrade(List<String> headers) {
        return headers.stream().anyMatch(header -> header.equalsIgnoreCase("upgrade: websocket"));
    }

    private static void begin(OutputStream out) throws IOException {
        RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    private static void chunk(OutputStream out, String text) throws IOException {
        RawServer.write(
                out,
                Integer.toHexString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length) + "\r\n" + text
                        + "\r\n");
    }

    @Test
    void events_come_by_a_plain_request_where_there_is_no_way_for_a_web_socket() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (RawServer server = new RawServer((line, headers, out) -> {
                    if (!line.contains("watch=true")) {
                        list(out, 10, pod("a", 9, "x"));
                    } else if (isUpgrade(headers)) {
                        RawServer.json(out, 400, "{}");
                    } else if (line.contains("resourceVersion=10&")) {
                        begin(out);
                        // In pieces that are not events, with a letter of two bytes torn in two.
                        String all = event("ADDED", pod("b", 11, "x")) + event("MODIFIED", pod("a", 12, "y"));
                        chunk(out, all.substring(0, 17));
                        chunk(out, all.substring(17));
                        chunk(
                                out,
                                event("DELETED", pod("a", 13, "z"))
                                        + event(
                                                "BOOKMARK",
                                                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"20\"}}"));
                        RawServer.write(out, "0\r\n\r\n");
                    } else {
                        begin(out);
                        chunk(out, event("ADDED", pod("c", 21, "ä")));
                        end.await();
                    }
                });
                KubernetesClient client = server.client();
                PodFeed feed = open(client, LONG_WATCHES)) {
            await().untilAsserted(
                            () -> assertThat(events).containsExactly("+a{a=x}", "+b{a=x}", "+a{a=y}", "-a", "+c{a=ä}"));
            assertThat(feed.pods()).hasSize(2);
            assertThat(server.requests)
                    .filteredOn(line -> !line.contains("watch=true"))
                    .hasSize(1);
            // The bookmark moved it on.
            assertThat(server.requests).last().asString().contains("resourceVersion=20&");
            end.countDown();
        }
    }

    @Test
    void a_plain_refusal_says_why() throws Exception {
        try (RawServer server = new RawServer((line, headers, out) -> {
                    if (!line.contains("watch=true")) {
                        list(out, 10, pod("a", 9, "x"));
                    } else {
                        RawServer.json(
                                out,
                                403,
                                "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"message\":\"User \\\"u\\\""
                                        + " cannot watch resource \\\"pods\\\"\",\"reason\":\"Forbidden\",\"code\":403}");
                    }
                });
                KubernetesClient client = server.client();
                PodFeed feed = open(client)) {
            await().until(feed::isListing);
        }
    }

    @Test
    void an_expired_version_may_be_told_by_an_event() throws Exception {
        AtomicInteger lists = new AtomicInteger();
        try (RawServer server = new RawServer((line, headers, out) -> {
                    if (!line.contains("watch=true")) {
                        int version = 10 * lists.incrementAndGet();
                        list(out, version, pod("a" + lists, version, "x"));
                    } else if (isUpgrade(headers)) {
                        RawServer.json(out, 404, "{}");
                    } else {
                        begin(out);
                        if (line.contains("resourceVersion=10&")) {
                            chunk(
                                    out,
                                    event(
                                            "ERROR",
                                            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"message\":\"too old resource version\",\"reason\":\"Expired\",\"code\":410}"));
                        }
                        new CountDownLatch(1).await();
                    }
                });
                KubernetesClient client = server.client();
                PodFeed feed = open(client)) {
            await().untilAsserted(() -> assertThat(events).startsWith("+a1{a=x}", "-a1", "+a2{a=x}"));
            assertThat(feed.pods()).hasSize(1);
        }
    }

    @Test
    void a_watch_that_is_closed_at_once_without_a_word_is_taken_for_an_expired_version() throws Exception {
        AtomicInteger lists = new AtomicInteger();
        try (RawServer server = new RawServer((line, headers, out) -> {
                    if (!line.contains("watch=true")) {
                        int version = 10 * lists.incrementAndGet();
                        list(out, version, pod("a" + lists, version, "x"));
                    } else if (isUpgrade(headers)) {
                        RawServer.json(out, 404, "{}");
                    } else {
                        begin(out);
                        if (line.contains("resourceVersion=10&")) {
                            RawServer.write(out, "0\r\n\r\n");
                        } else {
                            new CountDownLatch(1).await();
                        }
                    }
                });
                KubernetesClient client = server.client();
                PodFeed feed = open(client)) {
            await().untilAsserted(() -> assertThat(events).startsWith("+a1{a=x}", "-a1", "+a2{a=x}"));
            assertThat(feed.pods()).hasSize(1);
        }
    }

    @Test
    void a_server_that_forgets_at_once_is_not_asked_in_a_tight_loop() throws Exception {
        AtomicInteger lists = new AtomicInteger();
        try (RawServer server = new RawServer((line, headers, out) -> {
                    if (!line.contains("watch=true")) {
                        list(out, lists.incrementAndGet());
                    } else {
                        RawServer.json(out, 410, "{}");
                    }
                });
                KubernetesClient client = server.client();
                PodFeed feed = open(client)) {
            feed.awaitSynced(Duration.ofSeconds(20));
            await().until(() -> lists.get() > 4);
            long begin = System.nanoTime();
            int before = lists.get();
            await().until(() -> lists.get() >= before + 5);
            // Five pauses of at least a half of 200 ms, less what was under way.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(350));
        }
    }

    @Test
    void a_watch_that_is_overdue_is_taken_for_dead() throws Exception {
        AtomicInteger lists = new AtomicInteger();
        try (RawServer server = new RawServer((line, headers, out) -> {
                    if (!line.contains("watch=true")) {
                        list(out, 10, pod("a" + lists.incrementAndGet(), 9, "x"));
                    } else if (isUpgrade(headers)) {
                        RawServer.json(out, 404, "{}");
                    } else {
                        begin(out);
                        new CountDownLatch(1).await();
                    }
                });
                KubernetesClient client = server.client();
                PodFeed feed = open(client)) {
            feed.awaitSynced(Duration.ofSeconds(20));
            await().untilAsserted(() -> assertThat(events).startsWith("+a1{a=x}", "-a1", "+a2{a=x}"));
            assertThat(server.requests).anyMatch(line -> line.contains("timeoutSeconds=1"));
        }
    }

    @Test
    void what_cannot_be_read_is_asked_for_again() throws Exception {
        AtomicInteger lists = new AtomicInteger();
        try (RawServer server = new RawServer((line, headers, out) -> {
                    int list = line.contains("watch=true") ? 0 : lists.incrementAndGet();
                    if (list == 1) {
                        RawServer.json(out, 200, "<html>Please log in</html>");
                    } else if (list > 1) {
                        list(out, 10 * list, pod("a" + list, 9, "x"));
                    } else if (isUpgrade(headers)) {
                        RawServer.json(out, 404, "{}");
                    } else {
                        begin(out);
                        chunk(
                                out,
                                line.contains("resourceVersion=20&") ? "{\"type\":\"ADDED\",\"object\":[]}\n" : "\n");
                        new CountDownLatch(1).await();
                    }
                });
                KubernetesClient client = server.client();
                PodFeed feed = open(client)) {
            feed.awaitSynced(Duration.ofSeconds(20));
            await().untilAsserted(() -> assertThat(events).startsWith("+a2{a=x}", "-a2", "+a3{a=x}"));
        }
    }
}
