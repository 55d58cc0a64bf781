package io.flame4j;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A function that runs on a runner: with each input of {@link FlamePool#map}, or with the object that a
 * {@link Placed} or {@link Tracked} stands for. See {@link RemoteTask} for what may be captured.
 *
 * @param <I> the type of the input
 * @param <O> the type of the value
 * @param <X> the checked exception the function may throw; {@link RuntimeException} when it throws none
 * @since 0.1
 */
@FunctionalInterface
public interface RemoteFunction<I extends @Nullable Object, O extends @Nullable Object, X extends Exception>
        extends Serializable {

    /**
     * Runs on the runner.
     *
     * @param input the input
     * @return the value that travels back to the caller
     * @throws X what the function throws; it reaches the caller as the same type
     */
    O apply(I input) throws X;
}
