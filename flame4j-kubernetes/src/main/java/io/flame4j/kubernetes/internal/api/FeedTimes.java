package io.flame4j.kubernetes.internal.api;

import java.time.Duration;

/**
 * When a feed does what.
 *
 * @param answer how long one answer may take
 * @param listEvery how often it lists when it may not watch
 * @param tryWatchEvery how often it tries then whether it may by now
 * @param doubt for how long it does not believe that what was allowed before is denied
 * @param watchFor how long one watch lasts at least; up to half as long again. The next goes on where it ended
 * @param overdue how long after that a watch is taken for dead
 * @param proven how long a watch must live, if nothing comes before, to be taken for one that works
 * @param backoff the pauses while the server cannot be reached
 */
record FeedTimes(
        Duration answer,
        Duration listEvery,
        Duration tryWatchEvery,
        Duration doubt,
        Duration watchFor,
        Duration overdue,
        Duration proven,
        Backoff backoff) {

    static final FeedTimes USUAL = new FeedTimes(
            Duration.ofSeconds(15),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            AttemptPlan.WHILE,
            Duration.ofMinutes(2),
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            new Backoff(Duration.ofMillis(200), 2, Duration.ofSeconds(10)));
}
