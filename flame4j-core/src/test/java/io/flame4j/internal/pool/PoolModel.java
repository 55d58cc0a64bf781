package io.flame4j.internal.pool;

import io.flame4j.Dispatch;
import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must be true of a pool, kept in the plainest way: lists that are searched. It is told every event before the
 * scheduler is, sees every decision as it is taken, and throws when one breaks a rule.
 */
final class PoolModel implements Decisions<PoolModel.Call> {

    enum Outcome {
        GRANTED,
        EXPIRED,
        CANCELLED,
        REFUSED,
        FAILED
    }

    /** A call, from its arrival to its one outcome. */
    static final class Call {
        final int id;
        final long deadline;
        final boolean repeated;

        @Nullable
        Outcome outcome;

        @Nullable
        Waiter<Call> place;

        Call(int id, long deadline, boolean repeated) {
            this.id = id;
            this.deadline = deadline;
            this.repeated = repeated;
        }

        void end(Outcome with) {
            require(outcome == null, "call " + id + " was " + outcome + " and is now " + with);
            outcome = with;
        }
    }

    enum Phase {
        BOOTING,
        READY,
        DRAINING,
        ENDING
    }

    /** A runner as it should be. */
    static final class Seen {
        Phase phase = Phase.BOOTING;
        int busy;
        int held;
        int granted;
        boolean asked;
        boolean usedSinceAsked;
    }

    final SchedulerSettings settings;
    final int slots;
    final Map<Runner, Seen> runners = new LinkedHashMap<>();
    final List<Call> queue = new ArrayList<>();

    long now;
    int min;
    int max;
    boolean closed;
    /** Something was lost or failed, so that boots may pause. */
    boolean troubled;

    boolean resizing;
    private @Nullable Runner failedForGood;
    private @Nullable PoolScheduler<Call> pool;

    PoolModel(SchedulerSettings settings, long now) {
        this.settings = settings;
        this.slots = settings.singleUse() ? 1 : settings.maxConcurrency();
        this.min = settings.min();
        this.max = settings.max();
        this.now = now;
    }

    void watch(PoolScheduler<Call> scheduler) {
        pool = scheduler;
    }

    PoolScheduler<Call> pool() {
        require(pool != null, "no pool is watched");
        return pool;
    }

    // ---- events

    void arrives(Call call) {
        int index = queue.size();
        if (call.repeated) {
            index = (int) queue.stream().filter(c -> c.repeated).count();
        }
        queue.add(index, call);
    }

    /** The scheduler has told it at once that the queue is full. */
    void refused(Call call) {
        queue.remove(call);
        long booting = runners.values().stream()
                .filter(seen -> seen.phase == Phase.BOOTING)
                .count();
        long toCome = (booting + Math.max(0, max - runners.size())) * slots;
        require(
                !call.repeated && queue.size() >= settings.maxQueued() + toCome,
                "refused, but only " + queue.size() + " wait and " + toCome + " slots are to come");
        call.end(Outcome.REFUSED);
    }

    void cancelled(Call call) {
        require(queue.remove(call), "call " + call.id + " was cancelled, but did not wait");
        call.end(Outcome.CANCELLED);
    }

    void acquired(Runner runner) {
        require(queue.isEmpty(), "a slot was taken before those who wait");
        take(runner);
    }

    void released(Runner runner) {
        Seen seen = of(runner);
        seen.busy--;
        if (settings.singleUse() && seen.phase == Phase.READY) {
            seen.phase = Phase.DRAINING;
        }
    }

    void fails(Runner runner, boolean permanent) {
        of(runner).phase = Phase.ENDING;
        troubled = true;
        failedForGood = permanent && count(Phase.READY) == 0 ? runner : null;
    }

    void announcesDrain(Runner runner) {
        Seen seen = of(runner);
        if (seen.phase == Phase.READY) {
            seen.phase = Phase.DRAINING;
            troubled |= seen.granted == 0;
        } else if (seen.phase == Phase.BOOTING) {
            troubled = true;
        }
    }

    void leaves(Runner runner, boolean forGood) {
        Seen seen = of(runner);
        troubled |= seen.granted == 0;
        seen.phase = Phase.ENDING;
        if (forGood) {
            runners.remove(runner);
        }
    }

    void resized(int newMin, int newMax) {
        min = newMin;
        max = newMax;
        resizing = true;
    }

    // ---- decisions

    @Override
    public void grant(Call call, Runner runner) {
        require(!queue.isEmpty() && queue.get(0) == call, "call " + call.id + " was not the first in the queue");
        require(now < call.deadline, "call " + call.id + " was granted a slot after its deadline");
        queue.remove(0);
        call.end(Outcome.GRANTED);
        take(runner);
    }

    private void take(Runner runner) {
        Seen seen = of(runner);
        require(!closed, "granted after close");
        require(seen.phase == Phase.READY, "granted on a runner that is " + seen.phase);
        require(seen.busy < slots, "more calls than slots");
        require(!settings.singleUse() || seen.granted == 0, "second call of a single-use runner");
        Comparator<Seen> byBusy = Comparator.comparingInt(s -> s.busy);
        Seen best = runners.values().stream()
                .filter(s -> s.phase == Phase.READY && s.busy < slots)
                .min(settings.dispatch() == Dispatch.SPREAD ? byBusy : byBusy.reversed())
                .orElseThrow();
        require(seen.busy == best.busy, "chose a runner with " + seen.busy + " calls, not " + best.busy);
        seen.busy++;
        seen.granted++;
        seen.usedSinceAsked = true;
    }

