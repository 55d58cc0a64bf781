package io.flame4j.internal.bytes;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of one frame at a time, from an array or straight from a channel. It never reads past the end of the
 * frame that {@link #limit(long)} set, and no length is believed that the frame cannot hold. Not thread-safe.
 */
public final class ByteReader {

    /** Larger pieces would make the JDK keep a direct buffer of that size for each thread. */
    private static final int MAX_CHANNEL_READ = 256 * 1024;

    /** What is set aside on a mere claim. */
    private static final int UNSEEN = 1 << 20;

    /** The largest value for which all of it is, when the other side is believed; larger ones may be damage. */
    private static final long BELIEVED = 256 << 20;

    /** Each step copies what there is: with this, a seventh of the whole at most. */
    private static final int GROWTH = 8;

    /** After so many bytes the rest is believed: more steps would need much more memory than the value. */
    private static final long CONVINCING = 64 << 20;

    /** Readable between position and limit; may hold bytes beyond the frame. */
    private final ByteBuffer buffer;

    private final @Nullable ReadableByteChannel channel;

    private final boolean believed;

    /** Bytes of the frame not handed out yet, in the buffer or to come. */
    private long remaining;

    private @Nullable Input stream;

    /** Why the channel will give nothing more. */
    private @Nullable IOException broken;

    /**
     * Set while bytes are taken. Values are read deep down in object graphs, where the stack may overflow between any two
     * steps: then the counts here disagree, and the next frame cannot be found any more.
     */
    private boolean torn;

    /** Reads from an array; the frame is all of it. */
    public ByteReader(byte[] bytes) {
        this(ByteBuffer.wrap(bytes), null, false);
        remaining = bytes.length;
    }

    /**
     * Reads from a channel through a buffer.
     *
     * @param buffer flipped: what is between position and limit is read first
     * @param channel a blocking channel
     * @param believed whether the other side may have memory set aside by the lengths that it claims, as may one whose code
     *     is run anyway
     */
    public ByteReader(ByteBuffer buffer, @Nullable ReadableByteChannel channel, boolean believed) {
        this.buffer = buffer;
        this.channel = channel;
        this.believed = believed;
    }

    /** Begins a frame of so many bytes. */
    public void limit(long frameLength) {
        remaining = frameLength;
    }

    /** Bytes of the frame not read yet. */
    public long remaining() {
        return remaining;
    }

    /**
     * Why the channel will give nothing more; null as long as it is good. Tells a broken connection from a frame that is
     * malformed, whoever wrapped the exception in between.
     */
    public @Nullable IOException broken() {
        return broken;
    }

    /** Whether reading was cut short by an error in its midst, so that nothing that follows makes sense. */
    public boolean isTorn() {
        return torn;
    }

    public int readByte() throws IOException {
        take(1);
        if (!buffer.hasRemaining()) {
            fill();
        }
        int value = buffer.get();
        torn = false;
        return value;
    }

    public int readUnsignedByte() throws IOException {
        return readByte() & 0xFF;
    }

    public boolean readBoolean() throws IOException {
        return readByte() != 0;
    }

    public int readUnsignedShort() throws IOException {
        return (readUnsignedByte() << 8) | readUnsignedByte();
    }

    public int readInt() throws IOException {
        if (buffer.remaining() >= 4 && remaining >= 4 && !torn) {
            torn = true;
            remaining -= 4;
            int value = buffer.getInt();
            torn = false;
            return value;
        }
        return (readUnsignedShort() << 16) | readUnsignedShort();
    }

    public long readLong() throws IOException {
        if (buffer.remaining() >= 8 && remaining >= 8 && !torn) {
            torn = true;
            remaining -= 8;
            long value = buffer.getLong();
            torn = false;
            return value;
        }
        return ((long) readInt() << 32) | (readInt() & 0xFFFF_FFFFL);
    }

    public long readVarLong() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = readByte();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("malformed number: longer than 10 bytes");
    }

    public int readVarInt() throws IOException {
        long value = readVarLong();
        if (value >>> 32 != 0) {
            throw new IOException("malformed number: " + Long.toUnsignedString(value) + " does not fit 32 bits");
        }
        return (int) value;
    }

    /** Reads a length that the rest of the frame must be able to hold, at so many bytes for each unit. */
    public int readLength(int bytesEach) throws IOException {
        long length = readVarLong();
        if (length < 0 || length > remaining / bytesEach || length > Integer.MAX_VALUE - 8) {
            throw new IOException("malformed length: " + Long.toUnsignedString(length) + " units of " + bytesEach
                    + " bytes, but the frame has " + remaining + " bytes left");
        }
        return (int) length;
    }

    /**
     * How long an array may be made when nothing of it has arrived.
     *
     * @param whole elements that were announced
     * @param width bytes of an element
     */
    public int beforeSeeing(int whole, int width) {
        return believed && (long) whole * width <= BELIEVED ? whole : Math.min(whole, UNSEEN / width);
    }

    /**
     * Reads so many bytes. The array grows with what arrives, by steps: the other side cannot make this process set aside
     * much more than it sends, whatever length it claims, unless it is believed.
     */
    public byte[] readBytes(int length) throws IOException {
        byte[] bytes = new byte[beforeSeeing(length, 1)];
        readFully(bytes, 0, bytes.length);
        while (bytes.length < length) {
            int from = bytes.length;
            bytes = Arrays.copyOf(bytes, afterSeeing(from, length, 1));
            readFully(bytes, from, bytes.length - from);
        }
        return bytes;
    }

    /**
     * How long an array may be made when so much of it has arrived.
     *
     * @param arrived elements
     * @param whole elements that were announced
     * @param width bytes of an element
     */
    public static int afterSeeing(int arrived, int whole, int width) {
        return (long) arrived * width >= CONVINCING ? whole : (int) Math.min(whole, (long) arrived * GROWTH);
    }

    public String readString() throws IOException {
        byte[] utf8 = readBytes(readLength(1));
        return new String(utf8, StandardCharsets.UTF_8);
    }

    public void readFully(byte[] target, int offset, int length) throws IOException {
        take(length);
        int buffered = Math.min(length, buffer.remaining());
        buffer.get(target, offset, buffered);
        int from = offset + buffered;
        int end = offset + length;
        while (from < end) {
            int rest = end - from;
            if (rest < buffer.capacity()) {
                fill();
                int part = Math.min(rest, buffer.remaining());
                buffer.get(target, from, part);
                from += part;
            } else {
                from += readFrom(ByteBuffer.wrap(target, from, Math.min(rest, MAX_CHANNEL_READ)));
            }
        }
        torn = false;
    }

    /** Passes over what is left of the frame. */
    public void skipRemaining() throws IOException {
        take(0);
        while (remaining > 0) {
            if (!buffer.hasRemaining()) {
                fill();
            }
            int part = (int) Math.min(remaining, buffer.remaining());
            buffer.position(buffer.position() + part);
            remaining -= part;
        }
        torn = false;
    }

    /** A stream over the rest of the frame; it ends where the frame ends. */
    public Input asInputStream() {
        Input current = stream;
        if (current == null) {
            current = new Input(this);
            stream = current;
        }
        return current;
    }

    private void take(long bytes) throws IOException {
        if (torn) {
            throw new IOException("the end of the frame is lost: reading it was cut short by an error");
        }
        if (bytes > remaining) {
            throw new EOFException(
                    "malformed frame: " + bytes + " bytes wanted, but it has " + remaining + " bytes left");
        }
        torn = true;
        remaining -= bytes;
    }

    private void fill() throws IOException {
        buffer.clear();
        try {
            readFrom(buffer);
        } finally {
            buffer.flip();
        }
    }

    private int readFrom(ByteBuffer target) throws IOException {
        if (channel == null) {
            throw new EOFException("malformed frame: it ends too early");
        }
        try {
            int read = channel.read(target);
            if (read <= 0) {
                throw new EOFException("the connection was closed by the other side");
            }
            return read;
        } catch (IOException e) {
            broken = e;
            throw e;
        }
    }

    /** At most so many bytes of the frame, at least one, or -1 at its end. */
    private int readSome(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (remaining == 0) {
            return -1;
        }
        int wanted = (int) Math.min(length, remaining);
        if (buffer.hasRemaining()) {
            wanted = Math.min(wanted, buffer.remaining());
        }
        readFully(target, offset, wanted);
        return wanted;
    }

    /** The stream over a frame; whoever knows it can read large arrays through the reader, without a bounce. */
    public static final class Input extends InputStream {

        private final ByteReader reader;

        private Input(ByteReader reader) {
            this.reader = reader;
        }

        public ByteReader reader() {
            return reader;
        }

        @Override
        public int read() throws IOException {
            return reader.remaining == 0 ? -1 : reader.readUnsignedByte();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return reader.readSome(target, offset, length);
        }

        @Override
        public int available() {
            return (int) Math.min(reader.remaining, reader.buffer.remaining());
        }
    }
}
