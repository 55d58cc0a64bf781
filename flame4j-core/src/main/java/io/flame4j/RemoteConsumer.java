package io.flame4j;

import java.io.Serializable;

/**
 * Something that is done on a runner with the object that a {@link Placed} or {@link Tracked} stands for, and that
 * returns nothing. See {@link RemoteTask} for what may be captured.
 *
 * @param <T> the type of the object
 * @param <X> the checked exception it may throw; {@link RuntimeException} when it throws none
 * @since 0.1
 */
@FunctionalInterface
public interface RemoteConsumer<T, X extends Exception> extends Serializable {

    /**
     * Runs on the runner.
     *
     * @param object the object
     * @throws X what it throws; it reaches the caller as the same type
     */
    void accept(T object) throws X;
}
