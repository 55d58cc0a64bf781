package io.flame4j.internal.wire;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * One slot connection, either side: frames over a blocking channel. One thread sends and receives at a time (which one
 * is up to the owner); {@link #close()} may come from any thread and wakes it.
 *
 * <p>A small frame is one write and one read. Large arrays go between the value and the socket in pieces, without being
 * copied into one buffer first.
 */
public final class SlotConnection implements Closeable {

    private static final int HEADER = 16;
    private static final int BUFFER = 8 * 1024;

    /** Larger pieces would make the JDK keep a direct buffer of that size for each thread. */
    private static final int MAX_CHANNEL_WRITE = 256 * 1024;

    private final ByteChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
    private final ByteReader reader;
    private final long maxBody;

    private int type;
    private int flags;
    private int sequence;

    /**
     * Wraps a channel whose handshake is over.
     *
     * @param channel a blocking channel
     * @param maxBody the longest body accepted; a longer one is malformed
     * @param believed whether memory is set aside by what the other side claims, before it has sent it
     */
    public SlotConnection(ByteChannel channel, long maxBody, boolean believed) {
        this.channel = channel;
        this.maxBody = maxBody;
        this.reader = new ByteReader(ByteBuffer.allocateDirect(BUFFER).limit(0), channel, believed);
    }

    /** Sends one frame whose body is the two parts after each other. Blocks until the system has taken all of it. */
    public void send(int frameType, int frameFlags, int frameSequence, ByteWriter head, ByteWriter tail)
            throws IOException {
        long length = head.size() + tail.size();
        out.clear();
        out.put((byte) frameType).put((byte) frameFlags).putShort((short) 0).putInt(frameSequence);
        out.putLong(length);
        if (length <= BUFFER - HEADER) {
            head.putInto(out);
            tail.putInto(out);
            writeFully(out.flip());
        } else {
            writeLong(head);
            writeLong(tail);
            writeFully(out.flip());
        }
    }

    private static final ByteWriter EMPTY = new ByteWriter(0);

    /** Sends one frame. */
    public void send(int frameType, int frameFlags, int frameSequence, ByteWriter body) throws IOException {
        send(frameType, frameFlags, frameSequence, body, EMPTY);
    }

    /** Small pieces gather in the buffer, large ones go out by themselves. */
    private void writeLong(ByteWriter body) throws IOException {
        for (ByteBuffer piece : body.buffers()) {
            while (piece.hasRemaining()) {
                if (!out.hasRemaining() || piece.remaining() >= BUFFER && out.position() > 0) {
                    writeFully(out.flip());
                    out.clear();
                }
                int part = piece.remaining() >= BUFFER
                        ? Math.min(piece.remaining(), MAX_CHANNEL_WRITE)
                        : Math.min(piece.remaining(), out.remaining());
                ByteBuffer slice = piece.slice(piece.position(), part);
                piece.position(piece.position() + part);
                if (part >= BUFFER) {
                    writeFully(slice);
                } else {
                    out.put(slice);
                }
            }
        }
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Waits for the next frame and reads its header; {@link #body()} then reads its body, which must be read or skipped
     * before the next call.
     *
     * @throws java.io.EOFException when the other side closed the connection
     */
    public void receive() throws IOException {
        reader.limit(HEADER);
        type = reader.readByte();
        flags = reader.readByte();
        reader.readUnsignedShort();
        sequence = reader.readInt();
        long length = reader.readLong();
        if (length < 0 || length > maxBody) {
            throw new IOException("malformed frame: a body of " + Long.toUnsignedString(length)
                    + " bytes is more than the allowed " + maxBody);
        }
        reader.limit(length);
    }

    public int type() {
        return type;
    }

    public int flags() {
        return flags;
    }

    public int sequence() {
        return sequence;
    }

    public ByteReader body() {
        return reader;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
