package io.flame4j.codec;

import io.flame4j.internal.closure.JdkSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * JDK serialization. Everything that {@link java.io.Serializable} promises holds: shared and cyclic references,
 * {@code writeReplace}, {@code Externalizable}, records, enums, proxies. Beside the descriptor of each application
 * class travels a fingerprint of its class file; when the other side has another version of the class, decoding fails
 * with a {@link io.flame4j.CodeMismatchException} instead of giving fields a wrong or no value. Large byte arrays are
 * not copied.
 *
 * <p>Records of plain values, and {@code ArrayList}s and immutable lists of them, have a form of their own that takes a fraction of the
 * time, with the same outcome: the same classes, instances made by the canonical constructor, the result filter asked,
 * references shared as they were. Two things are not told apart: equal short strings, of which one may arrive where there were
 * two or the other way round; and what {@code List.of} makes of three elements or more, which may be asked for null
 * afterwards, as what {@code Stream.toList} makes. A graph that holds anything else goes through JDK serialization as a whole. A record's components may be
 * primitives, their boxes, strings, enums, arrays of primitives, other such records, and {@code List}s.
 *
 * <p>The bytes are not those of a plain {@link java.io.ObjectOutputStream}. Stateless, thread-safe.
 *
 * @since 0.1
 */
public final class JdkCodec implements Codec {

    /** Creates a codec. */
    public JdkCodec() {}

    @Override
    public void encode(Object value, OutputStream out) throws IOException {
        JdkSerialization.write(value, out);
    }

    @Override
    public @Nullable Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
        return JdkSerialization.read(in, context);
    }
}
