package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns bytes into results and progress values, on the parent. Thread-safe, cheap to make. */
public final class ValueDecoder {
    public ValueDecoder(Codec codec, DecodeContext context) {}

    /**
     * Reads what {@link ValueEncoder#encodeResult} wrote. After any failure but an {@link IOException} the connection
     * is good, and the caller calls {@link ByteReader#skipRemaining()}.
     *
     * @throws IOException when the connection broke
     * @throws io.flame4j.CodeMismatchException when the parent has another version of a class
     * @throws io.flame4j.ResultSerializationException when a class is missing or refused, or the bytes are malformed
     */
    public @Nullable Object decode(ByteReader in) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Reads what {@link ValueEncoder#encodeTracked} wrote. */
    public DecodedResult decodeTracked(ByteReader in) throws IOException {
        throw new UnsupportedOperationException();
    }
}
