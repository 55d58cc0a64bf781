package io.flame4j.internal.pool;

import io.flame4j.internal.pool.PoolScheduler.Runner;
import org.jspecify.annotations.Nullable;

/**
 * Idle runners in the order in which they became idle. Time only goes on, so who comes last was idle last, and the one
 * whose idle time is up first is always at the front.
 */
final class IdleList {

    private @Nullable Runner oldest;
    private @Nullable Runner newest;

    @Nullable
    Runner oldest() {
        return oldest;
    }

    void add(Runner runner) {
        runner.idleListed = true;
        runner.idlePrevious = newest;
        if (newest == null) {
            oldest = runner;
        } else {
            newest.idleNext = runner;
        }
        newest = runner;
    }

    /** Does nothing when the runner is not listed. */
    void remove(Runner runner) {
        if (!runner.idleListed) {
            return;
        }
        Runner previous = runner.idlePrevious;
        Runner next = runner.idleNext;
        if (previous == null) {
            oldest = next;
        } else {
            previous.idleNext = next;
        }
        if (next == null) {
            newest = previous;
        } else {
            next.idlePrevious = previous;
        }
        runner.idlePrevious = null;
        runner.idleNext = null;
        runner.idleListed = false;
    }

    /** Throws when links or order are wrong; returns how many runners are listed. For tests. */
    int check() {
        int count = 0;
        Runner previous = null;
        for (Runner runner = oldest; runner != null; runner = runner.idleNext) {
            boolean idle = runner.state == PoolScheduler.State.READY && runner.busy == 0 && !runner.checkPending;
            boolean ordered = previous == null || previous.idleSince <= runner.idleSince;
            if (!runner.idleListed || runner.idlePrevious != previous || !idle || !ordered) {
                throw new IllegalStateException("idle list broken at " + count);
            }
            count++;
            previous = runner;
        }
        if (previous != newest) {
            throw new IllegalStateException("idle list does not end with the newest");
        }
        return count;
    }
}
