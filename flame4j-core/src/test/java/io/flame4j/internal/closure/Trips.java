package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.Serializable;

/** Sends things to the other side and back, without a connection. */
public final class Trips {

    public static final ObjectInputFilter ALLOW_EVERY_CLASS = info -> ObjectInputFilter.Status.UNDECIDED;
    public static final ResultPolicy ALLOW_ALL = asking(ALLOW_EVERY_CLASS);

    private Trips() {}

    /** The standard policy in a JVM that has this filter. */
    public static ResultPolicy asking(ObjectInputFilter processWide) {
        return new ResultPolicy(ResultPolicy.STANDARD.rules(), ResultPolicy.STANDARD.limits(), () -> processWide);
    }

    public static DecodedTask task(Serializable closure) throws IOException {
        return decode(encode(new TaskEncoder(Codec.jdk()).encode(closure)), Trips.class.getClassLoader());
    }

    public static DecodedTask task(Serializable function, Object argument) throws IOException {
        return decode(encode(new TaskEncoder(Codec.jdk()).encode(function, argument)), Trips.class.getClassLoader());
    }

    public static byte[] encode(EncodedTask task) {
        return encode(task, new KnownShapes());
    }

    public static byte[] encode(EncodedTask task, KnownShapes known) {
        ByteWriter out = new ByteWriter();
        task.writeTo(out, known);
        return out.toByteArray();
    }

    public static DecodedTask decode(byte[] bytes, ClassLoader loader) throws IOException {
        ByteReader in = new ByteReader(bytes);
        DecodedTask task = new TaskDecoder(Codec.jdk(), loader).decode(in);
        if (in.remaining() != 0) {
            throw new AssertionError(in.remaining() + " bytes left");
        }
        return task;
    }

    @SuppressWarnings("unchecked")
    public static <T> T run(Serializable closure) throws Throwable {
        return (T) task(closure).run(null);
    }

    public static <T> T result(T value) throws IOException {
        return result(value, ALLOW_ALL);
    }

    @SuppressWarnings("unchecked")
    public static <T> T result(T value, ResultPolicy policy) throws IOException {
        ByteWriter out = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeResult(value, out);
        ByteReader in = new ByteReader(out.toByteArray());
        T read = (T) new ValueDecoder(Codec.jdk(), Trips.class.getClassLoader(), policy).decode(in);
        if (in.remaining() != 0) {
            throw new AssertionError(in.remaining() + " bytes left");
        }
        return read;
    }

    public static Throwable failure(Throwable thrown) throws IOException {
        return failure(thrown, Trips.class.getClassLoader(), ALLOW_ALL);
    }

    public static Throwable failure(Throwable thrown, ClassLoader loader, ResultPolicy policy) throws IOException {
        ByteWriter out = new ByteWriter();
        FailureEncoder.encode(thrown, out);
        ByteReader in = new ByteReader(out.toByteArray());
        Throwable read = new FailureDecoder(loader, policy).decode(in, "thumbs-3", FailureDecoder.callerFrames());
        if (in.remaining() != 0) {
            throw new AssertionError(in.remaining() + " bytes left");
        }
        return read;
    }
}
