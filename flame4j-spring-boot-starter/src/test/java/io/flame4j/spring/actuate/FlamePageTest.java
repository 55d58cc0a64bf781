package io.flame4j.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flame4j.FlamePool;
import io.flame4j.dashboard.Chromium;
import io.flame4j.dashboard.DashboardContent;
import io.flame4j.dashboard.DashboardFeed;
import io.flame4j.dashboard.Json;
import io.flame4j.spring.app.ShopApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The live page under the actuator, over HTTP, in all kinds of web applications. */
class FlamePageTest {

    private static final String UNRESTRICTED = "management.endpoint.flamepage.access=unrestricted";

    private final HttpClient http = HttpClient.newHttpClient();

    /** An application, and where the page is in it. */
    private enum Kind {
        SERVLET(WebApplicationType.SERVLET, "server", "/shop/actuator/flamepage", "server.servlet.context-path=/shop"),
        BELOW_A_SERVLET_PATH(
                WebApplicationType.SERVLET, "server", "/web/actuator/flamepage", "spring.mvc.servlet.path=/web"),
        SERVLET_WITH_OWN_PORT(
                WebApplicationType.SERVLET,
                "management",
                "/ops/manage/live",
                "management.server.port=0",
                "management.server.base-path=/ops",
                "management.endpoints.web.base-path=/manage",
                "management.endpoints.web.path-mapping.flamepage=live"),
        REACTIVE(WebApplicationType.REACTIVE, "server", "/shop/actuator/flamepage", "spring.webflux.base-path=/shop"),
        REACTIVE_WITH_OWN_PORT(
                WebApplicationType.REACTIVE,
                "management",
                "/ops/actuator/flamepage",
                "management.server.port=0",
                "management.server.base-path=/ops");

        private final WebApplicationType type;
        private final String port;
        private final String address;
        private final String path;
        private final String[] properties;

        Kind(WebApplicationType type, String port, String path, String... properties) {
            this.type = type;
            this.port = port;
            this.address = (port.equals("management") ? "management.server" : "server") + ".address";
            this.path = path;
            this.properties = properties;
        }

        ConfigurableApplicationContext start(String... more) {
            return startExposing("flamepage", more);
        }

        ConfigurableApplicationContext startExposing(String endpoints, String... more) {
            List<String> all = new ArrayList<>(List.of(properties));
            all.addAll(List.of(
                    "flame4j.backend=local",
                    "flame4j.pools.thumbs.max=2",
                    "management.endpoints.web.exposure.include=" + endpoints));
            all.addAll(List.of(more));
            return new SpringApplicationBuilder(ShopApplication.class)
                    .web(type)
                    .run(all.stream().map(each -> "--" + each).toArray(String[]::new));
        }

        URI page(ConfigurableApplicationContext context) {
            String local = context.getEnvironment().getProperty("local." + port + ".port");
            return URI.create("http://localhost:" + local + path);
        }
    }

