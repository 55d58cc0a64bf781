package io.flame4j.internal.pool;

import io.flame4j.CallTimeoutException;
import io.flame4j.CallTimeoutException.Phase;
import io.flame4j.RunnerBootException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Words for deadlines that passed. */
final class TimeoutMessages {

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
     */
    record Obstacle(@Nullable RunnerBootException lastBootFailure, String noRoom, boolean belowMax) {

        /** The cure, when nothing is in the way. */
        private String orElse(String cure) {
            if (!noRoom.isEmpty()) {
                return noRoom;
            }
            return lastBootFailure == null ? cure : "The last boot failed: " + lastBootFailure.getMessage();
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
                : began + " of waiting for a runner to boot; the task never ran. " + occupation + ". "
                        + obstacle.orElse(
                                "Raise the timeout above the boot time, or keep runners ready with min or headroom.");
        CallTimeoutException timeout = new CallTimeoutException(
                text, anyRunnerUp ? Phase.QUEUED : Phase.BOOTING, Duration.ofNanos(waitedNanos));
        if (obstacle.lastBootFailure() != null) {
            timeout.initCause(obstacle.lastBootFailure());
        }
        return timeout;
    }

    CallTimeoutException running(String runnerId, long ranNanos, boolean detached) {
        return new CallTimeoutException(
                "Pool '" + pool + "': the call's deadline passed after its task had been on runner " + runnerId
                        + " for " + seconds(ranNanos) + "; the task has been "
                        + (detached ? "told its deadline has passed" : "interrupted")
                        + ". Raise the timeout, or make the task quicker.",
                Phase.RUNNING,
                Duration.ofNanos(ranNanos));
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
