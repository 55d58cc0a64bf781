package io.flame4j.internal.pool;

import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.random.RandomGenerator;

/**
 * How many runners there should be: which boots are wanted and when, which are not any more, and when an idle runner
 * may stop. The reasons are told at {@link PoolScheduler}; this answers and remembers, it changes no runner.
 */
final class Sizing {

    private static final long NEVER = SchedulerSettings.NEVER;

    private final SchedulerSettings settings;
    private final int slotsPerRunner;
    private final Fleet fleet;
    private final BootPlanner planner;
    private final Backoff backoff;
    /** For runners that were lost unused; holds up only boots that no caller waits for. */
    private final Backoff lossBackoff;

    private int min;
    private int max;
    /** How many of the {@code min} runners are replaced when they are missing. */
    private int floor;

    /** When boots were last planned; a waiter's patience that ended later is not yet taken into account. */
    private long plannedAt;
    /** When boots that are wanted may start; {@code NEVER} when nothing but events can let them. */
    private long pausedUntil = NEVER;

    Sizing(SchedulerSettings settings, Fleet fleet, RandomGenerator random) {
        this.settings = settings;
        this.fleet = fleet;
        this.slotsPerRunner = settings.slotsPerRunner();
        this.planner = new BootPlanner(slotsPerRunner, settings.singleUse());
        this.backoff = new Backoff(settings.initialBackoffNanos(), settings.maxBackoffNanos(), random);
        this.lossBackoff = new Backoff(settings.initialBackoffNanos(), settings.maxBackoffNanos(), random);
        this.min = settings.min();
        this.max = settings.max();
        this.floor = min;
    }

    int min() {
        return min;
    }

    int max() {
        return max;
    }

    /** How many of the {@code min} runners are replaced when they are missing. */
    int floor() {
        return floor;
    }

    void resize(int newMin, int newMax) {
        if (newMin < 0 || newMax < 1 || newMin > newMax) {
            throw new IllegalArgumentException("min=" + newMin + ", max=" + newMax);
        }
        floor = newMin > min ? newMin : Math.min(floor, newMin);
        min = newMin;
        max = newMax;
    }

    // ---- what happens

    void bootStarts(Runner runner, long now) {
        runner.bootedAt = now;
        runner.bootEpoch = backoff.epoch();
        runner.lossEpoch = lossBackoff.epoch();
    }

    void bootSucceeded(Runner runner, long now) {
        planner.booted(now - runner.bootedAt);
        backoff.succeeded();
        runner.readyAt = now;
    }

    void bootFailed(Runner runner, long now) {
        backoff.failed(runner.bootEpoch, now);
    }

    void served(long nanos) {
        planner.served(nanos);
    }

    void granted(Runner runner) {
        if (runner.served == 0) {
            lossBackoff.succeeded();
        }
    }

    /** A ready runner has left without having been told to. */
    void deserted(Runner runner, long now) {
        if (runner.served == 0) {
            if (now - runner.readyAt < settings.maxBackoffNanos()) {
                lossBackoff.failed(runner.lossEpoch, now);
            } else {
                lossBackoff.succeeded();
            }
        }
    }

    /** A runner is about to be stopped because it was idle. */
    void idleStop() {
        if (fleet.ready() <= floor) {
            floor--;
        }
    }

    // ---- growing

    /** How long a waiter that queues now believes the forecast. */
    long patienceNanos() {
        return planner.patienceNanos();
    }

    /**
     * How many boots to start now.
     *
     * @param waiting how many wait
     * @param headPatience until when the first of them believes the forecast
     */
    int plan(int waiting, long headPatience, long now) {
        plannedAt = now;
        pausedUntil = NEVER;
        int demand = demandedBoots(waiting, headPatience, now);
        int spare = Math.max(headroomBoots(waiting), floor - fleet.live());
        if (Math.max(demand, spare) <= 0) {
            return 0;
        }
        if (backoff.until() > now) {
            pausedUntil = backoff.until();
            return 0;
        }
        if (spare > demand && lossBackoff.until() > now) {
            pausedUntil = lossBackoff.until();
            spare = 0;
        }
        int wanted = Math.max(demand, spare);
        int atATime = Math.min(backoff.limit(fleet.booting() + wanted), settings.bootParallelism());
        int count = Math.max(0, Math.min(wanted, Math.min(atATime - fleet.booting(), max - fleet.total())));
        if (demand > 0 && count > 0) {
            floor = Math.max(floor, Math.min(min, fleet.live() + count));
        }
        return count;
    }

    private int demandedBoots(int waiting, long headPatience, long now) {
        boolean forecastHolds = fleet.ready() == 0 || headPatience > now;
        return planner.boots(waiting, fleet.slots() - fleet.heldSlots(), fleet.booting(), forecastHolds);
    }

    /** Boots that are missing for the headroom, others wanted or not. */
    int headroomBoots(int waiting) {
        if (settings.headroom() == 0) {
            return 0;
        }
        long coming = fleet.freeSlots() + (long) fleet.booting() * slotsPerRunner;
        long missing = settings.headroom() + (long) waiting - coming;
        return missing <= 0 ? 0 : (int) Math.min(max, (missing + slotsPerRunner - 1) / slotsPerRunner);
    }

    /** When time alone calls for another {@link #plan}; arguments as there. */
    long nextPlan(int waiting, long headPatience) {
        boolean patienceWillEnd = waiting > 0 && fleet.ready() > 0 && headPatience > plannedAt;
        return patienceWillEnd ? Math.min(pausedUntil, headPatience) : pausedUntil;
    }

    /** How long boots pause after a failure; 0 when they do not. */
    long pauseNanos(long now) {
        return Math.max(0, backoff.until() - now);
    }

    long bootNanos() {
        return planner.bootNanos();
    }

    // ---- shrinking

    /** Whether the youngest boot is to be cancelled. */
    boolean isBootSurplus(int waiting) {
        return waiting == 0
                && fleet.booting() > 0
                && fleet.live() > floor
                && fleet.freeSlots() >= Math.max(slotsPerRunner, settings.headroom());
    }

    /** When this idle runner may stop, seen from the runners and free slots there are. */
    long idleDue(Runner runner) {
        // Those that were asked whether they may stop may be gone in a moment.
        int staying = fleet.ready() - fleet.pendingChecks();
        long free = fleet.freeSlots() - (long) fleet.pendingChecks() * slotsPerRunner;
        if (free - slotsPerRunner < settings.headroom()) {
            return NEVER;
        }
        return plus(runner.idleSince, staying > floor ? settings.idleNanos() : settings.minIdleNanos());
    }

    /** Throws when the floor is out of bounds. For tests. */
    void check() {
        if (floor < 0 || floor > min) {
            throw new IllegalStateException("floor " + floor + " of min " + min);
        }
    }

    static long plus(long time, long duration) {
        return duration > NEVER - time ? NEVER : time + duration;
    }
}
