package io.flame4j.dashboard.internal.state;

import io.flame4j.CallListener;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.dashboard.internal.state.FailureLog.Failure;
import io.flame4j.dashboard.internal.state.FailureLog.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * All pools: those that are open, and for as long as the timeline reaches, a few that were closed. Thread-safe.
 */
public final class Board implements PoolListener {

    /** How far back the timelines reach. */
    public static final int SECONDS = 300;

    /** An application that makes a pool for each of its requests must not fill the memory with closed ones. */
    private static final int MOST_CLOSED = 20;

    private final InstantSource clock;
    private final ConcurrentMap<String, PoolTrack> pools = new ConcurrentHashMap<>();

    /**
     * Creates an empty board.
     *
     * @param clock tells the time
     */
    public Board(InstantSource clock) {
        this.clock = clock;
    }

    // ---- what pools tell

    @Override
    public void onOpen(FlamePool pool) {
        pools.put(pool.name(), new PoolTrack(pool, clock, SECONDS));
    }

    @Override
    public void onClose(FlamePool pool) {
        PoolTrack track = pools.get(pool.name());
        if (track != null && track.pool() == pool) {
            track.closed();
        }
    }

    @Override
    public @Nullable CallListener onCall(String pool) {
        PoolTrack track = pools.get(pool);
        return track == null ? null : track.calls();
    }

    @Override
    public void onBootFailed(String pool, String runnerId, RunnerBootException failure, Duration retryAfter) {
        failed(pool, new Failure(Kind.BOOT, runnerId, Texts.of(failure)));
    }

    @Override
    public void onRunnerLost(String pool, String runnerId, RunnerLostException loss) {
        failed(pool, new Failure(Kind.LOST, runnerId, Texts.of(loss)));
    }

    private void failed(String pool, Failure failure) {
        PoolTrack track = pools.get(pool);
        if (track != null) {
            track.failed(failure);
        }
    }

    // ---- what is made of it

    /**
     * The open pool of a name.
     *
     * @param name the name
     * @return the pool, or null
     */
    public @Nullable FlamePool pool(String name) {
        PoolTrack track = pools.get(name);
        return track == null ? null : track.pool();
    }

    /** Takes the sample of this second, and forgets pools that were closed long ago. */
    public void sample() {
        long now = clock.millis();
        pools.values().forEach(track -> track.sample(now / Timeline.STEP_MILLIS));
        pools.values().removeIf(track -> track.closedBefore(now - SECONDS * 1_000L));
        List<Map.Entry<String, PoolTrack>> closed = pools.entrySet().stream()
                .filter(entry -> entry.getValue().closedBefore(Long.MAX_VALUE))
                .sorted(Comparator.comparing(Map.Entry::getValue, Comparator.comparingLong(PoolTrack::closedAtMillis)))
                .toList();
        closed.subList(0, Math.max(0, closed.size() - MOST_CLOSED))
                .forEach(entry -> pools.remove(entry.getKey(), entry.getValue()));
    }

    /**
     * The pools as a JSON array, open ones first, by name; equal as long as nothing has changed.
     *
     * @return the text
     */
    public String write() {
        JsonWriter json = new JsonWriter(16_384).beginArray();
        pools.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, PoolTrack> entry) ->
                                entry.getValue().pool() == null)
                        .thenComparing(Map.Entry::getKey))
                .forEach(entry -> {
                    entry.getValue().look();
                    entry.getValue().write(json);
                });
        return json.endArray().toString();
    }
}
