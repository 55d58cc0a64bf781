package io.flame4j;

import org.jspecify.annotations.Nullable;

/**
 * What became of one input of {@link FlamePool#mapStream}.
 *
 * @param index the position of the input, from 0
 * @param input the input
 * @param value the value, when the call succeeded (which may be null)
 * @param failure what the call threw, or null when it succeeded
 * @param <I> the type of the input
 * @param <O> the type of the value
 * @since 0.1
 */
public record MapResult<I extends @Nullable Object, O extends @Nullable Object>(
        long index, I input, @Nullable O value, @Nullable Throwable failure) {

    /**
     * Whether the call returned normally.
     *
     * @return true when it did
     */
    public boolean isSuccess() {
        return failure == null;
    }
}
