package io.flame4j.internal.pool;

import org.jspecify.annotations.Nullable;

/** The calls of one map. Whoever listens hears of each once, however often the pool's queue is full for it. */
interface MapCalls<I extends @Nullable Object, O extends @Nullable Object> {

    /**
     * The call for an input.
     *
     * @throws io.flame4j.TaskSerializationException when it cannot travel
     */
    Call make(I input);

    /**
     * Submits a call.
     *
     * @throws io.flame4j.PoolSaturatedException when there is no room for it; it is not over, but must be submitted {@link
     *     #again} or ended
     */
    AsyncCall<O> submit(Call call);

    /** The same call for another try; its deadline is as far away as at the first. */
    Call again(Call call);
}
