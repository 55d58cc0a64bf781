package io.flame4j.internal.closure;

import io.flame4j.Trackable;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Notes the trackable objects that it writes; each passes by once, since later references are handles. */
final class TrackingOutput extends TaskObjectOutput {

    private final List<Trackable> found = new ArrayList<>();

    private TrackingOutput(ByteWriter out) throws IOException {
        super(out);
    }

    /** The body of {@link ValueEncoder#encodeTracked}. */
    static TrackedResult encode(Object value, ByteWriter out, LongSupplier ids) {
        try {
            ByteWriter graph = new ByteWriter(512);
            TrackingOutput stream = new TrackingOutput(graph);
            stream.writeObject(value);
            List<TrackedOriginal> originals = stream.finish(ids);
            ByteWriter encoded = new ByteWriter(64);
            JdkSerialization.finish(stream, graph, encoded);
            out.writeByte(ValueEncoder.TRACKED);
            CodecSection.write(encoded, out);
            return new TrackedResult(originals);
        } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
            throw CaptureDiagnosis.ofResult(value, e);
        }
    }

    @Override
    protected @Nullable Object replaceObject(Object object) throws IOException {
        if (object instanceof Trackable trackable) {
            found.add(trackable);
        }
        return super.replaceObject(object);
    }

    private List<TrackedOriginal> finish(LongSupplier ids) throws IOException {
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
