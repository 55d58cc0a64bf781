package io.flame4j.internal.closure;

import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;

/** Turns bytes into what the task threw, on the parent. */
public final class FailureDecoder {
    public FailureDecoder(DecodeContext context) {}

    /**
     * Reads a failure and joins the frames of the waiting caller to those of the runner.
     *
     * @param runner the id of the runner, for the frame between the two
     * @param caller the frames of the waiting caller, from {@link #callerFrames()}; empty when nobody waits
     * @return what the task threw, or a {@link io.flame4j.RemoteTaskException} in its place
     * @throws IOException when the connection broke, or the frame is malformed
     */
    public Throwable decode(ByteReader in, String runner, StackTraceElement[] caller) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The frames of the current thread, without those inside of flame4j. */
    public static StackTraceElement[] callerFrames() {
        throw new UnsupportedOperationException();
    }
}
