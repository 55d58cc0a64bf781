package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JDK serialization that writes the fingerprint of every application class beside its descriptor, and leaves out large
 * byte arrays, which travel beside the stream.
 */
class TaskObjectOutput extends ObjectOutputStream {

    private @Nullable List<byte[]> blobs;
    private @Nullable SerializedLambda checked;

    TaskObjectOutput(ByteWriter out) throws IOException {
        super(out.asOutputStream());
        enableReplaceObject(true);
    }

    /** The arrays that {@link BlobRef}s stand for, in order. */
    List<byte[]> blobs() {
        return blobs == null ? List.of() : blobs;
    }

    /** Without the JDK's: the frame around it says what it is. */
    @Override
    protected void writeStreamHeader() {}

    @Override
    protected void annotateClass(Class<?> type) throws IOException {
        long fingerprint = ClassFingerprint.of(type);
        if (fingerprint != ClassFingerprint.UNKNOWN) {
            writeLong(fingerprint);
        }
    }

    @Override
    protected void annotateProxyClass(Class<?> type) throws IOException {
        for (Class<?> each : type.getInterfaces()) {
            writeLong(ClassFingerprint.of(each));
        }
    }

    @Override
    protected @Nullable Object replaceObject(Object object) throws IOException {
        if (object instanceof byte[] bytes && bytes.length >= ByteWriter.LARGE) {
            return blob(bytes);
        }
        if (object instanceof SerializedLambda lambda && lambda != checked) {
            return check(lambda);
        }
        return object;
    }

    private BlobRef blob(byte[] bytes) {
        List<byte[]> current = blobs;
        if (current == null) {
            current = new ArrayList<>();
            blobs = current;
        }
        current.add(bytes);
        return new BlobRef(current.size() - 1);
    }

    private Object check(SerializedLambda lambda) {
        Class<?> implementation = LambdaNames.foreignImplementation(lambda);
        if (implementation == null) {
            return lambda;
        }
        // This method sees the lambda again when it is written as a field of its envelope.
        checked = lambda;
        return new CheckedLambda(implementation, lambda);
    }
}
