package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns results and progress values into bytes, on the runner. Thread-safe.
 *
 * <p>On the wire: a leaf or an array as in {@link LeanValues} and {@link LeanArrays}; {@link #CODED} with a length and
 * what the codec made; or {@link #TRACKED} with a length and a stream of JDK serialization that holds the value, the
 * number of trackable objects, and for each its id and a reference to it.
 */
public final class ValueEncoder {

    static final int CODED = LeanArrays.END + 3;
    static final int TRACKED = LeanArrays.END + 4;

    private final Codec codec;

    public ValueEncoder(Codec codec) {
        this.codec = codec;
    }

    /**
     * Encodes a value.
     *
     * @throws io.flame4j.ResultSerializationException when it cannot travel; nothing has been written then
     */
    public void encodeResult(@Nullable Object value, ByteWriter out) {
        encode(value, out, false);
    }

    /**
     * Encodes what a task tells while it runs. The parent reads it like a result.
     *
     * @throws io.flame4j.ResultSerializationException when it cannot travel; nothing has been written then
     */
    public void encodeProgress(@Nullable Object value, ByteWriter out) {
        encode(value, out, true);
    }

    private void encode(@Nullable Object value, ByteWriter out, boolean isProgress) {
        if (writeLean(value, out) || value == null) {
            return;
        }
        try {
            ByteWriter encoded = new ByteWriter(512);
            codec.encode(value, encoded.asOutputStream());
            out.writeByte(CODED);
            CodecSection.write(encoded, out);
        } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
            throw isProgress ? CaptureDiagnosis.ofProgress(value, e) : CaptureDiagnosis.ofResult(value, e);
        }
    }

    /**
     * Encodes by JDK serialization, whatever the codec, and gives an id to each trackable object in the graph. An object
     * counts as trackable as it is written, after its {@code writeReplace}; a lambda never does.
     *
     * @throws io.flame4j.ResultSerializationException when it cannot travel; nothing has been written then
     */
    public TrackedResult encodeTracked(@Nullable Object value, ByteWriter out, LongSupplier ids) {
        if (writeLean(value, out) || value == null) {
            return new TrackedResult(List.of());
        }
        return TrackingOutput.encode(value, out, ids);
    }

    private static boolean writeLean(@Nullable Object value, ByteWriter out) {
        if (LeanValues.write(value, out)) {
            return true;
        }
        if (value != null && LeanArrays.isPrimitiveArray(value)) {
            LeanArrays.write(value, out);
            return true;
        }
        return false;
    }
}
