package io.flame4j.internal.context;

import io.flame4j.internal.bytes.ByteWriter;

/** What the propagators of a pool captured for one call, ready for the wire. Immutable; may be sent several times. */
public final class CapturedContext {

    private final int sections;
    private final ByteWriter bytes;

    CapturedContext(int sections, ByteWriter bytes) {
        this.sections = sections;
        this.bytes = bytes;
    }

    /** Writes it all. */
    public void writeTo(ByteWriter out) {
        out.writeVarInt(sections);
        out.append(bytes);
    }
}
