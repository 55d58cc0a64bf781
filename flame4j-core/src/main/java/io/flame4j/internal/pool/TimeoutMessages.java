package io.flame4j.internal.pool;

import io.flame4j.CallTimeoutException;
import io.flame4j.CallTimeoutException.Phase;
import io.flame4j.RunnerBootException;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.wire.Protocol;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Words for deadlines that passed. */
final class TimeoutMessages {

    /** Less of a wait is that of any call. */
    private static final long WORTH_SAYING_NANOS = 10_000_000L;

    private final String pool;

    TimeoutMessages(String pool) {
        this.pool = pool;
    }

    /**
     * What keeps a pool from having more runners.
     *
     * @param lastBootFailure of the last boot, if that failed
     * @param noRoom what the backend says of why boots wait; empty when they do not
     * @param belowMax whether there are fewer runners, those that boot included, than there may be
     * @param leaving how many that take no more calls hold the last places
     */
    record Obstacle(@Nullable RunnerBootException lastBootFailure, String noRoom, boolean belowMax, int leaving) {

        /** The cure, when nothing is in the way. */
        private String orElse(String cure) {
            if (!noRoom.isEmpty()) {
                return noRoom;
            }
            if (lastBootFailure != null) {
                return "The last boot failed: " + lastBootFailure.getMessage();
            }
            return leaving == 0
                    ? cure
                    : "Runners that take no more calls hold the last places until their own calls have ended ("
                            + leaving + " of them; the log says why). Raise max, or the timeout.";
        }
    }

    CallTimeoutException waiting(
            boolean anyRunnerUp, long waitedNanos, String occupation, int stillQueued, Obstacle obstacle) {
        String began = "Pool '" + pool + "': the call's deadline passed after " + seconds(waitedNanos);
        String text = anyRunnerUp
                ? began + " in the queue; the task never ran. " + occupation + "; " + stillQueued + " more calls wait. "
                        + obstacle.orElse(
                                obstacle.belowMax()
                                        ? "Raise the timeout above the boot time, or keep runners ready with min or"
                                                + " headroom."
                                        : "Raise max or maxConcurrency, or the timeout.")
                : began + " of waiting for a runner" + (obstacle.leaving() == 0 ? " to boot" : "")
                        + "; the task never ran. " + occupation + ". "
                        + obstacle.orElse(
                                "Raise the timeout above the boot time, or keep runners ready with min or headroom.");
        CallTimeoutException timeout = new CallTimeoutException(
                text, anyRunnerUp ? Phase.QUEUED : Phase.BOOTING, Duration.ofNanos(waitedNanos));
        if (obstacle.lastBootFailure() != null) {
            timeout.initCause(obstacle.lastBootFailure());
        }
        return timeout;
    }

    /**
     * What became of the time of a call that was sent to a runner.
     *
     * @param limitNanos all that it had; {@link Slot#NEVER} when that is not known
     * @param own whether the call set that limit; otherwise it is the pool's
     * @param waitedNanos how much of it had gone before the call was sent to the runner that it was on at last
     * @param ranNanos how long it was there
     * @param lessWait what lets such a call wait less
     */
    record Timing(long limitNanos, boolean own, long waitedNanos, long ranNanos, String lessWait) {

        private static final String RUNNERS =
                "have it wait less: raise max or maxConcurrency, or keep runners ready with min or headroom";

        private static final String TURNS = "make the tasks of its object quicker: they run one after the other";

        /** Of a call that may have been sent before. */
        private static final String ATTEMPTS = "make the task quicker: earlier attempts count, too";

        static Timing of(Call call, long poolLimitNanos, long began, long now) {
            Duration set = call.options.timeout().orElse(null);
            long limit = call.deadline == Slot.NEVER
                    ? Slot.NEVER
                    : set == null ? poolLimitNanos : CallFactory.saturated(set);
            long waited = limit == Slot.NEVER ? 0 : Math.max(0, began - (call.deadline - limit));
            return new Timing(limit, set != null, waited, now - began, lessWait(call));
        }

        private static String lessWait(Call call) {
            if (call.target == Protocol.TARGET_PLACED || call.target == Protocol.TARGET_TRACKED) {
                return TURNS;
            }
            return call.options.retries() > 0 ? ATTEMPTS : RUNNERS;
        }

        private String limit() {
            if (limitNanos == Slot.NEVER) {
                return "";
            }
            return ". Its limit was " + seconds(limitNanos)
                    + (own ? ", set for this call" : ", the pool's timeout, as the call set none")
                    + (isWait() ? "; " + seconds(waitedNanos) + " of that went by before it was sent there" : "");
        }

        private boolean isWait() {
            return waitedNanos >= WORTH_SAYING_NANOS;
        }

        private String cure() {
            return (own ? "Raise that limit" : "Raise the timeout of the pool or of the call") + ", or "
                    + (waitedNanos <= ranNanos ? "make the task quicker" : lessWait) + ".";
        }
    }

    /** Of a call whose task may have been running. */
    CallTimeoutException running(String task, String runnerId, Timing timing) {
        return new CallTimeoutException(
                "Pool '" + pool + "': the deadline of " + task + " passed after it had been on runner " + runnerId
                        + " for " + seconds(timing.ranNanos) + timing.limit() + ". The task has been interrupted. "
                        + timing.cure(),
                Phase.RUNNING,
                Duration.ofNanos(timing.ranNanos));
    }

    CallTimeoutException connecting(String runnerId, long waitedNanos) {
        return new CallTimeoutException(
                "Pool '" + pool + "': the call's deadline passed after runner " + runnerId
                        + " had been asked for a slot connection for " + seconds(waitedNanos)
                        + "; the task never ran. The runner may be overloaded or frozen.",
                Phase.QUEUED,
                Duration.ofNanos(waitedNanos));
    }

    static String seconds(long nanos) {
        return nanos < 1_000_000_000L
                ? Math.round(nanos / 1e6) + " ms"
                : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
