package io.flame4j.kubernetes.internal.api;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: longer each time, and never quite as long as others who began to wait at the same
 * moment. Pure but for the random generator.
 *
 * @param first about how long the first time
 * @param factor by how much longer each time
 * @param most the longest
 */
record Backoff(Duration first, double factor, Duration most) {

    /** For what can go through any time. */
    static final Backoff SOON = new Backoff(Duration.ofMillis(200), 2, Duration.ofSeconds(5));

    /** For what waits for room. */
    static final Backoff SLOWLY = new Backoff(Duration.ofSeconds(1), 1.5, Duration.ofSeconds(10));

    /** For what has to be done one day, and nobody waits for. */
    static final Backoff PATIENT = new Backoff(Duration.ofMillis(200), 2, Duration.ofSeconds(30));

    /** The pause after that many failures in a row: between a half and the whole of what is due. */
    Duration after(int failures, RandomGenerator random) {
        double due = Math.min(most.toNanos(), first.toNanos() * Math.pow(factor, failures - 1));
        return Duration.ofNanos((long) (due * (0.5 + random.nextDouble() / 2)));
    }

    /** The pause when the server said how long it has to be: that, and a little more, so that not all come at once. */
    static Duration atLeast(Duration said, RandomGenerator random) {
        return said.plusMillis(random.nextLong(1, 250 + said.toMillis() / 4));
    }
}
