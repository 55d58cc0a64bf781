package io.flame4j.benchmarks;

import java.util.List;

/**
 * How much is measured.
 *
 * @param rounds how often each measure is taken, all contenders in turn
 * @param warmUp calls before the first round
 * @param calls latency samples of all rounds together
 * @param callers numbers of callers for throughput
 * @param throughputMillis how long each throughput measure takes
 * @param payloads sizes of echoed arrays
 * @param payloadBytes about how many bytes are echoed for one measure
 * @param coldStarts how many cold starts
 * @param runners sizes of scheduled pools
 * @param waiters sizes of scheduled queues
 */
record Effort(
        int rounds,
        int warmUp,
        int calls,
        List<Integer> callers,
        int throughputMillis,
        List<Integer> payloads,
        int payloadBytes,
        int coldStarts,
        List<Integer> runners,
        List<Integer> waiters) {

    private static final List<Integer> CALLERS = List.of(1, 4, 16, 64);
    private static final List<Integer> PAYLOADS = List.of(1 << 10, 64 << 10, 1 << 20, 16 << 20, 64 << 20);

    /** What the published figures are made of. */
    static final Effort FULL = new Effort(
            7,
            30_000,
            21_000,
            CALLERS,
            600,
            PAYLOADS,
            128 << 20,
            14,
            List.of(10, 100, 1_000),
            List.of(1_000, 10_000, 100_000));

    /** A few minutes less, for work in progress. */
    static final Effort QUICK = new Effort(
            3, 15_000, 6_000, CALLERS, 250, PAYLOADS, 64 << 20, 5, List.of(10, 1_000), List.of(1_000, 100_000));

    /** Just enough to go through all of the harness. */
    static final Effort MINI =
            new Effort(1, 50, 50, List.of(1, 4), 50, List.of(1 << 10, 1 << 20), 1 << 20, 1, List.of(10), List.of(100));

    Effort withRounds(int other) {
        return new Effort(
                other,
                warmUp,
                Math.max(calls, other * 1_000),
                callers,
                throughputMillis,
                payloads,
                payloadBytes,
                coldStarts,
                runners,
                waiters);
    }

    int callsPerRound() {
        return Math.max(1, calls / rounds);
    }

    int mostCallers() {
        return callers.stream().mapToInt(Integer::intValue).max().orElse(1);
    }
}
