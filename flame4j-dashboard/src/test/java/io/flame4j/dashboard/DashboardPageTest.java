package io.flame4j.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.flame4j.BootPhase;
import io.flame4j.CallOutcome;
import io.flame4j.CallReport;
import io.flame4j.FlamePool;
import io.flame4j.PoolStats.State;
import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.dashboard.DashboardFeed.Access;
import io.flame4j.dashboard.internal.http.DashboardServer;
import io.flame4j.dashboard.internal.state.Board;
import io.flame4j.testkit.FaultyBackend;
import io.flame4j.testkit.FlameExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.opentest4j.TestAbortedException;

/**
 * The page in a real browser, on pools that say of themselves what a test wants to see. Leaves pictures under
 * target/screenshots for people to look at.
 */
@Tag("browser")
@Timeout(300)
class DashboardPageTest {

    private static final String DETAIL = ".tiles + .none + .detail";

    private static Chromium browser;

    @RegisterExtension
    final FlameExtension flame = FlameExtension.create();

    private final AtomicLong millis = new AtomicLong(System.currentTimeMillis());
    private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
    private final Board board = new Board(clock);
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
    private DashboardServer server;

    @BeforeAll
    static void startBrowser() throws Exception {
        assumeTrue(
                Chromium.executable().isPresent(),
                "The page is not tested: there is no chromium on the PATH (Debian: apt-get install chromium)");
        try {
            browser = Chromium.start();
        } catch (IOException | RuntimeException e) {
            throw new TestAbortedException("The page is not tested: the browser does not start here", e);
        }
    }

    @AfterAll
    static void endBrowser() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void reset() {
        browser.complaints.clear();
        browser.size(1360, 900).prefers();
    }

    @AfterEach
    void close() throws Exception {
        // First, or the page complains of a server that is gone.
        browser.open("about:blank");
        while (!toClose.isEmpty()) {
            toClose.pop().close();
        }
    }

    @Test
    void showsAPoolAtWork() throws Exception {
        SimulatedPool thumbs = busyPool();
        open(Access.READ_ONLY);

        eventually(() -> {
            assertThat(browser.text(".pool h2")).isEqualTo("thumbs");
            assertThat(browser.text(".sentence"))
                    .isEqualTo("6 runners of at most 8, 1 starting, 1 finishing, 12 of 24 slots busy, 3 calls wait.");
            assertThat(browser.count(".tile")).isEqualTo(8);
            assertThat(browser.count(".tile[data-state=ready] .cell")).isEqualTo(24);
            assertThat(browser.count(".tile[data-state=ready] .cell[data-busy=true]"))
                    .isEqualTo(10);
            assertThat(browser.count(".tile[data-state=booting]")).isEqualTo(1);
            assertThat(browser.text(".tile[data-state=draining] .word")).contains("draining");
            assertThat(browser.text(".boots li")).contains("thumbs-7", "has a machine", " s");
            assertThat(browser.text(".outcomes")).contains("succeeded", "failed");
            assertThat(browser.text(".refused")).contains("2 wrong token");
            assertThat(browser.text("#connection")).isEqualTo("Live");
        });
        assertThat(browser.text(".axis")).contains("−5 min", "now");
        assertThat(browser.eval("document.querySelector('.area.ready').getAttribute('d').length > 100"))
                .isEqualTo(true);
        assertThat(browser.count(".resize:not([hidden])")).as("it is read-only").isZero();
        browser.screenshot("light");

        thumbs.clear().ready(2);
        eventually(() -> assertThat(browser.count(".tile")).isEqualTo(2));
        assertNoComplaints();
    }

    /** Tasks of the real pool below wait here; its runners are threads of this process. */
    private static final Semaphore GATE = new Semaphore(0);

    @Test
    void followsARealPoolThroughItsWork() throws Exception {
        FlameDashboard dashboard = FlameDashboard.builder().allowResize(true).start();
        toClose.push(dashboard);
        browser.open(dashboard.uri());
        FaultyBackend backend = new FaultyBackend()
                .failNext(1, "the quota of namespace shop is used up")
                .delayNext(1);
        FlamePool pool = flame.pool()
                .backend(backend)
                .max(1)
                .maxConcurrency(2)
                .timeout(Duration.ofMinutes(5))
                .build();
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(pool.callAsync(() -> GATE.acquire()));
        }

