package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.io.InvalidClassException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;

/** The encoding of arrays of primitives: a tag, the length, the elements in big-endian order, moved in bulk. */
final class LeanArrays {

    private static final int BYTES = LeanValues.END;
    private static final int BOOLEANS = BYTES + 1;
    private static final int SHORTS = BYTES + 2;
    private static final int CHARS = BYTES + 3;
    private static final int INTS = BYTES + 4;
    private static final int LONGS = BYTES + 5;
    private static final int FLOATS = BYTES + 6;
    private static final int DOUBLES = BYTES + 7;

    /** The first tag that is free. */
    static final int END = BYTES + 8;

    /**
     * Arrays are moved in pieces of at most so many bytes. Who reads never has more than a piece of one beside it. Who writes
     * has all pieces until the message is sent: a second copy, though not in one array. Of bytes alone there is none.
     */
    private static final int PIECE = 256 * 1024;

    /** Asked before an array is made. */
    interface Check {
        void checkArray(Class<?> type, long length) throws InvalidClassException;
    }

    private LeanArrays() {}

    static boolean isPrimitiveArray(Object value) {
        Class<?> component = value.getClass().getComponentType();
        return component != null && component.isPrimitive();
    }

    static boolean isTag(int tag) {
        return tag >= BYTES && tag < END;
    }

    static void write(Object array, ByteWriter out) {
        if (array instanceof byte[] bytes) {
            header(BYTES, bytes.length, out);
            out.writeLarge(bytes, 0, bytes.length);
        } else if (array instanceof int[] ints) {
            header(INTS, ints.length, out);
            writePieces(ints.length, 4, out, (b, from, n) -> b.asIntBuffer().put(ints, from, n));
        } else if (array instanceof long[] longs) {
            header(LONGS, longs.length, out);
            writePieces(longs.length, 8, out, (b, from, n) -> b.asLongBuffer().put(longs, from, n));
        } else if (array instanceof double[] doubles) {
            header(DOUBLES, doubles.length, out);
            writePieces(
                    doubles.length, 8, out, (b, from, n) -> b.asDoubleBuffer().put(doubles, from, n));
        } else if (array instanceof float[] floats) {
            header(FLOATS, floats.length, out);
            writePieces(floats.length, 4, out, (b, from, n) -> b.asFloatBuffer().put(floats, from, n));
        } else if (array instanceof char[] chars) {
            header(CHARS, chars.length, out);
            writePieces(chars.length, 2, out, (b, from, n) -> b.asCharBuffer().put(chars, from, n));
        } else if (array instanceof short[] shorts) {
            header(SHORTS, shorts.length, out);
            writePieces(shorts.length, 2, out, (b, from, n) -> b.asShortBuffer().put(shorts, from, n));
        } else {
            boolean[] booleans = (boolean[]) array;
            header(BOOLEANS, booleans.length, out);
            for (boolean each : booleans) {
                out.writeBoolean(each);
            }
        }
    }

    private static void header(int tag, int length, ByteWriter out) {
        out.writeByte(tag);
        out.writeVarInt(length);
    }

    /** Reads what {@link #write} wrote, after its tag. */
    static Object read(int tag, ByteReader in, Check check) throws IOException {
        return switch (tag) {
            case BYTES -> in.readBytes(length(byte[].class, in, 1, check));
            case INTS -> {
                Get<int[]> get = (b, ints, from, n) -> b.asIntBuffer().get(ints, from, n);
                yield read(new int[0], length(int[].class, in, 4, check), 4, in, get);
            }
            case LONGS -> {
                Get<long[]> get = (b, longs, from, n) -> b.asLongBuffer().get(longs, from, n);
                yield read(new long[0], length(long[].class, in, 8, check), 8, in, get);
            }
            case DOUBLES -> {
                Get<double[]> get = (b, doubles, from, n) -> b.asDoubleBuffer().get(doubles, from, n);
                yield read(new double[0], length(double[].class, in, 8, check), 8, in, get);
            }
            case FLOATS -> {
                Get<float[]> get = (b, floats, from, n) -> b.asFloatBuffer().get(floats, from, n);
                yield read(new float[0], length(float[].class, in, 4, check), 4, in, get);
            }
            case CHARS -> {
                Get<char[]> get = (b, chars, from, n) -> b.asCharBuffer().get(chars, from, n);
                yield read(new char[0], length(char[].class, in, 2, check), 2, in, get);
            }
            case SHORTS -> {
                Get<short[]> get = (b, shorts, from, n) -> b.asShortBuffer().get(shorts, from, n);
                yield read(new short[0], length(short[].class, in, 2, check), 2, in, get);
            }
            case BOOLEANS -> read(new boolean[0], length(boolean[].class, in, 1, check), 1, in, LeanArrays::booleans);
            default -> throw new IOException("malformed value: unknown array tag " + tag);
        };
    }

    private static void booleans(ByteBuffer bytes, boolean[] into, int from, int count) {
        for (int i = 0; i < count; i++) {
            into[from + i] = bytes.get() != 0;
        }
    }

    private static int length(Class<?> type, ByteReader in, int width, Check check) throws IOException {
        int length = in.readLength(width);
        check.checkArray(type, length);
        return length;
    }

    /** Moves elements between an array, from an index on, and the start of a buffer. */
    private interface Move {
        void apply(ByteBuffer buffer, int from, int count);
    }

    private static void writePieces(int length, int width, ByteWriter out, Move move) {
        int most = PIECE / width;
        for (int from = 0, count; from < length; from += count) {
            count = Math.min(most, length - from);
            byte[] piece = new byte[count * width];
            move.apply(ByteBuffer.wrap(piece), from, count);
            out.writeOwned(piece, 0, piece.length);
        }
    }

    /** Moves elements from the start of a buffer into an array, from an index on. */
    private interface Get<A> {
        void apply(ByteBuffer buffer, A array, int from, int count);
    }

    /** Reads an array that grows with what arrives; see {@link ByteReader#readBytes}. */
    private static <A> A read(A none, int length, int width, ByteReader in, Get<A> get) throws IOException {
        int have = in.beforeSeeing(length, width);
        A array = longer(none, 0, have);
        byte[] piece = new byte[Math.min(PIECE / width, length) * width];
        for (int from = 0, count; from < length; from += count) {
            if (from == have) {
                have = ByteReader.afterSeeing(from, length, width);
                array = longer(array, from, have);
            }
            count = Math.min(piece.length / width, have - from);
            in.readFully(piece, 0, count * width);
            get.apply(ByteBuffer.wrap(piece), array, from, count);
        }
        return array;
    }

    @SuppressWarnings({"unchecked", "SuspiciousSystemArraycopy"}) // Both are arrays of the same type.
    private static <A> A longer(A array, int used, int length) {
        A result = (A) Array.newInstance(array.getClass().getComponentType(), length);
        System.arraycopy(array, 0, result, 0, used);
        return result;
    }
}
