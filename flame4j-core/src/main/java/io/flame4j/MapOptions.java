package io.flame4j;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one {@link FlamePool#map} are to be treated. Immutable; every method returns a changed copy.
 *
 * @since 0.1
 */
public final class MapOptions {

    private static final MapOptions DEFAULTS = new MapOptions(CallOptions.defaults(), 0, false, null);

    private final CallOptions call;
    private final int maxInFlight;
    private final boolean collectFailures;
    private final @Nullable LongConsumer onCompleted;

    private MapOptions(CallOptions call, int maxInFlight, boolean collectFailures, @Nullable LongConsumer onCompleted) {
        this.call = call;
        this.maxInFlight = maxInFlight;
        this.collectFailures = collectFailures;
        this.onCompleted = onCompleted;
    }

    /**
     * Default call options, as many in flight as the pool has slots at most, fail at the first failure.
     *
     * @return the defaults
     */
    public static MapOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets the options of each single call.
     *
     * @param options the options
     * @return changed options
     */
    public MapOptions call(CallOptions options) {
        return new MapOptions(Objects.requireNonNull(options), maxInFlight, collectFailures, onCompleted);
    }

    /**
     * Bounds how many calls are queued or running at a time. Default: {@code max * maxConcurrency} of the pool, which
     * keeps every slot busy, and at most 1,000.
     *
     * @param calls how many, at least 1
     * @return changed options
     */
    public MapOptions maxInFlight(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("maxInFlight must be at least 1, but is " + calls);
        }
        return new MapOptions(call, calls, collectFailures, onCompleted);
    }

    /**
     * Runs all inputs whatever fails, and throws {@link MapFailedException} with every failure at the end.
     *
     * @return changed options
     */
    public MapOptions collectFailures() {
        return new MapOptions(call, maxInFlight, true, onCompleted);
    }

    /**
     * Receives the number of calls that have ended so far, after each; of {@link FlamePool#mapStream}, the number of
     * results that were read. It is called by one thread at a time and must be quick; what it throws is logged and
     * otherwise ignored.
     *
     * @param listener called with the count
     * @return changed options
     */
    public MapOptions onCompleted(LongConsumer listener) {
        return new MapOptions(call, maxInFlight, collectFailures, Objects.requireNonNull(listener));
    }

    /**
     * The options of each single call.
     *
     * @return see {@link #call(CallOptions)}
     */
    public CallOptions call() {
        return call;
    }

    /**
     * The bound on calls in flight, when set.
     *
     * @return see {@link #maxInFlight(int)}
     */
    public OptionalInt maxInFlight() {
        return maxInFlight == 0 ? OptionalInt.empty() : OptionalInt.of(maxInFlight);
    }

    /**
     * Whether all inputs run whatever fails.
     *
     * @return see {@link #collectFailures()}
     */
    public boolean isCollectFailures() {
        return collectFailures;
    }

    /**
     * The progress listener, when set.
     *
     * @return see {@link #onCompleted(LongConsumer)}
     */
    public Optional<LongConsumer> onCompleted() {
        return Optional.ofNullable(onCompleted);
    }
}
