package io.flame4j.internal.bytes;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the bytes of one frame. Small values are copied into growing chunks; large arrays are only referred to
 * ({@link #writeLarge}), so that they reach the socket without a second copy in memory. Not thread-safe.
 */
public final class ByteWriter {

    /** Arrays from this size on are referred to, not copied. */
    public static final int LARGE = 32 * 1024;

    /** Written where it belongs at once. */
    private static final int SHORT_STRING = 256;

    private static final int MAX_CHUNK = 1024 * 1024;

    private byte[] chunk;
    private int position;
    private long finishedSize;
    private @Nullable List<ByteBuffer> finished;

    /** The indexes in {@link #finished} of the arrays that belong to somebody else. */
    private @Nullable BitSet borrowed;

    private @Nullable Output stream;

    /** Never read: it only has to be reachable. */
    private @Nullable Object kept;

    public ByteWriter() {
        this(256);
    }

    public ByteWriter(int initialCapacity) {
        chunk = new byte[initialCapacity];
    }

    public void writeByte(int value) {
        ensure(1);
        chunk[position++] = (byte) value;
    }

    public void writeBoolean(boolean value) {
        writeByte(value ? 1 : 0);
    }

    public void writeShort(int value) {
        ensure(2);
        chunk[position++] = (byte) (value >>> 8);
        chunk[position++] = (byte) value;
    }

    public void writeInt(int value) {
        ensure(4);
        chunk[position++] = (byte) (value >>> 24);
        chunk[position++] = (byte) (value >>> 16);
        chunk[position++] = (byte) (value >>> 8);
        chunk[position++] = (byte) value;
    }

    public void writeLong(long value) {
        writeInt((int) (value >>> 32));
        writeInt((int) value);
    }

    /** Writes 7 bits per byte, lowest first, as an unsigned number. */
    public void writeVarLong(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            chunk[position++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        chunk[position++] = (byte) rest;
    }

    public void writeVarInt(int value) {
        writeVarLong(value & 0xFFFF_FFFFL);
    }

    /** Writes numbers near zero in a few bytes, whatever their sign, in at most five. */
    public void writeZigZag(int value) {
        writeVarInt(value << 1 ^ value >> 31);
    }

    /** The same, in at most ten. */
    public void writeZigZag(long value) {
        writeVarLong(value << 1 ^ value >> 63);
    }

    /** Writes the length in bytes and then the string in UTF-8. */
    public void writeString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        writeVarInt(utf8.length);
        write(utf8, 0, utf8.length);
    }

    /** Writes the length and then a byte for each character, of which none may be beyond Latin-1. */
    @SuppressWarnings(
            "deprecation") // It drops what Latin-1 lacks, which is nothing here, and needs no array of its own.
    public void writeLatin1(String text) {
        int length = text.length();
        writeVarInt(length);
        if (length < SHORT_STRING) {
            ensure(length);
            text.getBytes(0, length, chunk, position);
            position += length;
        } else {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            writeOwned(bytes, 0, bytes.length);
        }
    }

    /** Copies bytes. */
    public void write(byte[] source, int offset, int length) {
        int from = offset;
        int rest = length;
        while (rest > 0) {
            if (position == chunk.length) {
                ensure(1);
                if (rest > chunk.length - position && chunk.length < MAX_CHUNK) {
                    grow(Math.min(rest, MAX_CHUNK - position));
                }
            }
            int part = Math.min(rest, chunk.length - position);
            System.arraycopy(source, from, chunk, position, part);
            position += part;
            from += part;
            rest -= part;
        }
    }

    /** Refers to bytes when they are many, else copies them. They must not change until the frame was sent. */
    public void writeLarge(byte[] source, int offset, int length) {
        if (length < LARGE) {
            write(source, offset, length);
            return;
        }
        refer(ByteBuffer.wrap(source, offset, length), true);
    }

    /** As {@link #writeLarge}, of an array that nobody will change: {@link #detach()} need not copy it. */
    public void writeOwned(byte[] source, int offset, int length) {
        if (length < LARGE) {
            write(source, offset, length);
            return;
        }
        refer(ByteBuffer.wrap(source, offset, length), false);
    }

    /**
     * Writes all that another writer holds; what is large there is referred to. The other must not be
     * {@link #reset()} or detached afterwards, but may be appended to others as well.
     */
    public void append(ByteWriter other) {
        List<ByteBuffer> segments = other.finished;
        if (segments != null) {
            for (int i = 0; i < segments.size(); i++) {
                appendSegment(segments.get(i), other.isBorrowed(i));
            }
        }
        writeOwned(other.chunk, 0, other.position);
        if (other.kept != null) {
            keep(other.kept);
        }
    }

    /** Keeps an object from being collected for as long as what was written so far is kept. */
    public void keep(Object object) {
        kept = kept == null ? object : new Object[] {kept, object};
    }

    /** Whether {@link #keep} was called since the last reset. */
    public boolean isKeeping() {
        return kept != null;
    }

    private void appendSegment(ByteBuffer segment, boolean isBorrowed) {
        if (segment.remaining() < LARGE) {
            write(segment.array(), segment.arrayOffset() + segment.position(), segment.remaining());
        } else {
            refer(segment.duplicate(), isBorrowed);
        }
    }

    private void refer(ByteBuffer segment, boolean isBorrowed) {
        finishChunk(64);
        List<ByteBuffer> segments = segments();
        if (isBorrowed) {
            BitSet current = borrowed;
            if (current == null) {
                current = new BitSet();
                borrowed = current;
            }
            current.set(segments.size());
        }
        segments.add(segment);
        finishedSize += segment.remaining();
    }

    private boolean isBorrowed(int index) {
        return borrowed != null && borrowed.get(index);
    }

    /** Whether it refers to arrays that belong to somebody else, so that {@link #detach()} would copy them. */
    public boolean hasBorrowed() {
        return borrowed != null;
    }

    /** Replaces every array that is only referred to by a copy, so that later changes to it do not matter. */
    public void detach() {
        BitSet current = borrowed;
        List<ByteBuffer> segments = finished;
        if (current == null || segments == null) {
            return;
        }
        for (int i = current.nextSetBit(0); i >= 0; i = current.nextSetBit(i + 1)) {
            ByteBuffer segment = segments.get(i);
            byte[] copy = new byte[segment.remaining()];
            segment.duplicate().get(copy);
            segments.set(i, ByteBuffer.wrap(copy));
        }
        borrowed = null;
    }

    public long size() {
        return finishedSize + position;
    }

    /** The bytes in order, as views that the caller may consume. */
    public List<ByteBuffer> buffers() {
        List<ByteBuffer> all = new ArrayList<>();
        if (finished != null) {
            for (ByteBuffer segment : finished) {
                all.add(segment.duplicate());
            }
        }
        if (position > 0) {
            all.add(ByteBuffer.wrap(chunk, 0, position));
        }
        return all;
    }

    /** Copies everything into one array; for small frames and tests. */
    public byte[] toByteArray() {
        byte[] all = new byte[Math.toIntExact(size())];
        ByteBuffer target = ByteBuffer.wrap(all);
        if (finished != null) {
            for (ByteBuffer segment : finished) {
                target.put(segment.duplicate());
            }
        }
        target.put(chunk, 0, position);
        return all;
    }

    /** Puts everything into a buffer that has room for {@link #size()} bytes. Allocates nothing for small frames. */
    public void putInto(ByteBuffer target) {
        if (finished != null) {
            for (ByteBuffer segment : finished) {
                target.put(segment.duplicate());
            }
        }
        target.put(chunk, 0, position);
    }

    /** Forgets everything written, and keeps the current chunk for what follows. */
    public void reset() {
        position = 0;
        finishedSize = 0;
        finished = null;
        borrowed = null;
        kept = null;
    }

    /** A stream that writes here; it copies, since whoever writes to a stream may reuse the array. */
    public Output asOutputStream() {
        Output current = stream;
        if (current == null) {
            current = new Output(this);
            stream = current;
        }
        return current;
    }

    /** The stream over a writer; whoever knows it can refer to large arrays through the writer. */
    public static final class Output extends OutputStream {

        private final ByteWriter writer;

        private Output(ByteWriter writer) {
            this.writer = writer;
        }

        public ByteWriter writer() {
            return writer;
        }

        @Override
        public void write(int value) {
            writer.writeByte(value);
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            writer.write(source, offset, length);
        }
    }

    private void ensure(int bytes) {
        if (chunk.length - position < bytes) {
            grow(bytes);
        }
    }

    /**
     * Makes room for so many bytes, few or at most what a chunk has. Doubles a small chunk; closes a large one and begins
     * another, so that nothing big is ever copied twice.
     */
    private void grow(int bytes) {
        if (chunk.length >= MAX_CHUNK) {
            finishChunk(Math.max(MAX_CHUNK, bytes));
            return;
        }
        int needed = position + bytes;
        chunk = Arrays.copyOf(chunk, Math.max(needed, Math.min(Math.max(chunk.length * 2, 64), MAX_CHUNK)));
    }

    private void finishChunk(int nextCapacity) {
        if (position > 0) {
            segments().add(ByteBuffer.wrap(chunk, 0, position));
            finishedSize += position;
            chunk = new byte[nextCapacity];
            position = 0;
        }
    }

    private List<ByteBuffer> segments() {
        List<ByteBuffer> current = finished;
        if (current == null) {
            current = new ArrayList<>();
            finished = current;
        }
        return current;
    }
}
