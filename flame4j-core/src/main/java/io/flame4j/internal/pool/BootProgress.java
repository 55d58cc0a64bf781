package io.flame4j.internal.pool;

import io.flame4j.BootPhase;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far one boot has come, for those who listen. Phases are told in their order: one that is heard of when a later one
 * was reached is left out, and one that is heard of again is the first time's. {@code this} guards all.
 */
final class BootProgress {

    private final Hearer hearer;
    private @Nullable BootPhase phase;
    private long since;
    private boolean over;

    /** Is told under the monitor, so that phases stay in order, and must only note it. */
    interface Hearer {
        void reached(BootPhase phase, Duration took);
    }

    BootProgress(long now, Hearer hearer) {
        this.since = now;
        this.hearer = hearer;
    }

    /** Whether that is news. */
    synchronized boolean reached(BootPhase reached, long now) {
        if (over || phase != null && phase.compareTo(reached) >= 0) {
            return false;
        }
        phase = reached;
        long took = Math.max(0, now - since);
        since = now;
        hearer.reached(reached, Duration.ofNanos(took));
        return true;
    }

    /** The boot has failed, or is not wanted any more. */
    synchronized void ends() {
        over = true;
    }

    synchronized Optional<BootPhase> phase() {
        return Optional.ofNullable(phase);
    }
}
