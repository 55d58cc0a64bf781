package io.flame4j.dashboard.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.flame4j.BootPhase;
import io.flame4j.CallListener;
import io.flame4j.CallOutcome;
import io.flame4j.CallReport;
import io.flame4j.FlamePool;
import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.dashboard.Json;
import io.flame4j.dashboard.SimulatedPool;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BoardTest {

    private long now = 1_700_000_000_000L;
    private final Board board = new Board(() -> Instant.ofEpochMilli(now));
    private final SimulatedPool simulated = new SimulatedPool("thumbs", 8, 4);
    private final FlamePool pool = simulated.pool();

    @Test
    void nothingIsAnEmptyArray() {
        assertThat(board.write()).isEqualTo("[]");
    }

    @Test
    void showsWhatAPoolSaysOfItself() {
        simulated
                .ready(2)
                .booting(BootPhase.SCHEDULED, Duration.ofMillis(700))
                .booting(null, Duration.ZERO)
                .queued(5)
                .refused(Refusal.WRONG_TOKEN, 3);
        board.onOpen(pool);

        Map<String, Object> seen = only();

        assertThat(seen)
                .containsEntry("name", "thumbs")
                .containsEntry("open", true)
                .containsEntry("max", 8)
                .containsEntry("ready", 2)
                .containsEntry("booting", 2)
                .containsEntry("slots", 8)
                .containsEntry("busy", 1)
                .containsEntry("queued", 5)
                .containsEntry("slotsPerRunner", 4)
                .containsEntry("refused", Map.of("wrong token", 3));
        assertThat(Json.list(seen, "runners"))
                .extracting("id", "state", "busy")
                .containsExactly(
                        tuple("thumbs-1", "ready", 0),
                        tuple("thumbs-2", "ready", 1),
                        tuple("thumbs-3", "booting", 0),
                        tuple("thumbs-4", "booting", 0));
        assertThat(Json.list(seen, "runners").get(0)).doesNotContainKey("phase");
        assertThat(Json.list(seen, "runners").get(2))
                .containsEntry("since", now - 700)
                .containsEntry("phase", "scheduled");
        assertThat(Json.list(seen, "runners").get(3)).containsEntry("phase", "");
    }

    @Test
    void staysTheSameTextWhileNothingChanges() {
        simulated.ready(1).booting(BootPhase.STARTED, Duration.ofMillis(700));
        board.onOpen(pool);
        String before = board.write();
        now += 400;

        assertThat(board.write()).isEqualTo(before);

        simulated.ready(1);
        assertThat(board.write()).isNotEqualTo(before);
    }

    @Test
    void remembersHowManySlotsARunnerHasWhenAllAreGone() {
        simulated.ready(1);
        board.onOpen(pool);
        board.sample();
        simulated.clear();

        assertThat(only()).containsEntry("slotsPerRunner", 4);
    }

    @Test
    void countsCallsAndKeepsTheirFailures() {
        board.onOpen(pool);
        CallListener calls = board.onCall("thumbs");
        calls.onEnd(report(CallOutcome.SUCCEEDED, null));
        calls.onEnd(report(CallOutcome.SUCCEEDED, null));
        calls.onEnd(report(CallOutcome.CANCELLED, new IllegalStateException("not needed any more")));
        calls.onEnd(report(CallOutcome.FAILED, new IOException("disk full")));
        now += 1_000;
        board.sample();

        Map<String, Object> seen = only();

        assertThat(Json.map(seen, "calls"))
                .containsEntry("outcomes", Map.of("succeeded", 2, "failed", 1, "cancelled", 1))
                .containsEntry("perMinute", 240)
                .containsEntry("meanMicros", 2_000);
        assertThat(Json.map(seen, "timeline"))
                .containsEntry("ended", List.of(4))
                .containsEntry("unsuccessful", List.of(2));
        assertThat(Json.list(seen, "failures"))
                .containsExactly(Map.of(
                        "kind", "call",
                        "at", now - 1_000,
                        "count", 1,
                        "what", "lambda in com.acme.Shop.thumbs",
                        "message", "IOException: disk full"));
    }

    @Test
    void callsThatFailDoNotHideRunnersThatFail() {
        board.onOpen(pool);
        board.onBootFailed("thumbs", "thumbs-1", new RunnerBootException("no image", true, null), Duration.ZERO);
        now++;
        board.onRunnerLost(
                "thumbs",
                "thumbs-2",
                new RunnerLostException("exit code 137", "thumbs-2", RunnerLostException.Reason.OUT_OF_MEMORY, null));
        now++;
        for (int i = 0; i < 1_000; i++) {
            board.onCall("thumbs").onEnd(report(CallOutcome.FAILED, new IOException("disk " + i)));
        }

        List<Map<String, Object>> failures = Json.list(only(), "failures");

        assertThat(failures).hasSize(27);
        assertThat(failures.get(0)).containsEntry("message", "IOException: disk 999");
        assertThat(failures.get(25)).containsEntry("kind", "lost").containsEntry("message", "exit code 137");
        assertThat(failures.get(26)).containsEntry("kind", "boot").containsEntry("what", "thumbs-1");
    }

    @Test
    void failuresWithoutAMessageHaveTheirType() {
        board.onOpen(pool);
        board.onCall("thumbs").onEnd(report(CallOutcome.FAILED, new StackOverflowError()));
        board.onCall("thumbs").onEnd(report(CallOutcome.ERROR, null));

        assertThat(Json.list(only(), "failures"))
                .extracting("message")
                .containsExactlyInAnyOrder("java.lang.StackOverflowError", "ERROR");
    }

    @Test
    void callsThatEndAfterTheSampleOfTheirSecondAreInTheNextOne() {
        board.onOpen(pool);
        CallListener calls = board.onCall("thumbs");
        board.sample();
        calls.onEnd(report(CallOutcome.SUCCEEDED, null));
        board.sample();
        now += 1_000;
        board.sample();

        assertThat(Json.map(only(), "timeline")).containsEntry("ended", List.of(0, 1));
    }

    @Test
    void closedPoolsStayForAWhile() {
        simulated.ready(3).queued(1);
        board.onOpen(pool);
        board.sample();
        board.onClose(pool);

        assertThat(only())
                .containsEntry("open", false)
                .containsEntry("closedAt", now)
                .containsEntry("ready", 0)
                .containsEntry("queued", 0)
                .containsEntry("runners", List.of());
        assertThat(board.pool("thumbs")).isNull();

        now += Board.SECONDS * 1_000L + 1;
        board.sample();
        assertThat(board.write()).isEqualTo("[]");
    }

    @Test
    void aPoolOfTheSameNameTakesThePlaceOfAClosedOne() {
        board.onOpen(pool);
        board.onClose(pool);
        FlamePool next = new SimulatedPool("thumbs", 3, 1).pool();
        board.onOpen(next);
        board.onClose(pool);

        assertThat(only()).containsEntry("open", true).containsEntry("max", 3);
        assertThat(board.pool("thumbs")).isSameAs(next);
    }

    @Test
    void fewClosedPoolsAreKept() {
        for (int i = 0; i < 100; i++) {
            FlamePool each = new SimulatedPool("p" + i, 1, 1).pool();
            board.onOpen(each);
            board.onClose(each);
            now++;
        }
        board.onOpen(pool);
        board.sample();

        List<Map<String, Object>> pools = pools();
        assertThat(pools).hasSize(21);
        assertThat(pools.get(0)).as("open ones come first").containsEntry("name", "thumbs");
        assertThat(pools).extracting("name").contains("p99", "p80").doesNotContain("p79");
    }

    @Test
    void whatIsToldOfUnknownPoolsIsIgnored() {
        board.onBootFailed("gone", "gone-1", new RunnerBootException("no image", true, null), Duration.ZERO);

        assertThat(board.onCall("gone")).isNull();
        assertThat(board.write()).isEqualTo("[]");
    }

    private static CallReport report(CallOutcome outcome, @Nullable Throwable failure) {
        return new CallReport(
                "thumbs", "lambda in com.acme.Shop.thumbs", outcome, failure, "thumbs-1", 1, 2_000_000, 0, -1, 10, 10);
    }

    private Map<String, Object> only() {
        List<Map<String, Object>> pools = pools();
        assertThat(pools).hasSize(1);
        return pools.get(0);
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> pools() {
        return (List<Map<String, Object>>) Json.read(board.write());
    }
}
