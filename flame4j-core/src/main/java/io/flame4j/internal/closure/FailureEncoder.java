package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteWriter;

/** Turns what a task threw into bytes, on the runner. */
public final class FailureEncoder {
    private FailureEncoder() {}

    /** Writes a failure; throws nothing but {@link OutOfMemoryError}. */
    public static void encode(Throwable failure, ByteWriter out) {
        throw new UnsupportedOperationException();
    }
}
