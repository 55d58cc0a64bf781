package io.flame4j.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.spring.FlamePoolCustomizer;
import io.flame4j.spring.app.ShopApplication;
import io.flame4j.testkit.FaultyBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The endpoint and the health over HTTP. */
@SpringBootTest(
        classes = {ShopApplication.class, ActuatorTest.Faults.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "flame4j.pools.thumbs.max=1",
            "flame4j.pools.needed.min=1",
            "flame4j.pools.needed.max=1",
            "management.endpoints.web.exposure.include=flame,health,metrics",
            "management.endpoint.flame.access=unrestricted",
            "management.endpoint.health.show-details=always"
        })
class ActuatorTest {

    private static final FaultyBackend FAULTY = new FaultyBackend();

    private final HttpClient http = HttpClient.newHttpClient();

    @Autowired
    private Environment environment;

    @TestConfiguration(proxyBeanMethods = false)
    static class Faults {
        @Bean
        FlamePoolCustomizer faults() {
            return (pool, builder) -> {
                if (pool.equals("needed")) {
                    builder.backend(FAULTY);
                }
            };
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + environment.getProperty("local.server.port") + "/actuator" + path);
    }

    @Test
    void pools_runners_and_recent_boots() throws Exception {
        // A listener writes it down, on a thread of the pool.
        String all = await().atMost(Duration.ofSeconds(60))
                .until(() -> get("/flame").body(), body -> body.contains("\"kind\":\"BOOTED\""));

        assertThat(all).contains("\"thumbs\"", "\"needed\"", "\"runners\":[{\"id\":\"needed-");
        assertThat(get("/flame/thumbs").body()).contains("\"max\":1").doesNotContain("needed");
        assertThat(get("/flame/nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void a_pool_can_be_resized() throws Exception {
        HttpResponse<String> answer = post("/flame/thumbs", "{\"max\": 3}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"min\":0,\"max\":3");
        assertThat(post("/flame/thumbs", "{\"min\": 4}").statusCode()).isEqualTo(400);
        assertThat(post("/flame/nobody", "{\"min\": 4}").statusCode()).isEqualTo(400);
        assertThat(get("/flame/thumbs").body()).contains("\"min\":0,\"max\":3");
        post("/flame/thumbs", "{\"max\": 1}");
    }

    @Test
    // More than all its waits together.
    @Timeout(300)
    void down_only_when_a_pool_that_must_have_runners_cannot_get_one() throws Exception {
        assertThat(get("/health").body()).contains("\"flame\":{\"details\"");
        assertThat(get("/health/flame").statusCode()).isEqualTo(200);

        String essay = " and so on".repeat(10_000);
        FAULTY.on((spec, number) -> {
            throw FaultyBackend.transientFailure("no room at all" + essay);
        });
        FAULTY.runnerIds().forEach(FAULTY::kill);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            HttpResponse<String> answer = get("/health/flame");
            assertThat(answer.body()).contains("no room at all", "\"status\":\"DOWN\"");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).hasSizeLessThan(4_000).contains("the parent's log has all of it");
        });
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(get("/flame/needed").body()).contains("BOOT_FAILED", "no room at all", "LOST"));

        FAULTY.on((spec, number) -> FAULTY.well(spec));
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(
                        () -> assertThat(get("/health/flame").statusCode()).isEqualTo(200));
    }

    @Test
    void metrics_of_pools() throws Exception {
        assertThat(get("/metrics").body()).contains("flame.pool");
    }
}
