package io.flame4j.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.PoolStats;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.testkit.FaultyBackend;
import io.flame4j.testkit.FlameExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page over HTTP, on pools that work: what is answered to whom. */
class FlameDashboardTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RESIZE = "X-Flame4j-Dashboard: resize";

    @RegisterExtension
    final FlameExtension flame = FlameExtension.create();

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
        await("no thread is left").atMost(PATIENCE).until(() -> threads().isEmpty());
    }

    // ---- what is served

    @Test
    void servesThePageAndAllThatItNames() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder());
        String page = get(dashboard, "/").body();

        List<String> files = Stream.of("\"([a-z]+\\.(?:css|js|svg))\"", "'\\./([a-z]+\\.js)'")
                .flatMap(pattern -> Stream.concat(
                                Stream.of(page), Stream.of("app.js", "pool.js").map(this::content))
                        .flatMap(text -> java.util.regex.Pattern.compile(pattern)
                                .matcher(text)
                                .results()
                                .map(match -> match.group(1))))
                .distinct()
                .toList();

        assertThat(files).contains("dashboard.css", "theme.js", "app.js", "icon.svg", "pool.js", "timeline.js");
        for (String file : files) {
            HttpResponse<String> answer = get(dashboard, "/" + file);
            assertThat(answer.statusCode()).as(file).isEqualTo(200);
            assertThat(answer.body()).as(file).isNotEmpty();
        }
        assertThat(page).as("nothing from elsewhere").doesNotContain("http:", "https:", "//");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/dashboard.css", "/app.js", "/icon.svg", "/state", "/nothing", "/../module-info.class"})
    void everyAnswerHasTheHeadersThatKeepItToItself(String path) throws Exception {
        RawHttp.Answer answer = RawHttp.send(start(FlameDashboard.builder()).uri(), "GET", path, "Host: localhost");

        assertThat(answer.headers())
                .containsEntry("x-content-type-options", "nosniff")
                .containsEntry("cache-control", "no-store")
                .containsEntry("referrer-policy", "no-referrer")
                .containsKey("content-type");
        assertThat(answer.headers().get("content-security-policy"))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void servesNothingElse() throws Exception {
        URI uri = start(FlameDashboard.builder()).uri();

        assertThat(RawHttp.send(uri, "GET", "/../../pom.xml", "Host: localhost").status())
                .isEqualTo(404);
        assertThat(RawHttp.send(uri, "GET", "/%2e%2e/FlameDashboard.class", "Host: localhost")
                        .status())
                .isEqualTo(404);
        RawHttp.Answer posted = RawHttp.send(uri, "POST", "/state", "Host: localhost");
        assertThat(posted.status()).isEqualTo(405);
        assertThat(posted.headers()).containsEntry("allow", "GET");
        assertThat(RawHttp.send(uri, "GET", "/resize", "Host: localhost").headers())
                .containsEntry("allow", "POST");
    }

    // ---- what is shown

    @Test
    void showsAPoolAtWorkAndItsEnd() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder());
        FlamePool pool = flame.pool().max(2).maxConcurrency(3).build();
        assertThat(pool.<String, RuntimeException>call(() -> "done")).isEqualTo("done");
        assertThatThrownBy(() -> pool.<String, IOException>call(() -> {
                    throw new IOException("no space left");
                }))
                .isInstanceOf(IOException.class);

        await().atMost(PATIENCE).untilAsserted(() -> {
            Map<String, Object> seen = pool(dashboard, pool.name());
            assertThat(seen).containsEntry("ready", 1).containsEntry("slotsPerRunner", 3);
            assertThat(Json.map(seen, "calls")).containsEntry("outcomes", Map.of("succeeded", 1, "failed", 1));
            assertThat(Json.list(seen, "failures"))
                    .singleElement()
                    .extracting("message")
                    .isEqualTo("IOException: no space left");
        });

        pool.close();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pool(dashboard, pool.name())).containsEntry("open", false));
    }

    @Test
    void showsWhyARunnerDoesNotStartAndNoSecret() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder());
        Queue<String> secrets = new ConcurrentLinkedQueue<>();
        FaultyBackend backend = new FaultyBackend();
        backend.on((spec, number) -> {
            secrets.add(Objects.requireNonNull(spec.environment().get(RunnerSpec.TOKEN_VARIABLE)));
            if (number == 1) {
                throw FaultyBackend.transientFailure("the quota of namespace shop is used up");
            }
            return backend.well(spec);
        });
        FlamePool pool = flame.pool().backend(backend).max(1).build();
        assertThat(pool.<String, RuntimeException>call(() -> "done")).isEqualTo("done");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Json.list(pool(dashboard, pool.name()), "failures"))
                        .anySatisfy(failure -> assertThat(failure)
                                .containsEntry("kind", "boot")
                                .extracting("message")
                                .asString()
                                .contains("the quota of namespace shop is used up")));

        assertThat(secrets)
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(secret -> assertThat(secret).hasSizeGreaterThan(16));
        String state = get(dashboard, "/state").body();
        secrets.forEach(secret -> assertThat(state).doesNotContain(secret));
    }

    @Test
    void streamsStates() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder());
        FlamePool pool = flame.pool().max(1).build();
        assertThat(dashboard.viewers()).isZero();
        try (BufferedReader stream = stream(dashboard)) {
            for (int withThePool = 0; withThePool < 3; ) {
                String line = stream.readLine();
                assertThat(line).startsWith("data: {");
                assertThat(stream.readLine()).isEmpty();
                List<Map<String, Object>> pools = Json.list(Json.read(line.substring(6)), "pools");
                withThePool += pools.stream().anyMatch(seen -> seen.get("name").equals(pool.name())) ? 1 : 0;
            }
            assertThat(dashboard.viewers()).isEqualTo(1);
        }
        await("its place is free again").atMost(PATIENCE).until(() -> dashboard.viewers() == 0);
    }

    @Test
    void soManyMayLookAndNoMore() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder().maxViewers(2));
        flame.pool().max(1).build();
        try (BufferedReader one = stream(dashboard);
                BufferedReader two = stream(dashboard)) {
            assertThat(one.readLine()).startsWith("data: ");
            assertThat(two.readLine()).startsWith("data: ");

            HttpResponse<String> refused = get(dashboard, "/events");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("10");
            assertThat(refused.body()).startsWith("2 look at this page already").contains("maxViewers(…)");
            assertThat(get(dashboard, "/state").statusCode()).isEqualTo(200);
        }
        await("there is room again").atMost(PATIENCE).until(() -> {
            try (BufferedReader next = stream(dashboard)) {
                return next.readLine().startsWith("data: ");
            }
        });
    }

    @Test
    void closingItEndsStreams() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder());
        BufferedReader stream = stream(dashboard);
        assertThat(stream.readLine()).startsWith("data: ");

        dashboard.close();
        dashboard.close();

        await().atMost(PATIENCE).until(() -> {
            try {
                return stream.readLine() == null;
            } catch (IOException e) {
                return true;
            }
        });
        assertThatThrownBy(() -> get(dashboard, "/state")).isInstanceOf(IOException.class);
    }

    // ---- who may ask

    @Test
    void answersToItsOwnNamesAlone() throws Exception {
        URI uri = start(FlameDashboard.builder().allowHost("flame.example.org")).uri();

        RawHttp.Answer refused = RawHttp.send(uri, "GET", "/state", "Host: evil.example");
        assertThat(refused.status()).isEqualTo(421);
        assertThat(refused.body()).contains("allowHost").doesNotContain("evil", "pools");
        assertThat(RawHttp.send(uri, "GET", "/", "Host: evil.example:" + uri.getPort())
                        .status())
                .isEqualTo(421);
        assertThat(RawHttp.send(uri, "GET", "/state", "Host: flame.example.org").status())
                .isEqualTo(200);
        assertThat(RawHttp.send(uri, "GET", "/state", "Host: localhost:" + uri.getPort())
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/state", "/events"})
    void givesNoStatesToPagesOfOtherSites(String path) throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder().maxViewers(1));

        RawHttp.Answer refused =
                RawHttp.send(dashboard.uri(), "GET", path, host(dashboard), "Sec-Fetch-Site: cross-site");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).doesNotContain("pools");
        assertThat(dashboard.viewers()).isZero();
        assertThat(RawHttp.send(dashboard.uri(), "GET", "/", host(dashboard), "Sec-Fetch-Site: cross-site")
                        .status())
                .as("a link to the page")
                .isEqualTo(200);
    }

    @Test
    void isOnLoopbackUnlessToldOtherwise() throws Exception {
        assertThat(InetAddress.getByName(start(FlameDashboard.builder()).uri().getHost())
                        .isLoopbackAddress())
                .isTrue();
        FlameDashboard everywhere = start(FlameDashboard.builder().bind(InetAddress.getByName("0.0.0.0")));
        assertThat(RawHttp.send(everywhere.uri(), "GET", "/state", "Host: 10.1.2.3:80")
                        .status())
                .isEqualTo(200);
        // A name may be a site's that was pointed here.
        assertThat(RawHttp.send(everywhere.uri(), "GET", "/state", "Host: flame.example.org")
                        .status())
                .isEqualTo(421);
    }

    @Test
    void isReadOnlyUnlessToldOtherwise() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder());
        FlamePool pool = flame.pool().max(2).build();

        RawHttp.Answer answer = resize(dashboard, pool, "0", "5", RESIZE, origin(dashboard));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("read-only", "allowResize(true)");
        assertThat(pool.stats().max()).isEqualTo(2);
    }

    @Test
    void resizesForItsOwnPageAlone() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder().allowResize(true));
        FlamePool pool = flame.pool().max(2).build();

        assertThat(resize(dashboard, pool, "0", "5").status()).isEqualTo(403);
        assertThat(resize(dashboard, pool, "0", "5", origin(dashboard)).status())
                .isEqualTo(403);
        assertThat(resize(dashboard, pool, "0", "5", RESIZE).status()).isEqualTo(403);
        assertThat(resize(dashboard, pool, "0", "5", RESIZE, "Origin: http://evil.example")
                        .status())
                .isEqualTo(403);
        assertThat(resize(dashboard, pool, "0", "5", RESIZE, origin(dashboard), "Sec-Fetch-Site: cross-site")
                        .status())
                .isEqualTo(403);
        assertThat(pool.stats().max()).isEqualTo(2);

        assertThat(resize(dashboard, pool, "0", "5", RESIZE, origin(dashboard)).status())
                .isEqualTo(200);
        assertThat(pool.stats()).extracting(PoolStats::min, PoolStats::max).containsExactly(0, 5);
    }

    @Test
    void saysWhatIsWrongWithASize() throws Exception {
        FlameDashboard dashboard = start(FlameDashboard.builder().allowResize(true));
        FlamePool pool = flame.pool().max(2).build();
        String origin = origin(dashboard);

        assertThat(resize(dashboard, pool, "6", "5", RESIZE, origin).status()).isEqualTo(400);
        assertThat(resize(dashboard, pool, "0", "many", RESIZE, origin).body())
                .isEqualTo("The parameter 'max' is not a whole number");
        RawHttp.Answer unknown =
                RawHttp.send(dashboard.uri(), "POST", "/resize?pool=x&min=0&max=1", host(dashboard), RESIZE, origin);
        assertThat(unknown.body()).isEqualTo("No pool of that name is open");
        assertThat(RawHttp.send(dashboard.uri(), "POST", "/resize", host(dashboard), RESIZE, origin)
                        .body())
                .isEqualTo("The parameter 'pool' is missing");
        assertThat(RawHttp.send(
                                dashboard.uri(),
                                "POST",
                                "/resize?pool=%zz&min=0&max=1",
                                host(dashboard),
                                RESIZE,
                                origin)
                        .status())
                .isEqualTo(400);
    }

    // ---- options

    @Test
    void refusesOptionsThatMakeNoSense() {
        FlameDashboardBuilder builder = FlameDashboard.builder();

        assertThatThrownBy(() -> builder.port(65_536)).hasMessage("port must be from 0 to 65535: 65536");
        assertThatThrownBy(() -> builder.maxViewers(0)).hasMessage("maxViewers must be from 1 to 1000: 0");
        assertThatThrownBy(() -> builder.allowHost("https://x")).hasMessageContaining("a host name alone");
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        int port = start(FlameDashboard.builder()).uri().getPort();

        assertThatThrownBy(() -> FlameDashboard.builder().port(port).start())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("another port(…)");
    }

    @Test
    void keepsNoApplicationAlive() throws Exception {
        start(FlameDashboard.builder());

        assertThat(threads()).isNotEmpty().allMatch(Thread::isDaemon);
    }

    // ---- help

    private FlameDashboard start(FlameDashboardBuilder builder) {
        FlameDashboard dashboard = builder.start();
        toClose.add(dashboard);
        return dashboard;
    }

    private String content(String path) {
        return new String(DashboardContent.at(path).orElseThrow().bytes(), StandardCharsets.UTF_8);
    }

    private HttpResponse<String> get(FlameDashboard dashboard, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(dashboard.uri().resolve(path)).build(), BodyHandlers.ofString());
    }

    private BufferedReader stream(FlameDashboard dashboard) throws IOException, InterruptedException {
        return new BufferedReader(new InputStreamReader(
                http.send(
                                HttpRequest.newBuilder(dashboard.uri().resolve("/events"))
                                        .build(),
                                BodyHandlers.ofInputStream())
                        .body(),
                StandardCharsets.UTF_8));
    }

    private Map<String, Object> pool(FlameDashboard dashboard, String name) throws IOException, InterruptedException {
        return Json.list(Json.read(get(dashboard, "/state").body()), "pools").stream()
                .filter(pool -> pool.get("name").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the state does not have pool " + name + " yet"));
    }

    private static RawHttp.Answer resize(
            FlameDashboard dashboard, FlamePool pool, String min, String max, String... headers) throws IOException {
        String target = "/resize?pool=" + pool.name() + "&min=" + min + "&max=" + max;
        String[] all =
                Stream.concat(Stream.of(host(dashboard)), Stream.of(headers)).toArray(String[]::new);
        return RawHttp.send(dashboard.uri(), "POST", target, all);
    }

    private static String host(FlameDashboard dashboard) {
        return "Host: " + dashboard.uri().getAuthority();
    }

    private static String origin(FlameDashboard dashboard) {
        return "Origin: http://" + dashboard.uri().getAuthority();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("flame4j-dashboard")
                        || thread.getName().equals("HTTP-Dispatcher")
                        || thread.getName().startsWith("server-timer"))
                .filter(Thread::isAlive)
                .toList();
    }
}
