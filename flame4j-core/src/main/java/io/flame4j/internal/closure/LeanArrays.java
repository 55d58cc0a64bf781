package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
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

    /** Arrays are moved in pieces of at most so many bytes, so that no second copy of a large one is ever whole. */
    private static final int PIECE = 256 * 1024;

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
    static Object read(int tag, ByteReader in, GuardFilter guard) throws IOException {
        switch (tag) {
            case BYTES -> {
                byte[] bytes = new byte[length(in, 1, guard)];
                in.readFully(bytes, 0, bytes.length);
                return bytes;
            }
            case INTS -> {
                int[] ints = new int[length(in, 4, guard)];
                readPieces(ints.length, 4, in, (b, from, n) -> b.asIntBuffer().get(ints, from, n));
                return ints;
            }
            case LONGS -> {
                long[] longs = new long[length(in, 8, guard)];
                readPieces(longs.length, 8, in, (b, from, n) -> b.asLongBuffer().get(longs, from, n));
                return longs;
            }
            case DOUBLES -> {
                double[] doubles = new double[length(in, 8, guard)];
                readPieces(
                        doubles.length,
                        8,
                        in,
                        (b, from, n) -> b.asDoubleBuffer().get(doubles, from, n));
                return doubles;
            }
            default -> {
                return readNarrow(tag, in, guard);
            }
        }
    }

    private static Object readNarrow(int tag, ByteReader in, GuardFilter guard) throws IOException {
        switch (tag) {
            case FLOATS -> {
                float[] floats = new float[length(in, 4, guard)];
                readPieces(
                        floats.length, 4, in, (b, from, n) -> b.asFloatBuffer().get(floats, from, n));
                return floats;
            }
            case CHARS -> {
                char[] chars = new char[length(in, 2, guard)];
                readPieces(chars.length, 2, in, (b, from, n) -> b.asCharBuffer().get(chars, from, n));
                return chars;
            }
            case SHORTS -> {
                short[] shorts = new short[length(in, 2, guard)];
                readPieces(
                        shorts.length, 2, in, (b, from, n) -> b.asShortBuffer().get(shorts, from, n));
                return shorts;
            }
            case BOOLEANS -> {
                boolean[] booleans = new boolean[length(in, 1, guard)];
                for (int i = 0; i < booleans.length; i++) {
                    booleans[i] = in.readBoolean();
                }
                return booleans;
            }
            default -> throw new IOException("malformed value: unknown array tag " + tag);
        }
    }

    private static int length(ByteReader in, int width, GuardFilter guard) throws IOException {
        int length = in.readLength(width);
        guard.checkArray(length);
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

    private static void readPieces(int length, int width, ByteReader in, Move move) throws IOException {
        int most = PIECE / width;
        byte[] piece = new byte[Math.min(most, length) * width];
        for (int from = 0, count; from < length; from += count) {
            count = Math.min(most, length - from);
            in.readFully(piece, 0, count * width);
            move.apply(ByteBuffer.wrap(piece), from, count);
        }
    }
}
