package io.flame4j.internal.pool;

import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.PoolStats;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which call runs where and when runners start and stop. A pure state machine: events in, {@link Decisions}
 * out, time and randomness passed in. Not thread-safe; the shell guards it by one lock.
 *
 * <p>Times are of one monotonic clock of any origin. An event that carries an earlier time than one before it (its
 * thread read the clock and then waited for the lock) counts as having come at the later time.
 *
 * <h2>What always holds between two events</h2>
 *
 * <ul>
 *   <li>Nobody waits while a ready runner has a free slot.
 *   <li>No boot is decided while {@code max} runners exist; one that is cancelled, fails, stops or is lost exists until
 *       {@link #gone}.
 *   <li>Whoever waits gets exactly one of grant, expire, refuse, fail, cancel. Nobody is granted a slot at or after his
 *       deadline.
 * </ul>
 *
 * <h2>Growing</h2>
 *
 * {@link BootPlanner} forecasts from the mean times of calls and boots how many waiters the runners at hand will have
 * started by the time a boot takes, and only the rest justifies boots. The forecast is wrong when calls become longer,
 * or a few of them are. Therefore it is believed only as long as it comes true: a waiter is patient for one boot time
 * (two when boots were under way, which have yet to come up and work off the queue). Is the first of the queue out of
 * patience, calls count as endless and all waiters justify boots, until the first of the queue is a patient one again.
 * Having waited in vain for as long as a boot takes and booting then costs at most twice what knowing would have.
 *
 * <h2>Shrinking</h2>
 *
 * Boots are cancelled, youngest first, once nobody waits and ready runners have a runner's worth of slots free, and the
 * headroom. A next boot takes a waiter or a breach of the headroom, so at least that many slots are taken in between:
 * the pool cannot swing between booting and cancelling on the same load.
 *
 * <p>Runners idle out from the longest idle one on. The minimum is held by a floor, which is {@code min} less the
 * runners that {@code minIdleNanos} stopped; demand that boots runners raises it again to what is there.
 *
 * <h2>Failing</h2>
 *
 * After a failed boot all boots pause ({@link Backoff}). A runner lost after it was ready is replaced at once, except
 * when it was lost unused and soon: such a one is replaced with growing pauses unless a caller waits, or a runner that
 * dies as soon as it is up would be booted for {@code min} in an endless loop.
 *
 * @param <W> what waits
 */
final class PoolScheduler<W> {

    private static final long NEVER = SchedulerSettings.NEVER;

    private final SchedulerSettings settings;
    private final Decisions<W> decisions;
    private final Fleet fleet;
    private final WaitQueue<W> queue = new WaitQueue<>();
    private final Sizing sizing;
    private final Departures departures;

    /** The caller's time at which this scheduler's own time, which never is negative, is 0. */
    private final long origin;

    private long now;
    private boolean closed;

    private long granted;
    private long rejected;
    private long expired;
    private long boots;

    PoolScheduler(SchedulerSettings settings, Decisions<W> decisions, RandomGenerator random, long nowNanos) {
        this.settings = settings;
        this.decisions = decisions;
        this.origin = nowNanos;
        int slots = settings.slotsPerRunner();
        this.fleet = new Fleet(slots, new RunnerBuckets(slots, settings.dispatch()));
        this.sizing = new Sizing(settings, fleet, random);
        this.departures = new Departures(fleet, sizing, decisions, settings.idleCheck());
    }

    /** Boots the first runners: {@code min} and what headroom wants. */
    void start(long nowNanos) {
        advance(nowNanos);
        settle();
    }

    // ---- calls

    /**
     * A slot that is free at once, or null. The slot is granted: it is returned by {@link #release}. May emit boots for
     * headroom.
     */
    @Nullable
    Runner tryAcquire(long nowNanos) {
        if (closed) {
            return null;
        }
        // Whoever waits has taken every free slot, so nobody is overtaken here.
        Runner runner = fleet.pick();
        if (runner != null) {
            advance(nowNanos);
            take(runner);
            bootForHeadroom();
        }
        return runner;
    }

    /**
     * Queues a call, or grants it a slot when one is free ({@link Decisions#grant}).
     *
     * @param deadlineNanos when it expires; {@link SchedulerSettings#NEVER} for no deadline
     * @return its place, to cancel it; null when the queue is full. After {@link #close} it is refused with
     *     {@link Decisions#rejectClosed} and its place is no longer queued
     */
    @Nullable
    Waiter<W> enqueue(W waiter, long deadlineNanos, long nowNanos) {
        advance(nowNanos);
        expireDue();
        Waiter<W> place = placeFor(waiter, deadlineNanos);
        if (settleAtOnce(place)) {
            return place;
        }
        if (queue.size() >= (long) settings.maxQueued() + slotsToCome()) {
            rejected++;
            return null;
        }
        queue.addLast(place);
        waitInQueue(place);
        return place;
    }

    /** Slots of runners that boot, or that the pool may still boot: those who wait for them do not fill the queue. */
    private long slotsToCome() {
        return (fleet.booting() + Math.max(0L, sizing.max() - fleet.total())) * settings.slotsPerRunner();
    }

    /** Queues a call that runs again, ahead of those that never ran, behind earlier repeats; the queue is never full. */
    Waiter<W> enqueueFirst(W waiter, long deadlineNanos, long nowNanos) {
        advance(nowNanos);
        Waiter<W> place = placeFor(waiter, deadlineNanos);
        if (!settleAtOnce(place)) {
            queue.addRepeated(place);
            waitInQueue(place);
        }
        return place;
    }

    private Waiter<W> placeFor(W waiter, long deadlineNanos) {
        long deadline = deadlineNanos == NEVER ? NEVER : Math.max(0, deadlineNanos - origin);
        return new Waiter<>(waiter, deadline, now);
    }

    private boolean settleAtOnce(Waiter<W> place) {
        if (closed) {
            decisions.rejectClosed(place.value);
            return true;
        }
        if (place.deadline <= now) {
            expire(place);
            return true;
        }
        Runner runner = fleet.pick();
        if (runner != null) {
            take(runner);
            decisions.grant(place.value, runner);
            bootForHeadroom();
        }
        return runner != null;
    }

    private void waitInQueue(Waiter<W> place) {
        decisions.queued(place.value);
        long patience = sizing.patienceNanos();
        place.patienceUntil = Sizing.plus(now, patience);
        settle();
        if (fleet.booting() > 0) {
            place.patienceUntil = Sizing.plus(place.patienceUntil, patience);
        }
    }

    /** The caller gave up. False when it had left the queue already: granted, expired or refused. */
    boolean cancel(Waiter<W> waiter, long nowNanos) {
        advance(nowNanos);
        if (!waiter.queued) {
            return false;
        }
        queue.remove(waiter);
        return true;
    }

    /**
     * One slot is free again. Ignored for runners that are lost or gone.
     *
     * @param serviceNanos how long the call took; negative when that says nothing about other calls
     */
    void release(Runner runner, long serviceNanos, long nowNanos) {
        advance(nowNanos);
        if (runner.state != State.READY && runner.state != State.DRAINING) {
            return;
        }
        if (runner.busy <= runner.held) {
            throw new IllegalStateException("a slot was released that was not taken");
        }
        if (serviceNanos >= 0) {
            sizing.served(serviceNanos);
        }
        freeSlot(runner);
    }

    /** One of the runner's busy slots belongs to a long-lived object now; optional, it only sharpens the forecast. */
    void hold(Runner runner, long nowNanos) {
        advance(nowNanos);
        fleet.hold(runner);
        settle();
    }

    /** A slot marked by {@link #hold} is free again; instead of {@link #release}. */
    void releaseHeld(Runner runner, long nowNanos) {
        advance(nowNanos);
        if (runner.state == State.READY || runner.state == State.DRAINING) {
            fleet.unhold(runner);
            freeSlot(runner);
        }
    }

    private void freeSlot(Runner runner) {
        if (runner.state == State.DRAINING) {
            departures.freeSlot(runner);
        } else if (settings.singleUse()) {
            departures.stop(runner, ShrinkReason.SINGLE_USE);
            settle();
        } else {
            fleet.freeSlot(runner, now);
            if (fleet.booting() > 0 || !queue.isEmpty()) {
                settle();
            }
        }
    }

    private void take(Runner runner) {
        sizing.granted(runner);
        fleet.takeSlot(runner);
        granted++;
    }

    // ---- runners

    /** The runner is connected. False when it is not wanted any more (cancelled, closed): the shell goes on ending it. */
    boolean bootSucceeded(Runner runner, long nowNanos) {
        advance(nowNanos);
        if (runner.state != State.BOOTING) {
            return false;
        }
        boots++;
        sizing.bootSucceeded(runner, now);
        fleet.makeReady(runner, now);
        settle();
        return true;
    }

    /** The boot has failed. {@link #gone} follows, once nothing is left of it. */
    void bootFailed(Runner runner, boolean permanent, long nowNanos) {
        advance(nowNanos);
        if (runner.state != State.BOOTING) {
            return;
        }
        departures.failBoot(runner, now);
        if (permanent && fleet.ready() == 0) {
            expireDue();
            for (Waiter<W> waiter = queue.poll(); waiter != null; waiter = queue.poll()) {
                decisions.failBoot(waiter.value, runner);
            }
        }
        settle();
    }

    /**
     * The runner takes no more calls (SIGTERM, condemned). {@link Decisions#stop} comes with its last release. A boot
     * that ends this way is cancelled and has failed.
     */
    void draining(Runner runner, ShrinkReason reason, long nowNanos) {
        advance(nowNanos);
        departures.announce(runner, reason, now);
        settle();
    }

    /** Its connection is lost. Its slots are void, releases of them are ignored; it counts until {@link #gone}. */
    void lost(Runner runner, long nowNanos) {
        advance(nowNanos);
        departures.lose(runner, now);
        settle();
    }

    /**
     * It has ended, and may have said goodbye before. As {@link #lost}, which follows if it has not, but is not counted
     * for a loss yet.
     */
    void ended(Runner runner, long nowNanos) {
        advance(nowNanos);
        departures.end(runner, now);
        settle();
    }

    /** Nothing is left of the runner. Comes once for every runner that was booted, whatever its end. */
    void gone(Runner runner, long nowNanos) {
        advance(nowNanos);
        if (runner.state == State.DRAINING) {
            // It said so before.
            fleet.retire(runner, State.ENDING);
        } else if (!runner.unexplained) {
            departures.lose(runner, now);
        }
        fleet.remove(runner);
        settle();
    }

    /** The answer to {@link Decisions#askIdleCheck}; a check that failed or did not answer must be answered too. */
    void idleCheckAnswered(Runner runner, boolean mayStop, long nowNanos) {
        advance(nowNanos);
        departures.idleCheckAnswered(runner, mayStop, now);
    }

    // ---- the pool

    /**
     * Sets new bounds. What is above the new {@code max} goes: boots first, youngest first; then the runners with the
     * fewest calls, which drain.
     */
    void resize(int newMin, int newMax, long nowNanos) {
        advance(nowNanos);
        sizing.resize(newMin, newMax);
        departures.shrinkToMax();
        settle();
    }

    /** Refuses all waiters, cancels all boots, stops idle runners, and the others after their last release. */
    void close(long nowNanos) {
        advance(nowNanos);
        expireDue();
        closed = true;
        for (Waiter<W> waiter = queue.poll(); waiter != null; waiter = queue.poll()) {
            decisions.rejectClosed(waiter.value);
        }
        for (Runner runner : List.copyOf(fleet.all())) {
            departures.dismiss(runner, ShrinkReason.CLOSING);
        }
    }

    /** Does what the time makes due. */
    void tick(long nowNanos) {
        advance(nowNanos);
        settle();
        if (!closed) {
            departures.stopIdle(now);
        }
    }

    /** When {@link #tick} has something to do: in the past means now, {@link SchedulerSettings#NEVER} means never. */
    long nextWakeup() {
        if (closed) {
            return NEVER;
        }
        long next = sizing.nextPlan(queue.size(), headPatience());
        Waiter<W> firstToExpire = queue.firstToExpire();
        if (firstToExpire != null) {
            next = Math.min(next, firstToExpire.deadline);
        }
        Runner longestIdle = fleet.longestIdle();
        if (longestIdle != null) {
            next = Math.min(next, sizing.idleDue(longestIdle));
        }
        return next == NEVER ? NEVER : onCallersTimeLine(next);
    }

    // ---- the rules

    private void advance(long nowNanos) {
        now = Math.max(now, nowNanos - origin);
    }

    /** Brings everything in line after an event. Costs O(1) besides what it decides. */
    private void settle() {
        if (closed) {
            return;
        }
        expireDue();
        for (Runner runner = fleet.pick(); runner != null && !queue.isEmpty(); runner = fleet.pick()) {
            grantFirst(runner);
        }
        startBoots(queue.size());
        departures.cancelSurplusBoots(queue.size());
    }

    private void grantFirst(Runner runner) {
        Waiter<W> waiter = queue.poll();
        if (waiter != null) {
            take(runner);
            decisions.grant(waiter.value, runner);
        }
    }

    private void expireDue() {
        for (Waiter<W> waiter = queue.firstToExpire();
                waiter != null && waiter.deadline <= now;
                waiter = queue.firstToExpire()) {
            queue.remove(waiter);
            expire(waiter);
        }
    }

    private void expire(Waiter<W> waiter) {
        expired++;
        decisions.expire(waiter.value, fleet.ready() > 0, onCallersTimeLine(waiter.queuedSince));
    }

    private void bootForHeadroom() {
        if (sizing.headroomBoots(queue.size()) > 0) {
            startBoots(queue.size());
        }
    }

    private void startBoots(int waiting) {
        int count = sizing.plan(waiting, headPatience(), now);
        for (int i = 0; i < count; i++) {
            Runner runner = new Runner(onCallersTimeLine(now));
            sizing.bootStarts(runner, now);
            fleet.addBooting(runner);
            decisions.boot(runner);
        }
    }

    private long headPatience() {
        Waiter<W> head = queue.first();
        return head == null ? NEVER : head.patienceUntil;
    }

    private long onCallersTimeLine(long time) {
        long result = time + origin;
        // One nanosecond early is better than taken for never.
        return result == NEVER ? NEVER - 1 : result;
    }

    /** Throws when the state contradicts itself or a rule. For tests. */
    void check() {
        fleet.check();
        queue.check();
        sizing.check();
        if (!queue.isEmpty() && (closed || fleet.freeSlots() > 0)) {
            throw new IllegalStateException("somebody waits although slots are free, or the pool is closed");
        }
    }

    // ---- views

    int min() {
        return sizing.min();
    }

    int max() {
        return sizing.max();
    }

    /** {@code min}, less the runners that were stopped because they had idled for {@code minIdleNanos}. */
    int floor() {
        return sizing.floor();
    }

    int booting() {
        return fleet.booting();
    }

    int ready() {
        return fleet.ready();
    }

    /** Runners that are neither booting nor ready, nor gone. */
    int leaving() {
        return fleet.total() - fleet.live();
    }

    /** All runners that are not gone. After {@link #close}, 0 means that the pool is empty for good. */
    int total() {
        return fleet.total();
    }

    /** Slots on ready runners. */
    int slots() {
        return (int) Math.min(Integer.MAX_VALUE, fleet.slots());
    }

    /** Busy slots on ready runners. */
    int busySlots() {
        return (int) Math.min(Integer.MAX_VALUE, fleet.busySlots());
    }

    int queued() {
        return queue.size();
    }

    /** How long the first of the queue has waited; 0 when nobody does. */
    long headWaitNanos(long nowNanos) {
        Waiter<W> head = queue.first();
        return head == null ? 0 : Math.max(now, nowNanos - origin) - head.queuedSince;
    }

    /** The running mean of boot times; 0 before the first. */
    long bootTimeNanos() {
        return sizing.bootNanos();
    }

    /** How long boots pause after a failure; 0 when they do not. */
    long retryAfterNanos(long nowNanos) {
        return sizing.pauseNanos(Math.max(now, nowNanos - origin));
    }

    PoolStats.Totals totals() {
        return new PoolStats.Totals(
                granted,
                rejected,
                expired,
                boots,
                departures.failedBoots(),
                departures.cancelledBoots(),
                departures.lost());
    }

    /** All runners that are not gone, oldest first. A view: read it under the lock. */
    Collection<Runner> runners() {
        return fleet.all();
    }

    /** What becomes of a runner: down this list, never up. */
    enum State {
        /** {@link Decisions#boot} was emitted. */
        BOOTING,
        /** Takes calls. */
        READY,
        /** Has calls, takes no more. */
        DRAINING,
        /** Cancelled, failed, told to stop, or lost: only {@link PoolScheduler#gone} is to come. */
        ENDING,
        /** Does not count any more. */
        GONE
    }

    /** A runner as the scheduler knows it; compared by identity. The fields without comment belong to {@link Fleet}. */
    static final class Runner {

        /** The shell's own, set when it starts the boot. */
        @Nullable
        Object attachment;

        State state = State.BOOTING;
        int busy;
        int held;
        long served;
        final long createdNanos;
        long bootedAt;
        long readyAt;
        int bootEpoch;
        int lossEpoch;
        /** It has ended while it was to serve, and nobody knows yet whether it had said so. */
        boolean unexplained;
        /** Why it drains. */
        ShrinkReason shrinkReason = ShrinkReason.DRAINING;

        /** Links of its {@link RunnerBuckets bucket}. */
        @Nullable
        Runner previous;

        @Nullable
        Runner next;

        /** Links of the {@link IdleList}. */
        @Nullable
        Runner idlePrevious;

        @Nullable
        Runner idleNext;

        boolean idleListed;
        long idleSince;
        boolean checkPending;
        long servedWhenAsked;

        Runner(long createdNanos) {
            this.createdNanos = createdNanos;
        }

        State state() {
            return state;
        }

        /** Whether it takes calls, or will. */
        boolean isLive() {
            return state == State.BOOTING || state == State.READY;
        }

        int busy() {
            return busy;
        }

        /** Calls it was given. */
        long served() {
            return served;
        }

        /** When its boot was decided, on the caller's time line. */
        long createdNanos() {
            return createdNanos;
        }
    }
}
