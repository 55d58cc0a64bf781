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
    private final ClassLoader loader;
    private final ResultPolicy policy;

    public ValueDecoder(Codec codec, ClassLoader loader, ResultPolicy policy) {
        this.codec = codec;
        this.loader = loader;
        this.policy = policy;
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
        GuardFilter guard = null;
        try {
            if (in.remaining() > policy.limits().maxBytes()) {
                guard = GuardFilter.ofResult(policy, 0);
                guard.checkSize(in.remaining());
            }
            int tag = in.readUnsignedByte();
            if (tag < LeanValues.END) {
                // Makes nothing that could be refused.
                return untracked(LeanValues.read(tag, in));
            }
            guard = GuardFilter.ofResult(
                    policy, tag == ValueEncoder.CODED ? GuardFilter.unpacked(in.remaining(), codec) : in.remaining());
            DecodedResult result = read(tag, in, guard);
            guard.requireNothingRefused();
            return result;
        } catch (IOException
                | ClassNotFoundException
                | LinkageError
                | RuntimeException
                | StackOverflowError
                | InternalError e) {
            // The last is what the JDK's immutable maps throw at bytes that make no sense.
            throw DecodeProblem.ofResult(e, in, guard == null ? null : guard.refused());
        }
    }

    private DecodedResult read(int tag, ByteReader in, GuardFilter guard) throws IOException, ClassNotFoundException {
        if (LeanArrays.isTag(tag)) {
            return untracked(LeanArrays.read(tag, in, guard));
        }
        DecodeContext guarded = new DecodeContext(loader, guard);
        return switch (tag) {
            case ValueEncoder.CODED -> untracked(CodecSection.read(in, codec, guarded));
            case ValueEncoder.TRACKED -> readTracked(in, guarded);
            default -> throw new IOException("malformed value: unknown tag " + tag);
        };
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
