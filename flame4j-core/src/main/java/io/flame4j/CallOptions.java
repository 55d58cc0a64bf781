package io.flame4j;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How one call is to be treated. Immutable and safe to share; every method returns a changed copy.
 *
 * <pre>{@code
 * pool.call(() -> render(page), CallOptions.defaults().timeout(Duration.ofMinutes(2)).retries(1));
 * }</pre>
 *
 * @since 0.1
 */
public final class CallOptions {

    private static final CallOptions DEFAULTS = new CallOptions(null, false, 0, null, null);

    private final @Nullable Duration timeout;
    private final boolean detached;
    private final int retries;
    private final @Nullable Boolean trackResources;
    private final @Nullable Consumer<@Nullable Object> onProgress;

    private CallOptions(
            @Nullable Duration timeout,
            boolean detached,
            int retries,
            @Nullable Boolean trackResources,
            @Nullable Consumer<@Nullable Object> onProgress) {
        this.timeout = timeout;
        this.detached = detached;
        this.retries = retries;
        this.trackResources = trackResources;
        this.onProgress = onProgress;
    }

    /**
     * The pool's own time limit, linked to the caller, no repeats, the pool's tracking.
     *
     * @return the defaults
     */
    public static CallOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets one limit for waiting in the queue, booting a runner and running the task together. Default: the pool's
     * {@link FlamePoolBuilder#timeout(Duration)}; for {@code cast}, none.
     *
     * @param timeout the limit, positive
     * @return changed options
     * @throws IllegalArgumentException when the limit is zero or negative
     */
    public CallOptions timeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must be positive, but is " + timeout);
        }
        return new CallOptions(timeout, detached, retries, trackResources, onProgress);
    }

    /**
     * Cuts the link between the call and its caller: an interrupt or a cancel ends the wait, not the task, and when
     * the parent is gone the task may still finish within {@link FlamePoolBuilder#shutdownTimeout(Duration)}. The
     * call's deadline still applies.
     *
     * @return changed options
     */
    public CallOptions detached() {
        return new CallOptions(timeout, true, retries, trackResources, onProgress);
    }

    /**
     * Declares the task safe to repeat: when its runner, or the connection to it, is lost while it may have been
     * running, it is run again on another runner, at most so many times. Never when the task itself threw. Default 0.
     *
     * @param retries how many repeats, not negative
     * @return changed options
     * @throws IllegalArgumentException when negative
     */
    public CallOptions retries(int retries) {
        if (retries < 0) {
            throw new IllegalArgumentException("retries must not be negative, but is " + retries);
        }
        return new CallOptions(timeout, detached, retries, trackResources, onProgress);
    }

    /**
     * Says whether {@link Trackable} objects in the result keep the runner alive. Default: the pool's
     * {@link FlamePoolBuilder#trackResources(boolean)}.
     *
     * @param track whether to track
     * @return changed options
     */
    public CallOptions trackResources(boolean track) {
        return new CallOptions(timeout, detached, retries, track, onProgress);
    }

    /**
     * Receives what the task passes to {@link RunnerContext#progress(Serializable)}, in order, on the thread that
     * waits for the result. It must be quick; what it throws is logged and otherwise ignored.
     *
     * @param listener called with each value
     * @return changed options
     */
    public CallOptions onProgress(Consumer<@Nullable Object> listener) {
        return new CallOptions(timeout, detached, retries, trackResources, Objects.requireNonNull(listener));
    }

    /**
     * The limit, when set.
     *
     * @return see {@link #timeout(Duration)}
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * Whether the link to the caller is cut.
     *
     * @return see {@link #detached()}
     */
    public boolean isDetached() {
        return detached;
    }

    /**
     * How many repeats after a loss.
     *
     * @return see {@link #retries(int)}
     */
    public int retries() {
        return retries;
    }

    /**
     * Whether results are searched for {@link Trackable} objects, when set.
     *
     * @return see {@link #trackResources(boolean)}
     */
    public Optional<Boolean> trackResources() {
        return Optional.ofNullable(trackResources);
    }

    /**
     * The progress listener, when set.
     *
     * @return see {@link #onProgress(Consumer)}
     */
    public Optional<Consumer<@Nullable Object>> onProgress() {
        return Optional.ofNullable(onProgress);
    }

    @Override
    public String toString() {
        return "CallOptions[timeout=" + timeout + ", detached=" + detached + ", retries=" + retries
                + ", trackResources=" + trackResources + ", onProgress=" + (onProgress != null) + "]";
    }
}
