package io.flame4j.internal.closure;

import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@link io.flame4j.codec.JdkCodec}: the number of large byte arrays in the graph, the arrays, and then the
 * graph. The arrays come first because {@code readObject} methods and constructors of records look into them.
 */
public final class JdkSerialization {

    private static final byte[][] NO_BLOBS = {};

    /** In the place of the number of large arrays: the length of a {@link LeanGraph}, and the graph, follow. */
    private static final int LEAN = -1;

    private JdkSerialization() {}

    /** Writes one object. */
    public static void write(Object value, OutputStream out) throws IOException {
        if (out instanceof ByteWriter.Output output) {
            writeLeanOrWhole(value, output.writer());
        } else {
            ByteWriter writer = new ByteWriter();
            write(value, writer);
            for (ByteBuffer segment : writer.buffers()) {
                out.write(segment.array(), segment.arrayOffset() + segment.position(), segment.remaining());
            }
        }
    }

    private static void writeLeanOrWhole(Object value, ByteWriter out) throws IOException {
        ByteWriter lean = LeanGraph.encode(value);
        if (lean != null) {
            out.writeInt(LEAN);
            out.writeLong(lean.size());
            out.append(lean);
        } else {
            write(value, out);
        }
    }

    private static void write(Object value, ByteWriter out) throws IOException {
        ByteWriter graph = new ByteWriter(512);
        TaskObjectOutput stream = new TaskObjectOutput(graph);
        stream.writeObject(value);
        finish(stream, graph, out);
    }

    /** Flushes the stream that writes into {@code graph}, and writes all of it after its large arrays. */
    static void finish(TaskObjectOutput stream, ByteWriter graph, ByteWriter out) throws IOException {
        stream.flush();
        List<byte[]> blobs = stream.blobs();
        out.writeInt(blobs.size());
        for (byte[] blob : blobs) {
            out.writeInt(blob.length);
            out.writeLarge(blob, 0, blob.length);
        }
        out.append(graph);
    }

    /** Reads what {@link #write(Object, OutputStream)} wrote. */
    public static @Nullable Object read(InputStream in, DecodeContext context)
            throws IOException, ClassNotFoundException {
        if (!(in instanceof ByteReader.Input input)) {
            return readOther(new DataInputStream(in), context);
        }
        int count = input.reader().readInt();
        if (count == LEAN) {
            // How long it is matters to those alone who cannot tell.
            input.reader().readLong();
            return LeanGraphReader.read(input.reader(), context);
        }
        return new TaskObjectInput(in, context, readBlobs(count, input.reader(), context)).readObject();
    }

    /** A codec of the user's may put a stream of its own around ours. */
    private static @Nullable Object readOther(DataInputStream in, DecodeContext context)
            throws IOException, ClassNotFoundException {
        int count = in.readInt();
        if (count != LEAN) {
            return new TaskObjectInput(in, context, readBlobs(count, in, context)).readObject();
        }
        long size = in.readLong();
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw new IOException("malformed object: it claims " + size + " bytes, more than an array can hold");
        }
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new EOFException("malformed object: it ends early");
        }
        return LeanGraphReader.read(new ByteReader(bytes), context);
    }

    static TaskObjectInput open(InputStream in, DecodeContext context) throws IOException {
        return new TaskObjectInput(
                in,
                context,
                in instanceof ByteReader.Input input
                        ? readBlobs(input.reader().readInt(), input.reader(), context)
                        : readBlobs(new DataInputStream(in).readInt(), new DataInputStream(in), context));
    }

    private static byte[][] readBlobs(int count, ByteReader in, DecodeContext context) throws IOException {
        if (count == 0) {
            return NO_BLOBS;
        }
        // Each takes at least the 4 bytes of its length.
        if (count < 0 || count > in.remaining() / 4) {
            throw new IOException("malformed object: it claims " + count + " large arrays");
        }
        byte[][] blobs = new byte[count][];
        for (int i = 0; i < count; i++) {
            int length = in.readInt();
            if (length < 0 || length > in.remaining()) {
                throw new IOException("malformed object: it claims a large array of " + length + " bytes");
            }
            context.checkArray(byte[].class, length);
            blobs[i] = in.readBytes(length);
        }
        return blobs;
    }

    /** For streams of unknown length: memory grows with what really arrives. */
    private static byte[][] readBlobs(int count, DataInputStream in, DecodeContext context) throws IOException {
        if (count < 0) {
            throw new IOException("malformed object: it claims " + count + " large arrays");
        }
        List<byte[]> blobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = in.readInt();
            if (length < 0) {
                throw new IOException("malformed object: it claims a large array of " + length + " bytes");
            }
            context.checkArray(byte[].class, length);
            byte[] blob = in.readNBytes(length);
            if (blob.length < length) {
                throw new EOFException("malformed object: it ends within a large array");
            }
            blobs.add(blob);
        }
        return blobs.toArray(NO_BLOBS);
    }
}
