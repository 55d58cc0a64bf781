package io.flame4j.internal.closure;

import org.jspecify.annotations.Nullable;

/** A task as it arrived on the runner. */
public final class DecodedTask {
    DecodedTask() {}

    /**
     * Runs it on this thread. A function without an argument of its own gets the target.
     *
     * @param target the placed or tracked object, or null
     * @throws Throwable what the task throws, as it is
     */
    public @Nullable Object run(@Nullable Object target) throws Throwable {
        throw new UnsupportedOperationException();
    }

    /** Whether it is a function that came with its input. */
    public boolean hasArgument() {
        throw new UnsupportedOperationException();
    }

    /** Whether it is a function without an input of its own, which needs a target. */
    public boolean needsTarget() {
        throw new UnsupportedOperationException();
    }

    /** For messages and thread names: {@code lambda in com.acme.Main.run}. */
    public String describe() {
        throw new UnsupportedOperationException();
    }
}
