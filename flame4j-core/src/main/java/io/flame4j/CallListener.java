package io.flame4j;

/**
 * Hears what becomes of one call, or of all of them; {@link PoolListener#onCall} gives it out. All methods do nothing by
 * default.
 *
 * <p>They are called by the threads that carry the call, while it lasts: nothing is kept for later, so however many calls
 * there are, no memory is held for this, and none goes untold. The price is that a slow listener makes calls slow. It should count,
 * or hand over to a thread of its own with a bound, and must not block. One listener may be given to many calls, and
 * then hears them from many threads at a time. What it throws is logged, the first time as an error, and changes nothing for the call.
 *
 * @since 0.1
 */
public interface CallListener {

    /**
     * The call has its slot and is about to be sent. Comes again when it has to be sent again, and not at all when it ends
     * before.
     *
     * @param runnerId the runner
     */
    default void onSent(String runnerId) {}

    /**
     * The call is over. Comes once, just before the caller is given the value or the failure; of an asynchronous call that is
     * cancelled, just after.
     *
     * @param report all there is to know of it
     */
    default void onEnd(CallReport report) {}
}
