package io.flame4j.benchmarks;

import java.util.List;

/**
 * How much is measured.
 *
 * @param rounds how often each measure is taken, all contenders in turn
 * @param warmUp calls before the first round
 * @param warmUpSeconds the longest that these may take for one contender
 * @param calls latency samples of all rounds together
 * @param callers numbers of callers for throughput
 * @param throughputMillis how long each throughput measure takes
 * @param async whether throughput is measured with calls without threads, too
 * @param free whether latency and throughput are measured with the JVMs on all CPUs, too
 * @param payloads sizes of echoed arrays
 * @param payloadBytes about how many bytes are echoed for one measure
 * @param lists how often a list of records is echoed for one measure
 * @param coldStarts how many cold starts
 * @param runners sizes of scheduled pools
 * @param waiters sizes of scheduled queues
 * @param manyRunners how many live at a time in the measure of scale
 * @param mapInputs how many inputs its map has
 * @param shared whether measures of warm runners have the same ones
 */
record Effort(
        int rounds,
        int warmUp,
        int warmUpSeconds,
        int calls,
        List<Integer> callers,
        int throughputMillis,
        boolean async,
        boolean free,
        List<Integer> payloads,
        int payloadBytes,
        int lists,
        int coldStarts,
        List<Integer> runners,
        List<Integer> waiters,
        int manyRunners,
        int mapInputs,
        boolean shared) {

    private static final List<Integer> CALLERS = List.of(1, 4, 16, 64, 256);
    private static final List<Integer> PAYLOADS = List.of(1 << 10, 64 << 10, 1 << 20, 16 << 20, 64 << 20);
    private static final List<Integer> RUNNERS = List.of(10, 100, 1_000);
    private static final List<Integer> WAITERS = List.of(1_000, 10_000, 100_000);

    /** All of it, as long as it takes. */
    static final Effort FULL = new Effort(
            7, 30_000, 20, 21_000, CALLERS, 400, true, true, PAYLOADS, 128 << 20, 20, 14, RUNNERS, WAITERS, 200,
            1_000_000, false);

    /** A few minutes less, for work in progress. */
    static final Effort QUICK = new Effort(
            3,
            15_000,
            4,
            6_000,
            CALLERS,
            250,
            false,
            true,
            PAYLOADS,
            64 << 20,
            10,
            5,
            List.of(10, 1_000),
            List.of(1_000, 100_000),
            200,
            200_000,
            false);

    /** All of it beside other libraries. */
    static final Effort PEERS = new Effort(
            5, 20_000, 8, 20_000, CALLERS, 300, false, true, PAYLOADS, 64 << 20, 10, 5, List.of(), List.of(), 0, 0,
            true);

    /** A short look beside other libraries. */
    static final Effort PEERS_QUICK = new Effort(
            2,
            15_000,
            6,
            2_000,
            List.of(1, 16, 64),
            150,
            false,
            false,
            List.of(1 << 10, 1 << 20, 16 << 20),
            16 << 20,
            8,
            2,
            List.of(),
            List.of(),
            0,
            0,
            true);

    /** What CI looks at in little more than a minute. */
    static final Effort GUARD = new Effort(
            5,
            10_000,
            2,
            5_000,
            List.of(64),
            250,
            false,
            false,
            List.of(1 << 20),
            64 << 20,
            10,
            3,
            List.of(),
            List.of(),
            0,
            0,
            false);

    /** Just enough to go through all of the harness. */
    static final Effort MINI = new Effort(
            1,
            50,
            1,
            50,
            List.of(1, 4),
            50,
            true,
            true,
            List.of(1 << 10, 1 << 20),
            1 << 20,
            1,
            1,
            List.of(10),
            List.of(100),
            5,
            500,
            false);

    Effort withRounds(int other) {
        return new Effort(
                other,
                warmUp,
                warmUpSeconds,
                Math.max(calls, other * 1_000),
                callers,
                throughputMillis,
                async,
                free,
                payloads,
                payloadBytes,
                lists,
                coldStarts,
                runners,
                waiters,
                manyRunners,
                mapInputs,
                shared);
    }

    int callsPerRound() {
        return Math.max(1, calls / rounds);
    }

    int mostCallers() {
        return callers.stream().mapToInt(Integer::intValue).max().orElse(1);
    }
}
