package io.flame4j.internal.link;

import io.flame4j.internal.bytes.LogText;
import io.flame4j.internal.wire.WireAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of connections that were refused: of the first one at once, of what follows in numbers, so that a scan of the
 * port does not fill the log. Belongs to the listener's thread.
 */
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerListener.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A reason may repeat what the stranger sent, such as the host name that it asked for in its TLS handshake. */
    private static final int LONGEST_REASON = 300;

    private final WireAddress listener;
    private boolean told;
    private long toldAt;
    private long untold;

    RefusalLog(WireAddress listener) {
        this.listener = listener;
    }

    /**
     * One was refused.
     *
     * @param peer its address, or an empty string
     * @param reason why, in words that may be the peer's
     */
    void refused(String peer, String reason, long now) {
        String why = LogText.oneLine(reason, LONGEST_REASON);
        String from = peer.isEmpty() ? "" : " from " + peer;
        if (told && now - toldAt < PERIOD_NANOS) {
            untold++;
            LOG.debug("Refused a connection{} at {}: {}", from, listener, why);
        } else {
            flush(now);
            told = true;
            toldAt = now;
            LOG.warn("Refused a connection{} at {}: {}", from, listener, why);
        }
    }

    /** Tells of those that were only counted, when it is time. */
    void flush(long now) {
        if (untold > 0 && now - toldAt >= PERIOD_NANOS) {
            LOG.warn("Refused {} more connections at {}; level debug names each", untold, listener);
            untold = 0;
            toldAt = now;
        }
    }
}
