package io.flame4j.spring.internal.actuate;

import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.PoolStats;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * Remembers the latest boots, failed boots and losses of all pools of this process. Thread-safe; its monitor guards all. It
 * is no {@code PoolListener} itself, since pools would hear of such a bean a second time.
 */
public final class PoolHistory implements DisposableBean {

    private static final int KEPT = 20;

    /** Of a message; that of a context that does not start, with all its causes, may be of any length. */
    private static final int LONGEST = 2_000;

    private final Clock clock;
    private final Map<String, Deque<Event>> events = new HashMap<>();
    private final Map<String, Event> lastBoots = new HashMap<>();
    private final Map<String, FlamePool> open = new HashMap<>();
    private final Set<String> begun = new HashSet<>();

    private final PoolListener listener = new Listener();

    /** Begins to listen. */
    public PoolHistory() {
        this(Clock.systemUTC());
    }

    PoolHistory(Clock clock) {
        this.clock = clock;
        Flame.addListener(listener);
    }

    /** What has become of a runner. */
    public enum Kind {
        /** It takes calls. */
        BOOTED,
        /** It did not come up. */
        BOOT_FAILED,
        /** It was lost. */
        LOST
    }

    /**
     * Something that has become of a runner.
     *
     * @param time when
     * @param kind what
     * @param runner the runner's id
     * @param took how long its boot took, of one that is ready
     * @param reason why, in a word
     * @param message why, in sentences
     */
    public record Event(
            Instant time,
            Kind kind,
            String runner,
            @Nullable Duration took,
            @Nullable String reason,
            @Nullable String message) {}

    private final class Listener implements PoolListener {

        @Override
        public void onOpen(FlamePool pool) {
            synchronized (PoolHistory.this) {
                open.put(pool.name(), pool);
            }
        }

        @Override
        public void onClose(FlamePool pool) {
            forget(pool.name());
        }

        @Override
        public void onGrowEnd(String pool, String runnerId, int runners, Duration bootTime) {
            add(pool, new Event(clock.instant(), Kind.BOOTED, runnerId, bootTime, null, null));
            FlamePool grown;
            synchronized (PoolHistory.this) {
                grown = open.get(pool);
            }
            if (grown != null) {
                hasBegun(grown);
            }
        }

        @Override
        public void onBootFailed(String pool, String runnerId, RunnerBootException failure, Duration retryAfter) {
            String reason = failure.reason().name();
            add(pool, new Event(clock.instant(), Kind.BOOT_FAILED, runnerId, null, reason, cut(failure.getMessage())));
        }

        /** A pool that lets go of its last runner is right to have none, whatever came of others before. */
        @Override
        public void onShrink(String pool, String runnerId, int runners, ShrinkReason reason) {
            if (reason == ShrinkReason.IDLE) {
                synchronized (PoolHistory.this) {
                    lastBoots.remove(pool);
                }
            }
        }

        @Override
        public void onRunnerLost(String pool, String runnerId, RunnerLostException loss) {
            add(
                    pool,
                    new Event(
                            clock.instant(),
                            Kind.LOST,
                            runnerId,
                            null,
                            loss.reason().name(),
                            cut(loss.getMessage())));
        }
    }

    private static @Nullable String cut(@Nullable String message) {
        return message == null || message.length() <= LONGEST
                ? message
                : message.substring(0, LONGEST) + "… (the parent's log has all of it)";
    }

    /** Pools of other parts of the process come and go, under ever new names perhaps. */
    private synchronized void forget(String pool) {
        open.remove(pool);
        events.remove(pool);
        lastBoots.remove(pool);
        begun.remove(pool);
    }

    /**
     * Whether a pool has had as many runners as it must have at least, once since it must have any. Later it may have fewer,
     * when nobody calls.
     */
    public boolean hasBegun(FlamePool pool) {
        PoolStats stats = pool.stats();
        synchronized (this) {
            if (stats.min() > 0 && stats.ready() >= stats.min() && open.containsKey(pool.name())) {
                begun.add(pool.name());
            }
            return begun.contains(pool.name());
        }
    }

    private synchronized void add(String pool, Event event) {
        if (!open.containsKey(pool)) {
            // Of its end, and late.
            return;
        }
        Deque<Event> latest = events.computeIfAbsent(pool, any -> new ArrayDeque<>());
        latest.addFirst(event);
        if (latest.size() > KEPT) {
            latest.removeLast();
        }
        if (event.kind() != Kind.LOST) {
            lastBoots.put(pool, event);
        }
    }

    /** The latest events of a pool, the last one first. */
    public synchronized List<Event> of(String pool) {
        Deque<Event> latest = events.get(pool);
        return latest == null ? List.of() : new ArrayList<>(latest);
    }

    /** The failure of the last boot of a pool that has ended; null when it did not fail. */
    public synchronized @Nullable Event failing(String pool) {
        Event last = lastBoots.get(pool);
        return last != null && last.kind() == Kind.BOOT_FAILED ? last : null;
    }

    @Override
    public void destroy() {
        Flame.removeListener(listener);
    }
}
