package io.flame4j;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A snapshot of a pool.
 *
 * @param pool the pool's name
 * @param min fewest runners
 * @param max most runners
 * @param booting runners that are starting
 * @param ready runners that take calls
 * @param draining runners that take no more calls: finishing, stopping
 * @param slots slots on ready runners
 * @param busySlots those in use, tracked and placed ones included
 * @param queued calls that wait for a slot
 * @param bootTime the running mean of boot times; zero before the first
 * @param calls what happened so far
 * @param runners the runners, oldest first
 * @param refused connections to the port for runners that were refused since it was opened, by kind; kinds of which there
 *     were none are left out. Pools that share a port tell the same
 * @since 0.1
 */
public record PoolStats(
        String pool,
        int min,
        int max,
        int booting,
        int ready,
        int draining,
        int slots,
        int busySlots,
        int queued,
        Duration bootTime,
        Totals calls,
        List<RunnerStats> runners,
        Map<Refusal, Long> refused) {

    /** Copies. */
    public PoolStats {
        runners = List.copyOf(runners);
        refused = Map.copyOf(refused);
    }

    /**
     * What has happened since the pool was built.
     *
     * @param granted calls that were given a slot
     * @param rejected calls refused because the queue was full
     * @param expired calls whose deadline passed before they were given a slot
     * @param boots runners that became ready
     * @param failedBoots boots that failed
     * @param cancelledBoots boots that were cancelled
     * @param lost runners that were lost
     */
    public record Totals(
            long granted, long rejected, long expired, long boots, long failedBoots, long cancelledBoots, long lost) {}

    /**
     * A runner.
     *
     * @param id its id
     * @param state what it does
     * @param busySlots slots in use
     * @param served calls it was given so far
     * @param age since its boot was requested
     * @param phase how far its boot has come; empty while the backend has no room for it
     */
    public record RunnerStats(
            String id, State state, int busySlots, long served, Duration age, Optional<BootPhase> phase) {}

    /** What a runner does. New constants may be added; a switch should have a default. */
    public enum State {
        /** Starting. */
        BOOTING,
        /** Taking calls. */
        READY,
        /** Finishing its calls, taking no more. */
        DRAINING,
        /** Told to stop. */
        STOPPING
    }
}
