package io.flame4j.internal.pool;

import io.flame4j.Dispatch;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ready runners with a free slot, in one list per number of busy slots, and a bit set of the lists that are not empty:
 * the emptiest or the fullest runner is found by the first or last bit, whatever the number of runners.
 *
 * <p>The lists are stacks. So among idle runners the one used last is used next, and the others can idle out.
 */
final class RunnerBuckets {

    private final int slotsPerRunner;
    private final Dispatch dispatch;
    private final @Nullable Runner[] heads;
    private final long[] nonEmpty;

    RunnerBuckets(int slotsPerRunner, Dispatch dispatch) {
        this.slotsPerRunner = slotsPerRunner;
        this.dispatch = dispatch;
        this.heads = new Runner[slotsPerRunner];
        this.nonEmpty = new long[(slotsPerRunner + 63) >>> 6];
    }

    /** The runner that takes the next call; null when no slot is free. */
    @Nullable
    Runner pick() {
        return dispatch == Dispatch.SPREAD ? emptiest() : fullest();
    }

    private @Nullable Runner emptiest() {
        for (int word = 0; word < nonEmpty.length; word++) {
            if (nonEmpty[word] != 0) {
                return heads[(word << 6) + Long.numberOfTrailingZeros(nonEmpty[word])];
            }
        }
        return null;
    }

    private @Nullable Runner fullest() {
        for (int word = nonEmpty.length - 1; word >= 0; word--) {
            if (nonEmpty[word] != 0) {
                return heads[(word << 6) + 63 - Long.numberOfLeadingZeros(nonEmpty[word])];
            }
        }
        return null;
    }

    /** Adds the runner by its busy slots; a full one is in no list. */
    void add(Runner runner) {
        int busy = runner.busy;
        if (busy == slotsPerRunner) {
            return;
        }
        Runner head = heads[busy];
        runner.next = head;
        if (head == null) {
            nonEmpty[busy >>> 6] |= 1L << busy;
        } else {
            head.previous = runner;
        }
        heads[busy] = runner;
    }

    /** Removes the runner; its busy slots must be those it was added with. */
    void remove(Runner runner) {
        int busy = runner.busy;
        if (busy == slotsPerRunner) {
            return;
        }
        Runner previous = runner.previous;
        Runner next = runner.next;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            heads[busy] = next;
            if (next == null) {
                nonEmpty[busy >>> 6] &= ~(1L << busy);
            }
        }
        runner.previous = null;
        runner.next = null;
    }

    /** Throws when lists, bits and busy slots disagree; returns how many runners are listed. For tests. */
    int check() {
        int count = 0;
        for (int busy = 0; busy < heads.length; busy++) {
            boolean bit = (nonEmpty[busy >>> 6] & (1L << busy)) != 0;
            if (bit != (heads[busy] != null)) {
                throw new IllegalStateException("bit of bucket " + busy + " is wrong: " + Arrays.toString(nonEmpty));
            }
            Runner previous = null;
            for (Runner runner = heads[busy]; runner != null; runner = runner.next) {
                if (runner.busy != busy || runner.previous != previous || runner.state != PoolScheduler.State.READY) {
                    throw new IllegalStateException("bucket " + busy + " holds " + runner.state + " " + runner.busy);
                }
                count++;
                previous = runner;
            }
        }
        return count;
    }
}
