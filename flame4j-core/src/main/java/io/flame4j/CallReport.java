package io.flame4j;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call that is over. Times are in nanoseconds: one of these is made for every call that somebody listens to.
 *
 * @param pool the pool
 * @param task what was called, such as {@code lambda in com.acme.Main.run}, or the name of a {@link NamedTask}; as many different ones as the application
 *     has, so no good as the tag of a metric
 * @param outcome how it ended
 * @param failure what the caller was given instead of a value, or null
 * @param runnerId the last runner that it was sent to, or null
 * @param attempts how many times it was sent to a runner; more than 1 when one had to be left, or was lost and the call
 *     has {@link CallOptions#retries(int)}
 * @param totalNanos from the caller's call until the value or failure is there for the caller
 * @param queueNanos how much of that it waited to be sent: for a free slot, for a runner to boot, for its turn on a placed
 *     object; attempts added up
 * @param taskNanos how much of that the task itself ran, measured on the runner; -1 when that is not known, since it did
 *     not run to its end there
 * @param bytesSent what went to runners for it, without frame headers
 * @param bytesReceived what came back, progress included
 * @since 0.1
 */
public record CallReport(
        String pool,
        String task,
        CallOutcome outcome,
        @Nullable Throwable failure,
        @Nullable String runnerId,
        int attempts,
        long totalNanos,
        long queueNanos,
        long taskNanos,
        long bytesSent,
        long bytesReceived) {

    /**
     * What the call took beside the task's own time: waiting, encoding, the way there and back. All of it when the task's
     * time is not known.
     *
     * @return nanoseconds, 0 or more
     */
    public long overheadNanos() {
        return totalNanos - Math.max(0, taskNanos);
    }

    /**
     * {@link #totalNanos} as a duration.
     *
     * @return the time
     */
    public Duration total() {
        return Duration.ofNanos(totalNanos);
    }

    /**
     * {@link #queueNanos} as a duration.
     *
     * @return the time
     */
    public Duration queueWait() {
        return Duration.ofNanos(queueNanos);
    }

    /**
     * {@link #taskNanos} as a duration.
     *
     * @return the time; empty when it is not known
     */
    public Optional<Duration> taskTime() {
        return taskNanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(taskNanos));
    }
}
