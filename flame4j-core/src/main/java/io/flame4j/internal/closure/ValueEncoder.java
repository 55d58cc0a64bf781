package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Turns results and progress values into bytes, on the runner. Thread-safe. */
public final class ValueEncoder {
    public ValueEncoder(Codec codec) {}

    /**
     * @throws io.flame4j.ResultSerializationException when it cannot travel; nothing has been written then
     */
    public void encodeResult(@Nullable Object value, ByteWriter out) {
        throw new UnsupportedOperationException();
    }

    /** Encodes by JDK serialization, whatever the codec, and gives an id to each trackable object in the graph. */
    public TrackedResult encodeTracked(@Nullable Object value, ByteWriter out, LongSupplier ids) {
        throw new UnsupportedOperationException();
    }
}
