package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The encoding of the values that need no codec: null, boxed primitives and strings. One byte says which it is. */
final class LeanValues {

    static final int NULL = 0;
    static final int FALSE = 1;
    static final int TRUE = 2;
    static final int BYTE = 3;
    static final int SHORT = 4;
    static final int CHAR = 5;
    static final int INT = 6;
    static final int LONG = 7;
    static final int FLOAT = 8;
    static final int DOUBLE = 9;
    static final int LATIN1 = 10;
    static final int UTF16 = 11;

    /** Tags from here on belong to {@link LeanArrays}, from {@link LeanArrays#END} on to the callers. */
    static final int END = 12;

    private LeanValues() {}

    /** Writes an immutable leaf; false, and nothing written, when the value is something else. */
    static boolean write(@Nullable Object value, ByteWriter out) {
        if (value == null) {
            out.writeByte(NULL);
        } else if (value instanceof String text) {
            writeString(text, out);
        } else if (value instanceof Integer number) {
            out.writeByte(INT);
            out.writeZigZag(number.intValue());
        } else if (value instanceof Long number) {
            out.writeByte(LONG);
            out.writeZigZag(number.longValue());
        } else if (value instanceof Boolean flag) {
            out.writeByte(flag ? TRUE : FALSE);
        } else {
            return writeRare(value, out);
        }
        return true;
    }

    private static boolean writeRare(Object value, ByteWriter out) {
        if (value instanceof Double number) {
            out.writeByte(DOUBLE);
            out.writeLong(Double.doubleToRawLongBits(number));
        } else if (value instanceof Float number) {
            out.writeByte(FLOAT);
            out.writeInt(Float.floatToRawIntBits(number));
        } else if (value instanceof Byte number) {
            out.writeByte(BYTE);
            out.writeByte(number);
        } else if (value instanceof Short number) {
            out.writeByte(SHORT);
            out.writeShort(number);
        } else if (value instanceof Character character) {
            out.writeByte(CHAR);
            out.writeShort(character);
        } else {
            return false;
        }
        return true;
    }

    /** Not UTF-8, which has no room for the unpaired surrogates that a Java string may hold. */
    private static void writeString(String text, ByteWriter out) {
        if (isLatin1(text)) {
            out.writeByte(LATIN1);
            out.writeLatin1(text);
        } else {
            byte[] bytes = new byte[text.length() * 2];
            ByteBuffer.wrap(bytes).asCharBuffer().put(text);
            out.writeByte(UTF16);
            out.writeVarInt(text.length());
            out.writeOwned(bytes, 0, bytes.length);
        }
    }

    private static boolean isLatin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                return false;
            }
        }
        return true;
    }

    /** Reads what {@link #write} wrote, after its tag. */
    static @Nullable Object read(int tag, ByteReader in) throws IOException {
        return switch (tag) {
            case NULL -> null;
            case FALSE -> Boolean.FALSE;
            case TRUE -> Boolean.TRUE;
            case BYTE -> (byte) in.readByte();
            case SHORT -> (short) in.readUnsignedShort();
            case CHAR -> (char) in.readUnsignedShort();
            case INT -> {
                int number = in.readVarInt();
                yield number >>> 1 ^ -(number & 1);
            }
            case LONG -> {
                long number = in.readVarLong();
                yield number >>> 1 ^ -(number & 1);
            }
            case FLOAT -> Float.intBitsToFloat(in.readInt());
            case DOUBLE -> Double.longBitsToDouble(in.readLong());
            case LATIN1 -> new String(in.readBytes(in.readLength(1)), StandardCharsets.ISO_8859_1);
            case UTF16 -> {
                byte[] bytes = in.readBytes(Math.multiplyExact(2, in.readLength(2)));
                yield ByteBuffer.wrap(bytes).asCharBuffer().toString();
            }
            default -> throw new IOException("malformed value: unknown tag " + tag);
        };
    }
}
