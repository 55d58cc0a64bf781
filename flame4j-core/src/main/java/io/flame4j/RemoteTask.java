package io.flame4j;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A block of code that runs on a runner and returns a value.
 *
 * <p>Written as a lambda, it travels as the name of its body plus the values it captures; those, and the value it
 * returns, must be serializable. A lambda that reads a field or calls a method of the enclosing object captures the
 * whole object: copy what is needed to a local variable first.
 *
 * @param <T> the type of the value
 * @param <X> the checked exception the block may throw; {@link RuntimeException} when it throws none
 * @since 0.1
 */
@FunctionalInterface
public interface RemoteTask<T extends @Nullable Object, X extends Exception> extends Serializable {

    /**
     * Runs on the runner, on the thread that received the call.
     *
     * @return the value that travels back to the caller
     * @throws X what the block throws; it reaches the caller as the same type
     */
    T call() throws X;
}
