package io.flame4j.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.testkit.FlameExtension;
import io.flame4j.testsupport.DocumentSnippets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The examples of docs/dashboard.md, run for real: see {@link DocumentSnippets}. */
class DashboardSnippetsTest {

    @RegisterExtension
    final FlameExtension flame = FlameExtension.create();

    @Test
    void a_page_is_started() {
        // snippet: dashboard-start
        FlameDashboard dashboard = FlameDashboard.start();
        System.out.println(dashboard.uri());
        // end
        try (dashboard) {
            assertThat(dashboard.uri().toString()).matches("http://127\\.0\\.0\\.1:\\d+/");
        }
    }

    @Test
    void a_page_has_options() {
        // snippet: dashboard-options
        FlameDashboard dashboard = FlameDashboard.builder()
                .port(0)
                .allowResize(true)
                .allowHost("flame.example.org")
                .maxViewers(16)
                .start();
        // end
        try (dashboard) {
            assertThat(dashboard.uri().getPort()).isPositive();
        }
    }

    @Test
    void states_come_without_a_server() throws Exception {
        FlamePool pool = flame.pool().max(1).build();
        // snippet: dashboard-feed
        DashboardFeed feed = DashboardFeed.open(DashboardFeed.Access.READ_ONLY);
        Optional<DashboardContent> page = DashboardContent.at("");
        Map<String, String> headers = DashboardContent.headers();
        String state = feed.newest().json();
        // end
        assertThat(page)
                .hasValueSatisfying(file -> assertThat(file.contentType()).startsWith("text/html"));
        assertThat(headers).containsKey("Content-Security-Policy");
        assertThat(state).startsWith("{");
        Client client = new Client(feed, pool.name());
        stream(feed, client);
        assertThat(client.received).isNotEmpty();
    }

    private static void stream(DashboardFeed feed, Client client) throws Exception {
        // snippet: dashboard-events
        long seen = 0;
        while (!feed.isClosed()) {
            DashboardState state = feed.awaitNewer(seen, Duration.ofSeconds(10)).orElseGet(feed::newest);
            client.send(state.json());
            seen = state.version();
        }
        // end
    }

    /** Ends the feed when it has seen the pool twice. */
    private static final class Client {
        private final DashboardFeed feed;
        private final String pool;
        private final List<String> received = new ArrayList<>();

        Client(DashboardFeed feed, String pool) {
            this.feed = feed;
            this.pool = pool;
        }

        void send(String json) {
            received.add(json);
            if (received.stream().filter(each -> each.contains(pool)).count() == 2) {
                feed.close();
            }
        }
    }

    @Test
    void the_document_shows_what_runs_here() throws IOException {
        DocumentSnippets.runBy(DashboardSnippetsTest.class)
                .in("docs/dashboard.md")
                .check(4);
    }
}
