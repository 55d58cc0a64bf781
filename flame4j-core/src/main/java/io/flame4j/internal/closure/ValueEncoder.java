package io.flame4j.internal.closure;

import io.flame4j.ResultSerializationException;
import io.flame4j.Trackable;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.util.ArrayList;
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
     * @throws ResultSerializationException when it cannot travel; nothing has been written then
     */
    public void encodeResult(@Nullable Object value, ByteWriter out) {
        if (writeLean(value, out) || value == null) {
            return;
        }
        try {
            ByteWriter encoded = new ByteWriter(512);
            codec.encode(value, encoded.asOutputStream());
            out.writeByte(CODED);
            CodecSection.write(encoded, out);
        } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
            throw new ResultSerializationException(CaptureDiagnosis.ofResult(value, e), e);
        }
    }

    /**
     * Encodes by JDK serialization, whatever the codec, and gives an id to each trackable object in the graph. An object
     * counts as trackable as it is written, after its {@code writeReplace}; a lambda never does.
     *
     * @throws ResultSerializationException when it cannot travel; nothing has been written then
     */
    public TrackedResult encodeTracked(@Nullable Object value, ByteWriter out, LongSupplier ids) {
        if (writeLean(value, out) || value == null) {
            return new TrackedResult(List.of());
        }
        try {
            ByteWriter graph = new ByteWriter(512);
            TrackingOutput stream = new TrackingOutput(graph);
            stream.writeObject(value);
            List<TrackedOriginal> originals = stream.finish(ids);
            ByteWriter encoded = new ByteWriter(64);
            JdkSerialization.finish(stream, graph, encoded);
            out.writeByte(TRACKED);
            CodecSection.write(encoded, out);
            return new TrackedResult(originals);
        } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
            throw new ResultSerializationException(CaptureDiagnosis.ofResult(value, e), e);
        }
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

    /** Notes the trackable objects that it writes; each passes by once, since later references are handles. */
    private static final class TrackingOutput extends TaskObjectOutput {

        private final List<Trackable> found = new ArrayList<>();

        TrackingOutput(ByteWriter out) throws IOException {
            super(out);
        }

        @Override
        protected @Nullable Object replaceObject(Object object) throws IOException {
            if (object instanceof Trackable trackable) {
                found.add(trackable);
            }
            return super.replaceObject(object);
        }

        List<TrackedOriginal> finish(LongSupplier ids) throws IOException {
            List<TrackedOriginal> originals = new ArrayList<>(found.size());
            writeInt(found.size());
            for (Trackable each : found) {
                long id = ids.getAsLong();
                writeLong(id);
                writeObject(each);
                originals.add(new TrackedOriginal(id, each));
            }
            return originals;
        }
    }
}
