package io.flame4j.internal.link;

import io.flame4j.Refusal;
import io.flame4j.internal.bytes.LogText;
import io.flame4j.internal.wire.WireAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connections that were refused and tells of them: of the first one of each kind at once, of what follows in
 * numbers, so that a scan of the port neither fills the log nor hides a token that somebody has stolen. Belongs to the listener's thread; {@link #counts()} is anybody's.
 */
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerListener.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A reason may repeat what the stranger sent, such as the host name that it asked for in its TLS handshake. */
    private static final int LONGEST_REASON = 300;

    private final WireAddress listener;
    private final Map<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);
    private final Map<Refusal, Integer> untold = new EnumMap<>(Refusal.class);
    private final Map<Refusal, Long> toldAt = new EnumMap<>(Refusal.class);
    private long untoldSince;

    RefusalLog(WireAddress listener) {
        this.listener = listener;
        for (Refusal kind : Refusal.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    /**
     * One was refused.
     *
     * @param kind why
     * @param peer its address, or an empty string
     * @param reason why, in words that may be the peer's
     */
    void refused(Refusal kind, String peer, String reason, long now) {
        Objects.requireNonNull(counts.get(kind)).increment();
        Long before = toldAt.get(kind);
        boolean counted = before != null && now - before < PERIOD_NANOS;
        if (counted) {
            if (untold.isEmpty()) {
                untoldSince = now;
            }
            untold.merge(kind, 1, Integer::sum);
            if (!LOG.isDebugEnabled()) {
                return;
            }
        }
        String why = LogText.oneLine(reason, LONGEST_REASON);
        String from = peer.isEmpty() ? "" : " from " + peer;
        if (counted) {
            LOG.debug("Refused a connection{} at {}: {} ({})", from, listener, why, kind);
        } else {
            flush(now);
            toldAt.put(kind, now);
            LOG.warn("Refused a connection{} at {}: {} ({})", from, listener, why, kind);
        }
    }

    /** Tells of those that were only counted, when it is time. */
    void flush(long now) {
        if (!untold.isEmpty() && now - untoldSince >= PERIOD_NANOS) {
            int all = untold.values().stream().mapToInt(Integer::intValue).sum();
            LOG.warn(
                    "Refused {} more connections at {} ({}); level debug names each",
                    all,
                    listener,
                    untold.entrySet().stream()
                            .map(each -> each.getKey() + " " + each.getValue())
                            .collect(Collectors.joining(", ")));
            untold.clear();
        }
    }

    /** How many of each kind so far; kinds that there were none of are left out. */
    Map<Refusal, Long> counts() {
        Map<Refusal, Long> all = new EnumMap<>(Refusal.class);
        counts.forEach((kind, count) -> {
            if (count.sum() > 0) {
                all.put(kind, count.sum());
            }
        });
        return all;
    }
}
