package io.flame4j.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.dashboard.internal.state.Board;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DashboardFeedTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Board board = new Board(InstantSource.system());
    private final SimulatedPool simulated = new SimulatedPool("thumbs", 8, 4).ready(1);
    private final DashboardFeed feed = DashboardFeed.of(DashboardFeed.Access.RESIZE, board, InstantSource.system());

    @AfterEach
    void close() {
        feed.close();
    }

    @Test
    void tellsTheNewestStateAtOnce() {
        board.onOpen(simulated.pool());

        await().atMost(PATIENCE).untilAsserted(() -> {
            Map<String, Object> state = state(feed.newest());
            assertThat(state)
                    .containsEntry("resize", true)
                    .containsEntry("seconds", 300)
                    .containsEntry("process", (int) ProcessHandle.current().pid())
                    .containsKeys("version", "now");
            assertThat(Json.list(state, "pools"))
                    .singleElement()
                    .extracting("ready")
                    .isEqualTo(1);
        });
    }

    @Test
    void whoWaitsGetsWhatIsNew() throws Exception {
        board.onOpen(simulated.pool());
        long seen = 0;
        int runners = 0;
        while (runners < 3) {
            DashboardState state = feed.awaitNewer(seen, PATIENCE).orElseThrow();
            assertThat(state.version()).isGreaterThan(seen);
            seen = state.version();
            List<Map<String, Object>> pools = Json.list(state(state), "pools");
            runners = pools.isEmpty() ? 0 : Json.list(pools.get(0), "runners").size();
            simulated.ready(1);
        }
    }

    @Test
    void theTimelineGoesOnByItself() throws Exception {
        board.onOpen(simulated.pool());
        long seen = feed.newest().version();
        for (int i = 0; i < 3; i++) {
            seen = feed.awaitNewer(seen, PATIENCE).orElseThrow().version();
        }
    }

    @Test
    void whoSawTheNewestWaitsInVain() throws Exception {
        DashboardState empty = feed.newest();

        assertThat(feed.awaitNewer(empty.version(), Duration.ofMillis(50))).isEmpty();
        assertThat(feed.awaitNewer(empty.version(), Duration.ZERO)).isEmpty();
        assertThat(feed.awaitNewer(empty.version() - 1, Duration.ZERO)).hasValue(empty);
    }

    @Test
    void aPoolThatCannotBeLookedAtDoesNotEndIt() throws Exception {
        FlamePool broken = simulated.pool();
        board.onOpen(broken);
        simulated.breakStats();
        await().atMost(PATIENCE).until(simulated::wasAskedWhileBroken);
        simulated.mend().ready(2);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Json.list(state(feed.newest()), "pools"))
                        .singleElement()
                        .extracting("ready")
                        .isEqualTo(3));
    }

    @Test
    void resizesPools() {
        board.onOpen(simulated.pool());

        feed.resize("thumbs", 1, 5);

        assertThat(Json.list(Json.read("{\"pools\":" + board.write() + "}"), "pools")
                        .get(0))
                .containsEntry("min", 1)
                .containsEntry("max", 5);
        assertThatThrownBy(() -> feed.resize("other", 1, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No pool of that name is open");
    }

    @Test
    void resizesNothingWhenItIsReadOnly() {
        board.onOpen(simulated.pool());
        try (DashboardFeed readOnly = DashboardFeed.of(DashboardFeed.Access.READ_ONLY, board, InstantSource.system())) {
            assertThatThrownBy(() -> readOnly.resize("thumbs", 1, 5))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("allowResize(true)");
            assertThat(state(readOnly.newest())).containsEntry("resize", false);
        }
    }

    @Test
    void closingItFreesThoseWhoWait() throws Exception {
        long seen = feed.newest().version();
        CompletableFuture<Boolean> told = CompletableFuture.supplyAsync(() -> {
            try {
                return feed.awaitNewer(seen + 1_000_000, PATIENCE).isPresent();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        feed.close();
        feed.close();

        assertThat(told.get(60, TimeUnit.SECONDS)).isFalse();
        assertThat(feed.isClosed()).isTrue();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> state(DashboardState state) {
        return (Map<String, Object>) Json.read(state.json());
    }
}
