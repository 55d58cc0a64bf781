package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a codec made of a value, after its length, so that a codec that reads ahead cannot read too far. */
final class CodecSection {

    private CodecSection() {}

    /** Writes nothing when the codec fails. */
    static void write(Object value, Codec codec, ByteWriter out) throws IOException {
        ByteWriter encoded = new ByteWriter(512);
        codec.encode(value, encoded.asOutputStream());
        write(encoded, out);
    }

    static void write(ByteWriter encoded, ByteWriter out) {
        out.writeVarLong(encoded.size());
        out.append(encoded);
    }

    static @Nullable Object read(ByteReader in, Codec codec, DecodeContext context)
            throws IOException, ClassNotFoundException {
        long after = enter(in);
        try {
            Object value = codec.decode(in.asInputStream(), context);
            in.skipRemaining();
            return value;
        } finally {
            leave(in, after);
        }
    }

    /** Narrows the reader to the section, and gives what will be left of the frame after it. */
    static long enter(ByteReader in) throws IOException {
        long size = in.readVarLong();
        if (size < 0 || size > in.remaining()) {
            throw new IOException("malformed length: a value of " + Long.toUnsignedString(size)
                    + " bytes, but the frame has " + in.remaining() + " bytes left");
        }
        long after = in.remaining() - size;
        in.limit(size);
        return after;
    }

    /** Widens the reader to the frame again, wherever in the section it is. */
    static void leave(ByteReader in, long after) {
        in.limit(in.remaining() + after);
    }
}
