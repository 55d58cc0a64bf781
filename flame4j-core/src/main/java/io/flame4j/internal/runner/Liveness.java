package io.flame4j.internal.runner;

/**
 * Decides when to send a heartbeat and when the parent's silence means that it is lost. Pure: told the time, it answers;
 * belongs to one thread.
 */
final class Liveness {

    private static final int MISSED = 3;

    /** A year; more would overflow, and comes to the same as none. */
    private static final long MAX_PERIOD_MILLIS = 365L * 24 * 3600 * 1000;

    private final long period;
    private long plannedLook = Clock.NEVER;
    private long excusedUntil;

    /**
     * For one connection.
     *
     * @param periodMillis the heartbeat period, 0 for none at all
     */
    Liveness(long periodMillis) {
        boolean none = periodMillis <= 0 || periodMillis > MAX_PERIOD_MILLIS;
        this.period = none ? Clock.NEVER : Clock.after(0, periodMillis);
    }

    /** Whether nothing was heard for too long. When this look comes late, this process was stopped, not the parent. */
    boolean isSilent(long now, long lastHeard) {
        if (period == Clock.NEVER) {
            return false;
        }
        if (plannedLook != Clock.NEVER && now - plannedLook > period) {
            excusedUntil = now + period;
        }
        return now >= excusedUntil && now - lastHeard >= MISSED * period;
    }

    /** Whether it is time for a heartbeat. */
    boolean isQuiet(long now, long lastSent) {
        return period != Clock.NEVER && now - lastSent >= period;
    }

    /** When to look again; to be kept. */
    long nextLook(long lastSent, long lastHeard) {
        plannedLook = period == Clock.NEVER
                ? Clock.NEVER
                : Math.min(lastSent + period, Math.max(excusedUntil, lastHeard + MISSED * period));
        return plannedLook;
    }
}
