package io.flame4j.internal.pool;

import java.util.random.RandomGenerator;

/**
 * Pauses that grow with each failed round. Attempts that began before the last pause was set belong to the round that
 * set it: eight boots that fail together are one failure, not eight.
 */
final class Backoff {

    private final long initial;
    private final long longest;
    private final RandomGenerator random;

    private int rounds;
    private int epoch;
    private long until;

    Backoff(long initial, long longest, RandomGenerator random) {
        this.initial = initial;
        this.longest = longest;
        this.random = random;
    }

    /** Stamps an attempt; see {@link #failed}. */
    int epoch() {
        return epoch;
    }

    /** Failed rounds since the last success. */
    int rounds() {
        return rounds;
    }

    /** No attempt before this time. */
    long until() {
        return until;
    }

    /** An attempt of this epoch failed. */
    void failed(int attemptEpoch, long now) {
        if (attemptEpoch != epoch) {
            return;
        }
        epoch++;
        rounds++;
        long pause = rounds > 62 || initial > longest >> (rounds - 1) ? longest : initial << (rounds - 1);
        // Half of it is random: pools that failed together do not come back together.
        until = now + pause / 2 + (long) (random.nextDouble() * (pause - pause / 2));
    }

    void succeeded() {
        rounds = 0;
        until = 0;
    }

    /** How many of the wanted attempts may be under way: all as long as none failed, half as many from round to round. */
    int limit(int wanted) {
        return rounds == 0 ? wanted : Math.max(1, wanted >> Math.min(rounds - 1, 31));
    }
}