    private HttpResponse<String> get(URI uri, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        return http.send(with(request, headers).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(URI uri, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        return http.send(with(request, headers).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    @ParameterizedTest
    @EnumSource
    void serves_the_page_and_resizes_for_it_alone(Kind kind) throws Exception {
        try (ConfigurableApplicationContext context = kind.start(UNRESTRICTED)) {
            URI page = kind.page(context);
            String base = page + "/";

            HttpResponse<String> withoutSlash = get(page);
            assertThat(withoutSlash.statusCode()).isEqualTo(302);
            assertThat(page.resolve(
                            withoutSlash.headers().firstValue("Location").orElseThrow()))
                    .hasToString(base);
            checkFile(base, "", "text/html");
            checkFile(base, "dashboard.css", "text/css");
            checkFile(base, "app.js", "text/javascript");
            checkFile(base, "icon.svg", "image/svg+xml");
            assertThat(get(URI.create(base + "events"), "Accept", "text/event-stream")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(get(URI.create(base + "../env")).statusCode()).isEqualTo(404);
            // Mappings do not look at parameters of a path, so the gate must not either.
            assertThat(get(URI.create(page + ";x/state"), "Sec-Fetch-Site", "cross-site")
                            .statusCode())
                    .isNotEqualTo(200);
            checkState(base);
            checkResize(base, context.getBean(FlamePool.class));
        }
    }

    private void checkFile(String base, String name, String type) throws Exception {
        HttpResponse<String> answer = get(URI.create(base + name), "Accept", type + ",*/*;q=0.1");

        assertThat(answer.statusCode()).as(name).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(new String(DashboardContent.at(name).orElseThrow().bytes(), StandardCharsets.UTF_8));
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith(type);
        DashboardContent.headers()
                .forEach((header, value) ->
                        assertThat(answer.headers().allValues(header)).containsExactly(value));
    }

    private void checkState(String base) throws Exception {
        URI uri = URI.create(base + "state");
        // A state may be a quarter of a second old.
        HttpResponse<String> state = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> get(uri, "Sec-Fetch-Site", "same-origin"),
                        each -> !Json.list(Json.read(each.body()), "pools").isEmpty());

        assertThat(state.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(Json.list(Json.read(state.body()), "pools"))
                .extracting("name")
                .containsExactly("thumbs");
        assertThat(state.headers().firstValue("Content-Security-Policy")).isPresent();
        assertThat(get(uri, "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
    }

    private void checkResize(String base, FlamePool pool) throws Exception {
        URI uri = URI.create(base + "resize?pool=thumbs&min=0&max=5");
        String origin = uri.getScheme() + "://" + uri.getAuthority();
        String[] own = {"X-Flame4j-Dashboard", "resize"};

        assertThat(post(uri).statusCode()).isEqualTo(403);
        assertThat(post(uri, own).statusCode()).isEqualTo(403);
        assertThat(post(uri, own[0], own[1], "Origin", "http://elsewhere.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(post(uri, own[0], own[1], "Origin", "null").statusCode()).isEqualTo(403);
        assertThat(post(uri, own[0], own[1], "Origin", origin, "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(pool.stats().max()).isEqualTo(2);

        HttpResponse<String> done = post(uri, own[0], own[1], "Origin", origin);
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(pool.stats().max()).isEqualTo(5);
        HttpResponse<String> impossible =
                post(URI.create(base + "resize?pool=thumbs&min=7&max=5"), own[0], own[1], "Origin", origin);
        assertThat(impossible.statusCode()).isEqualTo(400);
        assertThat(impossible.body()).contains("min", "7", "5").doesNotStartWith("{");
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE_WITH_OWN_PORT"})
    void on_loopback_it_answers_to_no_name_that_may_be_pointed_here(Kind kind) throws Exception {
        try (ConfigurableApplicationContext context = kind.start(kind.address + "=127.0.0.1")) {
            URI state = URI.create(kind.page(context) + "/state");

            assertThat(status(state, "elsewhere.example:" + state.getPort())).isEqualTo(421);
            assertThat(status(state, "127.0.0.1.elsewhere.example")).isEqualTo(421);
            assertThat(status(state, "localhost:" + state.getPort())).isEqualTo(200);
            assertThat(status(state, "127.0.0.1")).isEqualTo(200);
            assertThat(status(state, "[::1]:" + state.getPort())).isEqualTo(200);
        }
    }

    /** The answer to a name, which the JDK's client does not let one choose. */
    private static int status(URI uri, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", uri.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET " + uri.getPath() + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return Integer.parseInt(line.split(" ")[1]);
        }
    }

    @Test
    void is_read_only_unless_writing_is_allowed() throws Exception {
        Kind kind = Kind.SERVLET;
        try (ConfigurableApplicationContext context = kind.startExposing("flamepage,flame")) {
            URI uri = URI.create(kind.page(context) + "/resize?pool=thumbs&min=0&max=5");
            String origin = uri.getScheme() + "://" + uri.getAuthority();

            assertThat(post(uri, "X-Flame4j-Dashboard", "resize", "Origin", origin)
                            .statusCode())
                    .isIn(404, 405);
            // The endpoint of figures too.
            assertThat(post(uri.resolve("../flame/thumbs")).statusCode()).isIn(404, 405);
            assertThat(get(uri.resolve("../flame/thumbs")).body()).contains("\"max\":2");
            assertThat(get(uri.resolve("state")).body()).contains("\"resize\":false");
            assertThat(context.getBean(FlamePool.class).stats().max()).isEqualTo(2);
        }
    }

    @Test
    void follows_no_pool_where_it_is_not_exposed_and_ends_with_the_application() {
        Kind kind = Kind.SERVLET;
        try (ConfigurableApplicationContext context = kind.startExposing(
                "health", "spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=*")) {
            assertThat(context.getBeansOfType(DashboardFeed.class)).isEmpty();
        }
        DashboardFeed feed;
        try (ConfigurableApplicationContext context = kind.start("spring.main.lazy-initialization=true")) {
            feed = context.getBean(DashboardFeed.class);
            assertThat(feed.isClosed()).isFalse();
        }
        assertThat(feed.isClosed()).isTrue();
    }

    @Test
    // More than all its waits together.
    @Timeout(300)
    void works_in_a_browser() throws Exception {
        assumeTrue(Chromium.executable().isPresent(), "there is no Chromium on this machine");
        Kind kind = Kind.SERVLET_WITH_OWN_PORT;
        try (ConfigurableApplicationContext context = kind.start(UNRESTRICTED, "flame4j.pools.thumbs.min=1");
                Chromium browser = Chromium.start()) {
            FlamePool pool = context.getBean(FlamePool.class);
            assertThat(pool.call(() -> 1 + 1)).isEqualTo(2);
            browser.size(1280, 900).open(kind.page(context));

            // Asserted, since what is thrown is then tried again: while the page changes, the browser refuses to look
            // at it.
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(browser.text("body")).contains("thumbs"));
            browser.eval("document.querySelector('form.resize input[name=max]').focus()");
            browser.eval("document.querySelector('form.resize input[name=max]').select()");
            browser.type("6");
            browser.press("Enter");

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> assertThat(browser.text("form.resize output")).isEqualTo("Now 1 to 6 runners."));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> assertThat(browser.text("section.pool")).contains("of at most 6"));
            browser.screenshot("under-actuator");
            assertThat(pool.stats().max()).isEqualTo(6);
            // It has asked for a stream of events, which is not here, and goes on without.
            assertThat(browser.complaints)
                    .asInstanceOf(LIST)
                    .allMatch(each -> each.toString().contains("404"));
        }
    }
}
