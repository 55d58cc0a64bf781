package io.flame4j.internal.link;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that have not proved themselves, and who has to go when there are too many: an address that has more of
 * them than others, and of these the oldest. So one who holds connections open keeps out itself, and a runner from
 * elsewhere always gets in. Addresses of runners that are connected are known, and spared. Loopback addresses and
 * Unix-domain sockets are no address here ({@link Peers#telling}): who comes from there cannot be told apart, and is only
 * measured by age.
 *
 * <p>Belongs to the listener's thread.
 *
 * @param <K> what a connection is known by
 */
final class Crowd<K> {

    /**
     * An honest runner has said its first word by then, if the machine is not very busy: it does so as soon as it is
     * connected, so what had to stand in line has spoken long before it is accepted. One that was cut off dials again.
     */
    static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** How long the handshake of TLS may take from there on; a {@link #heard} connection has it. */
    static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Most connections that one address may open in a second. */
    static final int RATE = 100;

    /** How long it is believed which addresses are those of connected runners. */
    private static final long KNOWN_FOR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Addresses whose rate is watched; of more, those that were quiet for longest are forgotten. */
    private static final int MOST_WATCHED = 4_096;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final class Entry {
        private final @Nullable InetAddress from;
        private final long since;
        private boolean heard;

        Entry(@Nullable InetAddress from, long since) {
            this.from = from;
            this.since = since;
        }

        boolean hasHadItsTime(long now) {
            return now - since >= (heard ? FRESH_NANOS : SILENT_NANOS);
        }
    }

    /** How fast an address may go on: one connection costs {@code SECOND_NANOS / RATE}, and a second's worth is saved. */
    private static final class Rate {
        private long spentUntil;
    }

    private final int most;
    private final Supplier<Set<InetAddress>> runners;

    /** The oldest first. */
    private final Map<K, Entry> entries = new LinkedHashMap<>();

    private final Map<@Nullable InetAddress, Integer> counts = new HashMap<>();

    private final Map<InetAddress, Rate> rates = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Rate> eldest) {
            return size() > MOST_WATCHED;
        }
    };

    private Set<InetAddress> known = new HashSet<>();
    private long knownUntil;
    private boolean everKnown;

    /**
     * Begins empty.
     *
     * @param most how many there may be
     * @param runners the addresses of connected runners
     */
    Crowd(int most, Supplier<Set<InetAddress>> runners) {
        this.most = most;
        this.runners = runners;
    }

    void add(K key, @Nullable InetAddress from, long now) {
        entries.put(key, new Entry(from, now));
        counts.merge(from, 1, Integer::sum);
    }

    /** It has begun a handshake, which takes a while. */
    void heard(K key) {
        Entry entry = entries.get(key);
        if (entry != null) {
            entry.heard = true;
        }
    }

    void remove(K key) {
        Entry entry = entries.remove(key);
        if (entry != null) {
            counts.computeIfPresent(entry.from, (from, count) -> count == 1 ? null : count - 1);
        }
    }

    /** All, the oldest first. */
    Collection<K> keys() {
        return entries.keySet();
    }

    boolean isFull() {
        return entries.size() >= most;
    }

    /** Whether an address opens connections faster than any honest one would. Notes that it has opened another. */
    boolean isTooFast(@Nullable InetAddress from, long now) {
        if (from == null) {
            return false;
        }
        Rate rate = rates.computeIfAbsent(from, address -> {
            Rate fresh = new Rate();
            fresh.spentUntil = now;
            return fresh;
        });
        long spent = Math.max(rate.spentUntil, now) + SECOND_NANOS / RATE;
        if (spent - now > SECOND_NANOS) {
            return !isKnown(from, now);
        }
        rate.spentUntil = spent;
        return false;
    }

    /** Whether an address has its share of a crowd that is full, and must take the place of one of its own. */
    boolean hasItsShare(@Nullable InetAddress from, long now) {
        return from != null && isFull() && counts.getOrDefault(from, 0) >= share() && !isKnown(from, now);
    }

    private int share() {
        return Math.max(1, most / 4);
    }

    /** The oldest connection of an address, if it has had its time. */
    @Nullable
    K oldestOf(@Nullable InetAddress from, long now) {
        return oldest(entry -> Objects.equals(entry.from, from) && entry.hasHadItsTime(now));
    }

    /** Who has to go so that another gets in; null when nobody has, for now. */
    @Nullable
    K victim(long now) {
        InetAddress biggest = null;
        int size = 0;
        for (Map.Entry<@Nullable InetAddress, Integer> each : counts.entrySet()) {
            InetAddress from = each.getKey();
            // A runner that was taken over must not take all.
            boolean spared = from != null && each.getValue() <= most / 2 && isKnown(from, now);
            if (!spared && each.getValue() > size) {
                biggest = from;
                size = each.getValue();
            }
        }
        if (size == 0) {
            return null;
        }
        boolean greedy = biggest != null && size > share() && !isKnown(biggest, now);
        InetAddress from = biggest;
        return greedy ? oldest(entry -> Objects.equals(entry.from, from)) : oldestOf(biggest, now);
    }

    private @Nullable K oldest(Predicate<Entry> which) {
        for (Map.Entry<K, Entry> each : entries.entrySet()) {
            if (which.test(each.getValue())) {
                return each.getKey();
            }
        }
        return null;
    }

    private boolean isKnown(InetAddress from, long now) {
        if (!everKnown || now - knownUntil >= 0) {
            everKnown = true;
            known = runners.get();
            knownUntil = now + KNOWN_FOR_NANOS;
        }
        return known.contains(from);
    }
}
