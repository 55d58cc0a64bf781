package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;

/** Turns bytes into tasks, on the runner; one for each slot connection, used by one thread at a time. */
public final class TaskDecoder {
    public TaskDecoder(Codec codec, ClassLoader loader) {}

    /**
     * Reads a task. After any failure but an {@link IOException} the connection is good, and the caller calls
     * {@link ByteReader#skipRemaining()} before it answers.
     *
     * @throws IOException when the connection broke
     * @throws io.flame4j.CodeMismatchException when the runner has another version of a class that the task names
     * @throws io.flame4j.TaskSerializationException when a class is missing, or the bytes are malformed or too deep
     */
    public DecodedTask decode(ByteReader in) throws IOException {
        throw new UnsupportedOperationException();
    }
}
