package io.flame4j.internal.pool;

import io.flame4j.internal.pool.PoolScheduler.Runner;
import io.flame4j.internal.pool.PoolScheduler.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The runners of a scheduler: their states, slots and counts, kept consistent. Decides nothing. */
final class Fleet {

    private final int slotsPerRunner;
    private final RunnerBuckets buckets;
    private final IdleList idle = new IdleList();
    /** All that are not gone, oldest first. */
    private final Set<Runner> all = new LinkedHashSet<>();
    /** Oldest first; no longer than the boot parallelism. */
    private final List<Runner> booting = new ArrayList<>();

    private int ready;
    private int pendingChecks;
    private long busy;
    private long held;

    Fleet(int slotsPerRunner, RunnerBuckets buckets) {
        this.slotsPerRunner = slotsPerRunner;
        this.buckets = buckets;
    }

    int total() {
        return all.size();
    }

    int booting() {
        return booting.size();
    }

    int ready() {
        return ready;
    }

    /** Runners that take calls, or will. */
    int live() {
        return ready + booting.size();
    }

    long slots() {
        return (long) ready * slotsPerRunner;
    }

    long busySlots() {
        return busy;
    }

    long freeSlots() {
        return slots() - busy;
    }

    /** Busy slots of ready runners that belong to long-lived objects. */
    long heldSlots() {
        return held;
    }

    /** Ready runners that were asked whether they may stop, and have not answered. */
    int pendingChecks() {
        return pendingChecks;
    }

    Collection<Runner> all() {
        return Collections.unmodifiableSet(all);
    }

    @Nullable
    Runner pick() {
        return buckets.pick();
    }

    @Nullable
    Runner longestIdle() {
        return idle.oldest();
    }

    @Nullable
    Runner youngestBoot() {
        return booting.isEmpty() ? null : booting.get(booting.size() - 1);
    }

    /** The ready runner with the fewest calls, of several idle ones the one that idles longest. */
    @Nullable
    Runner easiestToSpare() {
        Runner best = null;
        for (Runner runner : all) {
            if (runner.state == State.READY
                    && (best == null
                            || runner.busy < best.busy
                            || (runner.busy == best.busy && runner.idleSince < best.idleSince))) {
                best = runner;
            }
        }
        return best;
    }

    void addBooting(Runner runner) {
        all.add(runner);
        booting.add(runner);
    }

    void makeReady(Runner runner, long now) {
        booting.remove(runner);
        runner.state = State.READY;
        ready++;
        buckets.add(runner);
        rest(runner, now);
    }

    void takeSlot(Runner runner) {
        buckets.remove(runner);
        runner.busy++;
        busy++;
        buckets.add(runner);
        idle.remove(runner);
        runner.served++;
    }

    /** Of a ready runner. */
    void freeSlot(Runner runner, long now) {
        buckets.remove(runner);
        runner.busy--;
        busy--;
        buckets.add(runner);
        if (runner.busy == 0) {
            rest(runner, now);
        }
    }

    /** Begins an idle period. */
    void rest(Runner runner, long now) {
        runner.idleSince = now;
        if (!runner.checkPending) {
            idle.remove(runner);
            idle.add(runner);
        }
    }

    /** Of a runner that takes calls or drains; ignored for others. */
    void hold(Runner runner) {
        if (runner.state != State.READY && runner.state != State.DRAINING) {
            return;
        }
        if (runner.held == runner.busy) {
            throw new IllegalStateException("a slot was held that was not taken");
        }
        runner.held++;
        if (runner.state == State.READY) {
            held++;
        }
    }

    void unhold(Runner runner) {
        if (runner.held == 0) {
            throw new IllegalStateException("a held slot was released that was not held");
        }
        runner.held--;
        if (runner.state == State.READY) {
            held--;
        }
    }

    void checkAsked(Runner runner) {
        runner.checkPending = true;
        runner.servedWhenAsked = runner.served;
        pendingChecks++;
        idle.remove(runner);
    }

    void checkAnswered(Runner runner) {
        runner.checkPending = false;
        pendingChecks--;
    }

    /** A booting runner will not come up, or a ready one takes no more calls. */
    void retire(Runner runner, State to) {
        if (runner.state == State.BOOTING) {
            booting.remove(runner);
        } else if (runner.state == State.READY) {
            buckets.remove(runner);
            idle.remove(runner);
            ready--;
            busy -= runner.busy;
            held -= runner.held;
            if (runner.checkPending) {
                checkAnswered(runner);
            }
        }
        if (to != State.DRAINING) {
            runner.busy = 0;
            runner.held = 0;
        }
        runner.state = to;
    }

    void remove(Runner runner) {
        retire(runner, State.GONE);
        all.remove(runner);
    }

    /** Throws when states, lists and counts disagree. For tests. */
    void check() {
        int readyCount = 0;
        int bootingCount = 0;
        int withFreeSlot = 0;
        int resting = 0;
        int asked = 0;
        long busyCount = 0;
        long heldCount = 0;
        for (Runner runner : all) {
            expect(runner.busy >= 0 && runner.busy <= slotsPerRunner, "busy " + runner.busy);
            expect(runner.held >= 0 && runner.held <= runner.busy, "held " + runner.held);
            expect(runner.state != State.GONE, "a runner that is gone is listed");
            expect(runner.state != State.BOOTING || runner.busy == 0, "a booting runner is busy");
            expect(runner.state != State.DRAINING || runner.busy > 0, "a draining runner has no calls");
            bootingCount += runner.state == State.BOOTING ? 1 : 0;
            if (runner.state == State.READY) {
                readyCount++;
                busyCount += runner.busy;
                heldCount += runner.held;
                withFreeSlot += runner.busy < slotsPerRunner ? 1 : 0;
                resting += runner.busy == 0 && !runner.checkPending ? 1 : 0;
                asked += runner.checkPending ? 1 : 0;
            }
        }
        expect(readyCount == ready && bootingCount == booting.size(), "counts of states");
        expect(busyCount == busy && heldCount == held && asked == pendingChecks, "counts of slots");
        expect(buckets.check() == withFreeSlot, "runners in buckets");
        expect(idle.check() == resting, "runners in the idle list");
    }

    private static void expect(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException("inconsistent: " + what);
        }
    }
}
