package io.flame4j.benchmarks.limit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** Blocking reads and writes of whole messages, with as little between the caller and the socket as the JDK allows. */
final class Frames {

    /** The size of a ping. */
    static final int PING = 64;

    /** Pieces of this size measured best; far larger ones make the JDK allocate a direct buffer each time. */
    private static final int PIECE = 256 * 1024;

    private Frames() {}

    static void readFully(ByteChannel channel, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new EOFException();
            }
        }
    }

    static void writeFully(ByteChannel channel, ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            channel.write(source);
        }
    }

    /** Reads an array of that length. It is a new one each time, as any value is that is handed to somebody. */
    static byte[] readArray(ByteChannel channel, int length) throws IOException {
        byte[] array = new byte[length];
        for (int from = 0; from < length; ) {
            int read = channel.read(ByteBuffer.wrap(array, from, Math.min(PIECE, length - from)));
            if (read < 0) {
                throw new EOFException();
            }
            from += read;
        }
        return array;
    }

    static void writeArray(ByteChannel channel, byte[] array) throws IOException {
        for (int from = 0; from < array.length; ) {
            from += channel.write(ByteBuffer.wrap(array, from, Math.min(PIECE, array.length - from)));
        }
    }
}