    @Override
    public void queued(Call call) {
        require(queue.contains(call), "call " + call.id + " does not wait");
    }

    @Override
    public void expire(Call call, boolean anyRunnerUp, long queuedSince) {
        require(queue.remove(call), "call " + call.id + " expired, but did not wait");
        require(call.deadline <= now, "call " + call.id + " expired early");
        require(anyRunnerUp == count(Phase.READY) > 0, "runner up: " + anyRunnerUp);
        call.end(Outcome.EXPIRED);
    }

    @Override
    public void rejectClosed(Call call) {
        require(closed && queue.remove(call), "call " + call.id + " was refused although the pool is open");
        call.end(Outcome.REFUSED);
    }

    @Override
    public void failBoot(Call call, Runner failed) {
        require(failed == failedForGood, "no boot failed for good");
        require(queue.remove(call), "call " + call.id + " does not wait");
        call.end(Outcome.FAILED);
    }

    @Override
    public void boot(Runner runner) {
        require(!closed, "boot after close");
        require(runners.size() < max, "boot although there are " + runners.size() + " of " + max);
        require(count(Phase.BOOTING) < settings.bootParallelism(), "too many boots at a time");
        runners.put(runner, new Seen());
    }

    @Override
    public void cancelBoot(Runner runner) {
        Seen seen = of(runner);
        require(seen.phase == Phase.BOOTING, "cancelled the boot of a runner that is " + seen.phase);
        seen.phase = Phase.ENDING;
    }

    @Override
    public void drain(Runner runner, ShrinkReason reason) {
        Seen seen = of(runner);
        require(closed || resizing, "drained for no reason");
        require(seen.phase == Phase.READY && seen.busy > 0, "drained a runner that is " + seen.phase);
        seen.phase = Phase.DRAINING;
    }

    @Override
    public void stop(Runner runner, ShrinkReason reason) {
        Seen seen = of(runner);
        require(seen.busy == 0, "stopped a runner with calls");
        if (seen.phase == Phase.READY) {
            boolean idle = reason == ShrinkReason.IDLE;
            require(
                    closed ? reason == ShrinkReason.CLOSING : idle || resizing && reason == ShrinkReason.RESIZED,
                    "stopped because of " + reason);
            require(
                    !idle || resizing || !settings.idleCheck() || (seen.asked && !seen.usedSinceAsked),
                    "stopped unasked");
            seen.phase = Phase.ENDING;
            require(closed || resizing || free() >= settings.headroom(), "idled out below the headroom");
        } else {
            require(seen.phase == Phase.DRAINING, "stopped a runner that is " + seen.phase);
            seen.phase = Phase.ENDING;
        }
    }

    @Override
    public void askIdleCheck(Runner runner) {
        Seen seen = of(runner);
        require(settings.idleCheck() && !seen.asked, "asked without need");
        require(seen.phase == Phase.READY && seen.busy == 0, "asked a runner that is not idle");
        seen.asked = true;
        seen.usedSinceAsked = false;
    }

    // ---- what holds between events

    void check(boolean ticked) {
        PoolScheduler<Call> scheduler = pool();
        scheduler.check();
        resizing = false;
        failedForGood = null;
        require(scheduler.total() == runners.size(), "total " + scheduler.total());
        require(scheduler.booting() == count(Phase.BOOTING), "booting " + scheduler.booting());
        require(scheduler.ready() == count(Phase.READY), "ready " + scheduler.ready());
        require(scheduler.queued() == queue.size(), "queued " + scheduler.queued());
        require(free() == scheduler.slots() - scheduler.busySlots(), "free slots");
        require(queue.isEmpty() || free() == 0, queue.size() + " wait while " + free() + " slots are free");
        require(!closed || (queue.isEmpty() && count(Phase.BOOTING) == 0), "closed, yet waiting or booting");
        for (Seen seen : runners.values()) {
            require(seen.phase != Phase.DRAINING || seen.busy > 0, "drained and not stopped");
        }
        checkBoots(scheduler);
        long next = scheduler.nextWakeup();
        if (ticked) {
            require(next > now, "wants to be woken in the past right after a tick");
            require(queue.stream().allMatch(c -> c.deadline > now), "a deadline has passed");
        }
        require(queue.stream().allMatch(c -> next <= c.deadline), "would sleep past a deadline");
    }

    private void checkBoots(PoolScheduler<Call> scheduler) {
        boolean couldBoot = !closed && runners.size() < max && count(Phase.BOOTING) < settings.bootParallelism();
        if (!couldBoot) {
            return;
        }
        boolean stuck = !queue.isEmpty() && count(Phase.READY) == 0 && count(Phase.BOOTING) == 0;
        require(!stuck || scheduler.nextWakeup() != SchedulerSettings.NEVER, "waits for nothing");
        if (!troubled) {
            long coming = free() + (long) count(Phase.BOOTING) * slots - queue.size();
            require(settings.headroom() == 0 || coming >= settings.headroom(), "headroom is missing: " + coming);
            boolean minIdles = settings.minIdleNanos() != SchedulerSettings.NEVER;
            require(minIdles || count(Phase.BOOTING) + count(Phase.READY) >= min, "minimum is missing");
        }
    }

    int count(Phase phase) {
        return (int) runners.values().stream().filter(s -> s.phase == phase).count();
    }

    int free() {
        return runners.values().stream()
                .filter(s -> s.phase == Phase.READY)
                .mapToInt(s -> slots - s.busy)
                .sum();
    }

    Seen of(Runner runner) {
        Seen seen = runners.get(runner);
        require(seen != null, "a runner nobody knows");
        return seen;
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
