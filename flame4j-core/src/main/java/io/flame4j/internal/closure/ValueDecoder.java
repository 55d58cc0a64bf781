package io.flame4j.internal.closure;

import io.flame4j.Trackable;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns bytes into results and progress values, on the parent. Thread-safe, cheap to make. */
public final class ValueDecoder {

    private final Codec codec;
    private final DecodeContext context;

    public ValueDecoder(Codec codec, DecodeContext context) {
        this.codec = codec;
        this.context = context;
    }

    /**
     * Reads what {@link ValueEncoder#encodeResult} wrote. After any failure but an {@link IOException} the connection
     * is good, and the caller calls {@link ByteReader#skipRemaining()}.
     *
     * @throws IOException when the connection broke
     * @throws io.flame4j.CodeMismatchException when the parent has another version of a class
     * @throws io.flame4j.ResultSerializationException when a class is missing or refused, or the bytes are malformed or too deep
     */
    public @Nullable Object decode(ByteReader in) throws IOException {
        return decodeTracked(in).value();
    }

    /** Reads what {@link ValueEncoder#encodeTracked} wrote, or {@link ValueEncoder#encodeResult}; fails as above. */
    public DecodedResult decodeTracked(ByteReader in) throws IOException {
        GuardFilter guard = new GuardFilter(context.filter(), in.remaining());
        try {
            return read(in, new DecodeContext(context.classLoader(), guard));
        } catch (IOException
                | ClassNotFoundException
                | LinkageError
                | RuntimeException
                | StackOverflowError
                | InternalError e) {
            // The last is what the JDK's immutable maps throw at bytes that make no sense.
            throw DecodeProblem.ofResult(e, in, guard.refused());
        }
    }

    private DecodedResult read(ByteReader in, DecodeContext guarded) throws IOException, ClassNotFoundException {
        int tag = in.readUnsignedByte();
        if (tag == ValueEncoder.CODED) {
            return untracked(CodecSection.read(in, codec, guarded));
        }
        if (tag == ValueEncoder.TRACKED) {
            return readTracked(in, guarded);
        }
        return untracked(LeanArrays.isTag(tag) ? LeanArrays.read(tag, in) : LeanValues.read(tag, in));
    }

    private static DecodedResult untracked(@Nullable Object value) {
        return new DecodedResult(value, List.of());
    }

    private static DecodedResult readTracked(ByteReader in, DecodeContext guarded)
            throws IOException, ClassNotFoundException {
        long after = CodecSection.enter(in);
        try {
            TaskObjectInput stream = JdkSerialization.open(in.asInputStream(), guarded);
            Object value = stream.readObject();
            List<TrackedEntry> tracked = new ArrayList<>();
            for (int i = stream.readInt(); i > 0; i--) {
                long id = stream.readLong();
                // Written as a reference to an object in the value, so this is the very copy that the caller will get.
                if (!(stream.readObject() instanceof Trackable copy)) {
                    throw new InvalidObjectException("malformed result: what is tracked is not Trackable");
                }
                tracked.add(new TrackedEntry(id, copy));
            }
            in.skipRemaining();
            return new DecodedResult(value, tracked);
        } finally {
            CodecSection.leave(in, after);
        }
    }
}
