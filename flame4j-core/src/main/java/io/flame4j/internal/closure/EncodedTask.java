package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteWriter;

/** A task turned into bytes. Can be written several times, to different connections. */
public final class EncodedTask {
    EncodedTask() {}

    /** Writes the definitions of the shapes that the connection does not know yet, and then the captured values. */
    public void writeTo(ByteWriter out, KnownShapes known) {
        throw new UnsupportedOperationException();
    }

    /** Copies the large arrays that are only referred to, so that the caller may change them from now on. */
    public void detach() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the captured values, without the definitions of shapes. */
    public long size() {
        throw new UnsupportedOperationException();
    }

    /** Whether large arrays are referred to rather than copied, so that {@link #detach()} would copy something. */
    public boolean isLarge() {
        throw new UnsupportedOperationException();
    }

    /** For messages: {@code lambda in com.acme.Main.run(Main.java:42)}. */
    public String describe() {
        throw new UnsupportedOperationException();
    }
}
