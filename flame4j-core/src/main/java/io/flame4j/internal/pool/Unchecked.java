package io.flame4j.internal.pool;

import org.jspecify.annotations.Nullable;

/** What a runner sent, taken for what the task's signature says it is. */
final class Unchecked {

    private Unchecked() {}

    /** A value that the task returned: whether it may be null is up to the task's own type. */
    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
    static <T extends @Nullable Object> T value(@Nullable Object value) {
        return (T) value;
    }

    /** Throws what a task threw as what it is; that the compiler believes it is up to the signature of the caller. */
    static RuntimeException rethrow(Throwable failure) {
        return Unchecked.<RuntimeException>sneak(failure);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneak(Throwable failure) throws X {
        throw (X) failure;
    }
}
