package io.flame4j;

import java.io.Serializable;

/**
 * A block of code that runs on a runner and returns nothing. See {@link RemoteTask} for what may be captured.
 *
 * @param <X> the checked exception the block may throw; {@link RuntimeException} when it throws none
 * @since 0.1
 */
@FunctionalInterface
public interface RemoteAction<X extends Exception> extends Serializable {

    /**
     * Runs on the runner, on the thread that received the call.
     *
     * @throws X what the block throws; it reaches the caller as the same type
     */
    void run() throws X;
}