        eventually(() -> {
            assertThat(browser.text(".failures")).contains("Boot failed", "the quota of namespace shop is used up");
            assertThat(browser.text(".boots li")).contains(pool.name(), "requested");
            assertThat(browser.text(".sentence")).contains("1 starting", "3 calls wait");
        });
        backend.release();
        eventually(() -> {
            assertThat(browser.count(".tile[data-state=ready] .cell[data-busy=true]"))
                    .isEqualTo(2);
            assertThat(browser.text(".sentence")).contains("2 of 2 slots busy, 1 call waits");
            assertThat(browser.text(".badge")).isEqualTo("▲ full");
        });

        browser.eval("document.querySelector('.resize [name=max]').select()");
        browser.type("2");
        browser.press("Enter");

        eventually(() -> {
            assertThat(browser.count(".tile[data-state=ready]")).isEqualTo(2);
            assertThat(browser.count(".cell[data-busy=true]")).isEqualTo(3);
        });
        assertThat(pool.stats().max()).isEqualTo(2);
        browser.screenshot("real");
        GATE.release(3);
        eventually(() ->
                assertThat(browser.text(".outcomes")).contains("succeeded").contains("3"));
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        pool.close();
        eventually(() -> assertThat(browser.text(".badge")).isEqualTo("■ closed"));
        assertNoComplaints();
    }

    @Test
    void isDarkWhereTheSystemIsAndLightOnRequest() throws Exception {
        busyPool();
        browser.prefers("prefers-color-scheme", "dark");
        open(Access.READ_ONLY);
        eventually(() -> assertThat(browser.count(".tile")).isEqualTo(8));
        String background = "getComputedStyle(document.body).backgroundColor";
        assertThat(browser.eval(background)).isEqualTo("rgb(19, 20, 22)");
        browser.screenshot("dark");

        browser.eval("document.getElementById('theme').click()");

        assertThat(browser.text("#theme")).isEqualTo("Theme: light");
        assertThat(browser.eval(background)).isEqualTo("rgb(246, 246, 243)");
        browser.open(server.uri());
        eventually(() -> assertThat(browser.text("#theme")).as("it remembers").isEqualTo("Theme: light"));
        browser.eval("localStorage.clear()");
        assertNoComplaints();
    }

    @Test
    void fitsANarrowWindow() throws Exception {
        busyPool();
        browser.size(390, 844);
        open(Access.RESIZE);
        eventually(() -> assertThat(browser.count(".tile")).isEqualTo(8));

        assertThat(browser.eval(
                        "[...document.querySelectorAll('body *')].filter(node => !node.closest('.unseen, .skip, .slots')"
                                + " && node.getBoundingClientRect().right > innerWidth + 1)"
                                + ".map(node => node.className || node.tagName).join(' ')"))
                .isEqualTo("");
        browser.screenshot("narrow");
        assertNoComplaints();
    }

    @Test
    void staysReadableWithTwoHundredRunners() throws Exception {
        SimulatedPool crowd = new SimulatedPool("crowd", 250, 100).ready(200);
        for (int i = 0; i < 12; i++) {
            crowd.booting(BootPhase.values()[i % 4], Duration.ofMillis(300 + 400L * i));
        }
        crowd.runner(State.DRAINING, 40, Duration.ofMinutes(3)).queued(1_234);
        board.onOpen(crowd.pool());
        tick();
        open(Access.READ_ONLY);

        eventually(() -> {
            assertThat(browser.count(".tile")).isEqualTo(213);
            assertThat(browser.count(".tile .bar .fill")).isEqualTo(201);
            assertThat(browser.count(".cell"))
                    .as("no cell for each of 20,000 slots")
                    .isZero();
            assertThat(browser.count(".boots li")).isEqualTo(6);
            assertThat(browser.text(".boots + .none")).isEqualTo("and 6 more");
        });
        assertThat(((Number) browser.eval("document.querySelectorAll('*').length")).intValue())
                .as("elements on the page")
                .isLessThan(2_500);
        assertThat(((Number) browser.eval("document.querySelector('.tiles').getBoundingClientRect().height"))
                        .intValue())
                .as("height of the tiles")
                .isLessThan(600);
        assertThat(browser.text(".axis")).as("it is young").contains("−1 min", "−15 s");
        browser.screenshot("crowd");
        assertNoComplaints();
    }

    @Test
    void showsFailuresAsTextWhateverIsInThem() throws Exception {
        SimulatedPool pool = new SimulatedPool("thumbs", 4, 2);
        board.onOpen(pool.queued(2).pool());
        String hostile =
                "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>";
        board.onBootFailed(
                "thumbs", "thumbs-1", new RunnerBootException("no runner: " + hostile, true, null), Duration.ZERO);
        millis.addAndGet(1);
        board.onBootFailed("thumbs", "thumbs-2", new RunnerBootException(PULL_FAILURE, true, null), Duration.ZERO);
        tick();
        open(Access.READ_ONLY);

        eventually(() -> {
            assertThat(browser.text(".badge")).isEqualTo("✕ runners do not start");
            assertThat(browser.count(".failures li")).isEqualTo(2);
            assertThat(browser.text(".failures li:nth-child(2)")).contains("Boot failed", "thumbs-1", hostile);
        });
        assertThat(browser.text(".tiles + .none")).contains("calls wait for one", "the failures say why");
        browser.eval("document.querySelector('.failures summary').focus()");
        assertThat(browser.text(".failures li")).contains("cannot be pulled").doesNotContain("manifest unknown");
        browser.press("Enter");
        eventually(() -> assertThat(browser.text(".failures li")).contains("manifest unknown"));
        assertThat(browser.eval("document.title")).isEqualTo("(2 waiting) flame4j");
        assertThat(browser.count("main img, main script")).isZero();
        browser.screenshot("failure");
        tick();
        board.onCall("thumbs").onEnd(report(CallOutcome.FAILED));
        eventually(() -> assertThat(browser.count(".failures li")).isEqualTo(3));
        assertThat(browser.count(".failures details[open]"))
                .as("what is open stays open")
                .isEqualTo(1);
        assertNoComplaints();
    }

    @Test
    void resizesAPoolByKeyboard() throws Exception {
        SimulatedPool thumbs = new SimulatedPool("thumbs", 4, 2).ready(1);
        board.onOpen(thumbs.pool());
        tick();
        open(Access.RESIZE);
        eventually(() -> assertThat(browser.eval("document.querySelector('.resize [name=max]').value"))
                .isEqualTo("4"));

        browser.eval("document.querySelector('.resize [name=max]').select()");
        browser.type("9");
        browser.press("Enter");

        eventually(() -> {
            assertThat(browser.text(".stat .note")).isEqualTo("max 9, min 0");
            assertThat(browser.text(".resize output")).isEqualTo("Now 0 to 9 runners.");
        });
        browser.eval("document.querySelector('.resize [name=max]').select()");
        browser.type("0");
        browser.press("Enter");
        assertThat(browser.eval("document.querySelector('.resize [name=max]').validity.valid"))
                .isEqualTo(false);
        assertNoComplaints();
    }

    @Test
    void isUsedWithTheKeyboardAlone() throws Exception {
        board.onOpen(new SimulatedPool("thumbs", 8, 4).ready(8).pool());
        tick();
        open(Access.READ_ONLY);
        eventually(() -> assertThat(browser.count(".tile")).isEqualTo(8));

        assertThat(browser.count(".tile[tabindex='0']"))
                .as("one tile is in the tab order")
                .isEqualTo(1);
        browser.press("Tab");
        assertThat(focused()).isEqualTo("skip");
        browser.press("Tab");
        assertThat(focused()).isEqualTo("quiet");
        browser.press("Tab");
        assertThat(focused()).isEqualTo("tile");
        assertThat(browser.eval("getComputedStyle(document.activeElement).outlineStyle"))
                .as("the focus is seen")
                .isEqualTo("solid");
        browser.press("ArrowRight");
        browser.press("ArrowRight");
        eventually(() -> assertThat(browser.text(DETAIL)).startsWith("thumbs-3: ready, 2 of 4 slots busy"));
        browser.press("End");
        assertThat(browser.eval("document.activeElement.dataset.runner")).isEqualTo("thumbs-8");
        browser.press("ArrowUp");
        browser.press("Home");
        assertThat(browser.eval("document.activeElement.getAttribute('aria-label')"))
                .asString()
                .startsWith("thumbs-1: ready, 0 of 4 slots busy");
        tick();
        browser.screenshot("keyboard");
        browser.press("Tab");
        assertThat(focused()).isEqualTo("plot");
        browser.press("ArrowLeft");
        eventually(() -> assertThat(browser.eval("document.activeElement.getAttribute('aria-valuetext')"))
                .asString()
                .contains("8 runners, 13 of 32 slots busy, 0 waiting"));
        assertNoComplaints();
    }

    @Test
    void namesWhatIsToBeSeenForThoseWhoDoNotSeeIt() throws Exception {
        busyPool();
        open(Access.RESIZE);
        eventually(() -> assertThat(browser.count(".tile")).isEqualTo(8));

        assertThat(browser.count("main, header.top, section.pool[aria-labelledby], nav[aria-label]"))
                .isEqualTo(4);
        assertThat(browser.eval("[...document.querySelectorAll('button, input, a, [tabindex=\"0\"], [role=option]')]"
                        + ".filter(node => !(node.innerText || node.ariaLabel || node.labels?.length)).length"))
                .as("controls without a name")
                .isEqualTo(0);
        assertThat(browser.eval("new Set([...document.querySelectorAll('[id]')].map(node => node.id)).size"
                        + " === document.querySelectorAll('[id]').length"))
                .isEqualTo(true);
        browser.prefers("prefers-reduced-motion", "reduce");
        assertThat(browser.eval("getComputedStyle(document.querySelector('.meter .fill')).transitionDuration"))
                .isEqualTo("0s");
        browser.prefers("forced-colors", "active");
        browser.screenshot("forced-colors");
    }

    @Test
    void saysWhatToDoWhenThereIsNothingToSee() throws Exception {
        open(Access.READ_ONLY);

        eventually(
                () -> assertThat(browser.text("#empty")).contains("No pool is open", "FlamePool.builder(\"thumbs\")"));
        browser.screenshot("empty");

        board.onOpen(new SimulatedPool("thumbs", 8, 4).pool());
        eventually(() -> {
            assertThat(browser.text("#empty")).isEmpty();
            assertThat(browser.text(".tiles + .none")).startsWith("No runner is up. The next call starts one");
        });
        assertNoComplaints();
    }

    @Test
    void saysThatTheConnectionIsLostAndConnectsAgain() throws Exception {
        busyPool();
        open(Access.READ_ONLY);
        eventually(() -> assertThat(browser.text("#connection")).isEqualTo("Live"));
        int port = server.uri().getPort();

        server.close();

        eventually(() -> {
            assertThat(browser.text("#connection")).isEqualTo("Connection lost");
            assertThat(browser.text("#banner")).contains("What you see is from");
        });
        browser.screenshot("lost");
        serve(port, Access.READ_ONLY, 16);
        eventually(() -> {
            assertThat(browser.text("#connection")).isEqualTo("Live");
            assertThat(browser.text("#banner")).isEmpty();
            assertThat(browser.text("#announcer")).contains("The connection is back");
        });
    }

    @Test
    void asksForStatesWhereThereIsNoStream() throws Exception {
        busyPool();
        DashboardFeed feed = DashboardFeed.of(Access.READ_ONLY, board, clock);
        toClose.push(feed);
        HttpServer embedder = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        embedder.createContext("/internal/flame/", exchange -> {
            String path = exchange.getRequestURI().getPath().substring("/internal/flame/".length());
            boolean isState = path.equals("state");
            Optional<DashboardContent> file = DashboardContent.at(path);
            DashboardContent.headers().forEach(exchange.getResponseHeaders()::set);
            file.ifPresent(found -> exchange.getResponseHeaders().set("Content-Type", found.contentType()));
            byte[] body = isState
                    ? feed.newest().json().getBytes(StandardCharsets.UTF_8)
                    : file.map(DashboardContent::bytes).orElse(new byte[0]);
            exchange.sendResponseHeaders(isState || file.isPresent() ? 200 : 404, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        embedder.start();
        toClose.push(() -> embedder.stop(0));

        browser.open("http://127.0.0.1:" + embedder.getAddress().getPort() + "/internal/flame/");

        eventually(() -> {
            assertThat(browser.text("#connection")).isEqualTo("Live");
            assertThat(browser.count(".tile")).isEqualTo(8);
        });
        board.onOpen(new SimulatedPool("other", 8, 4).pool());
        eventually(() -> assertThat(browser.count("section.pool")).isEqualTo(2));
    }

    @Test
    void saysWhenTooManyLook() throws Exception {
        busyPool();
        serve(0, Access.READ_ONLY, 1);
        browser.open(server.uri());
        eventually(() -> assertThat(browser.text("#connection")).isEqualTo("Live"));

        browser.eval("document.body.append(Object.assign(document.createElement('p'), {id: 'mark'}))");
        try (Chromium other = Chromium.start()) {
            other.size(800, 600).open(server.uri());
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(other.text("#connection")).isEqualTo("Not served");
                assertThat(other.text("#banner")).contains("1 look at this page already");
            });
        }
    }

    // ---- help

    private static final String PULL_FAILURE = """
            Pool 'thumbs': runner thumbs-2 could not be started: the image registry.example/shop:42 cannot be pulled \
            (ErrImagePull: not found). Push the image, or mend its tag in the Deployment of the parent.
            Events of the pod:
              Pulling image "registry.example/shop:42"
              Failed to pull image "registry.example/shop:42": manifest unknown""";

    /** A pool with minutes behind it, and a bit of everything. */
    private SimulatedPool busyPool() {
        SimulatedPool thumbs = new SimulatedPool("thumbs", 8, 4);
        FlamePool pool = thumbs.pool();
        board.onOpen(pool);
        for (int second = 0; second < 280; second++) {
            thumbs.clear().ready(1 + second / 50).queued(second % 70 > 50 ? second % 9 : 0);
            if (second % 50 > 46) {
                thumbs.booting(BootPhase.STARTED, Duration.ofMillis(500));
            }
            for (int call = 0; call < 10 + second % 17; call++) {
                boolean fails = call == 3 && second % 40 < 5;
                board.onCall("thumbs").onEnd(report(fails ? CallOutcome.FAILED : CallOutcome.SUCCEEDED));
            }
            tick();
        }
        thumbs.booting(BootPhase.SCHEDULED, Duration.ofMillis(2_300)).runner(State.DRAINING, 2, Duration.ofMinutes(3));
        thumbs.queued(3).refused(Refusal.WRONG_TOKEN, 2);
        board.onBootFailed("thumbs", "thumbs-9", new RunnerBootException(PULL_FAILURE, true, null), Duration.ZERO);
        RunnerLostException loss = new RunnerLostException(
                "Pool 'thumbs': runner thumbs-2 is lost: killed for want of memory (OOMKilled, exit code 137)."
                        + " Give runners more memory, or fewer slots.",
                "thumbs-2",
                RunnerLostException.Reason.OUT_OF_MEMORY,
                null);
        board.onRunnerLost("thumbs", "thumbs-2", loss);
        tick();
        return thumbs;
    }

    private static CallReport report(CallOutcome outcome) {
        IOException failure = outcome == CallOutcome.SUCCEEDED ? null : new IOException("No space left on device");
        return new CallReport(
                "thumbs", "lambda in com.acme.Shop.thumbs", outcome, failure, "thumbs-1", 1, 84_000_000, 0, -1, 9, 9);
    }

    private void tick() {
        millis.addAndGet(1_000);
        board.sample();
    }

    private void open(Access access) throws Exception {
        serve(0, access, 16);
        browser.open(server.uri());
    }

    private void serve(int port, Access access, int maxViewers) throws IOException {
        DashboardFeed feed = DashboardFeed.of(access, board, clock);
        toClose.push(feed);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        server = DashboardServer.start(address, feed, Set.of(), maxViewers);
        toClose.push(server);
    }

    private static String focused() {
        return String.valueOf(browser.eval("document.activeElement.className"));
    }

    private static void assertNoComplaints() {
        assertThat(browser.complaints).as("what the browser complained about").isEmpty();
    }

    private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
        patience().untilAsserted(assertion);
    }

    private static ConditionFactory patience() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
    }
}
