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
    private long lookedAt = Clock.NEVER;
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
        lookedAt = now;
        // The first look is due when the parent is heard first.
        excuseIfLate(now, plannedLook == Clock.NEVER ? lastHeard : plannedLook);
        return now >= excusedUntil && now - lastHeard >= MISSED * period;
    }

    /** Whether it is time for a heartbeat. */
    boolean isQuiet(long now, long lastSent) {
        return period != Clock.NEVER && now - lastSent >= period;
    }

    private void excuseIfLate(long now, long expected) {
        if (now - expected > period) {
            excusedUntil = now + period;
        }
    }

    /**
     * When to look again; to be kept. Told the time anew: a process may have been stopped since it looked, and when the time
     * of the parent was up before this plan, keeping to it would not be late.
     */
    long nextLook(long now, long lastHeard) {
        excuseIfLate(now, lookedAt);
        plannedLook = period == Clock.NEVER
                ? Clock.NEVER
                : Math.min(now + period, Math.max(excusedUntil, lastHeard + MISSED * period));
        return plannedLook;
    }
}
