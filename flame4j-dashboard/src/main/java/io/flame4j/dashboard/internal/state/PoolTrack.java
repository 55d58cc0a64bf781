package io.flame4j.dashboard.internal.state;

import io.flame4j.CallOutcome;
import io.flame4j.FlamePool;
import io.flame4j.PoolStats;
import io.flame4j.PoolStats.RunnerStats;
import io.flame4j.PoolStats.State;
import io.flame4j.Refusal;
import io.flame4j.dashboard.internal.state.FailureLog.Entry;
import io.flame4j.dashboard.internal.state.FailureLog.Failure;
import io.flame4j.dashboard.internal.state.Timeline.Series;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one pool. But for the calls and failures, which threads of the pool bring, everything is guarded by
 * {@code this}.
 */
final class PoolTrack {

    private static final int MOST_FAILURES = 25;

    /** Over how many seconds rates are told. */
    private static final int RATE_SECONDS = 5;

    private final InstantSource clock;
    private final CallCounts calls;
    private final FailureLog runnerFailures = new FailureLog(MOST_FAILURES);
    private final Timeline timeline;

    /** When each runner was asked for: ages would be other ones in each state, and each state a new one. */
    private final Map<String, Long> since = new HashMap<>();

    private @Nullable FlamePool pool;
    private PoolStats stats;
    private long closedAtMillis;
    private int slotsPerRunner;
    private long endedBefore;
    private long succeededBefore;

    PoolTrack(FlamePool pool, InstantSource clock, int seconds) {
        this.pool = pool;
        this.clock = clock;
        calls = new CallCounts(clock);
        timeline = new Timeline(seconds);
        stats = pool.stats();
        look();
    }

    CallCounts calls() {
        return calls;
    }

    void failed(Failure failure) {
        runnerFailures.add(failure, clock.millis());
    }

    /** The pool, while it is open. */
    synchronized @Nullable FlamePool pool() {
        return pool;
    }

    /** Lets go of the pool; what is known of it stays to be seen. */
    synchronized void closed() {
        look();
        pool = null;
        closedAtMillis = clock.millis();
    }

    /** Whether it was closed before that time. */
    synchronized boolean closedBefore(long millis) {
        return pool == null && closedAtMillis < millis;
    }

    synchronized long closedAtMillis() {
        return closedAtMillis;
    }

    /** Reads the pool's state, if it is open. */
    synchronized void look() {
        if (pool == null) {
            return;
        }
        stats = pool.stats();
        if (stats.ready() > 0) {
            slotsPerRunner = stats.slots() / stats.ready();
        }
        long now = clock.millis();
        Map<String, Long> known = Map.copyOf(since);
        since.clear();
        for (RunnerStats runner : stats.runners()) {
            Long before = known.get(runner.id());
            since.put(
                    runner.id(),
                    before != null ? before : Long.valueOf(now - runner.age().toMillis()));
        }
    }

    /** Adds the second that is over to the timeline. */
    synchronized void sample(long tick) {
        if (pool == null) {
            return;
        }
        look();
        long ended = calls.all();
        long succeeded = calls.of(CallOutcome.SUCCEEDED);
        int endedNow = (int) (ended - endedBefore);
        boolean taken = timeline.add(
                tick,
                stats.ready(),
                stats.booting(),
                stats.slots(),
                stats.busySlots(),
                stats.queued(),
                endedNow,
                Math.max(0, endedNow - (int) (succeeded - succeededBefore)));
        if (taken) {
            endedBefore = ended;
            succeededBefore = succeeded;
        }
    }

    // ---- as JSON

    synchronized void write(JsonWriter json) {
        json.beginObject()
                .field("name", stats.pool())
                .field("open", pool != null)
                .field("closedAt", closedAtMillis)
                .field("min", stats.min())
                .field("max", stats.max())
                .field("ready", pool == null ? 0 : stats.ready())
                .field("booting", pool == null ? 0 : stats.booting())
                .field("draining", pool == null ? 0 : stats.draining())
                .field("slots", pool == null ? 0 : stats.slots())
                .field("busy", pool == null ? 0 : stats.busySlots())
                .field("queued", pool == null ? 0 : stats.queued())
                .field("slotsPerRunner", slotsPerRunner)
                .field("bootMillis", stats.bootTime().toMillis());
        writeCalls(json);
        writeRunners(json);
        writeFailures(json);
        json.name("refused").beginObject();
        for (Refusal kind : Refusal.values()) {
            Long count = stats.refused().get(kind);
            if (count != null) {
                json.field(words(kind), count);
            }
        }
        json.endObject().name("timeline").beginObject();
        timeline.write(json);
        json.endObject().endObject();
    }

    private void writeCalls(JsonWriter json) {
        PoolStats.Totals totals = stats.calls();
        json.name("totals")
                .beginObject()
                .field("boots", totals.boots())
                .field("failedBoots", totals.failedBoots())
                .field("cancelledBoots", totals.cancelledBoots())
                .field("lost", totals.lost())
                .endObject();
        int seconds = Math.max(1, Math.min(RATE_SECONDS, timeline.size()));
        json.name("calls")
                .beginObject()
                .field("perMinute", pool == null ? 0 : timeline.sum(Series.ENDED, seconds) * 60 / seconds)
                .field("meanMicros", calls.totalNanos() / 1_000 / Math.max(1, calls.all()));
        json.name("outcomes").beginObject();
        for (CallOutcome outcome : CallOutcome.values()) {
            long count = calls.of(outcome);
            if (count > 0) {
                json.field(words(outcome), count);
            }
        }
        json.endObject().endObject();
    }

    private void writeRunners(JsonWriter json) {
        json.name("runners").beginArray();
        for (RunnerStats runner : pool == null ? List.<RunnerStats>of() : stats.runners()) {
            json.beginObject()
                    .field("id", runner.id())
                    .field("state", words(runner.state()))
                    .field("since", since.getOrDefault(runner.id(), 0L));
            if (runner.state() == State.BOOTING) {
                // None yet: the backend has no room for it.
                json.field("phase", runner.phase().map(PoolTrack::words).orElse(""));
            }
            json.field("busy", runner.busySlots())
                    .field("served", runner.served())
                    .endObject();
        }
        json.endArray();
    }

    private void writeFailures(JsonWriter json) {
        json.name("failures").beginArray();
        Stream.concat(runnerFailures.newestFirst().stream(), calls.failures().newestFirst().stream())
                .sorted((one, other) -> Long.compare(other.atMillis(), one.atMillis()))
                .forEach(entry -> write(json, entry));
        json.endArray();
    }

    private static void write(JsonWriter json, Entry entry) {
        json.beginObject()
                .field("kind", words(entry.failure().kind()))
                .field("at", entry.atMillis())
                .field("count", entry.count())
                .field("what", entry.failure().what())
                .field("message", entry.failure().message())
                .endObject();
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
