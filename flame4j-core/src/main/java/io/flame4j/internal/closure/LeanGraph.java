package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.ConcurrentModificationException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes records, and lists of them, without the JDK's stream, whose handles, descriptors and reflection take most of the
 * time of small objects. What comes out on the other side is what JDK serialization makes: the same classes, shared
 * references shared; but for short strings and for what {@code List.of} makes of three elements or more, of which
 * {@link io.flame4j.codec.JdkCodec} tells. A graph with anything else in it is left to JDK serialization as a whole. {@link LeanGraphReader} reads it.
 *
 * <p>On the wire: whether plain records have numbers, and a value. A value is a leaf or an array as in {@link LeanValues} and {@link LeanArrays}, or one of the tags here.
 * {@link #RECORD} is followed by the number of its class in the graph, with {@link LeanRecord#definition} when it is the
 * next that is free, and the components: those of a primitive type, {@code boolean} as a byte, without their tag. Lists and {@code Object[]} have a
 * length and so many values. {@link #ENUM} has the number of its class, with its name and fingerprint when it is new, and the
 * constant's name. {@link #SAME} has the number of an earlier list, record, array or long string, counted as they begin.
 */
final class LeanGraph {

    static final int RECORD = LeanArrays.END + 16;
    static final int ENUM = LeanArrays.END + 17;
    static final int ARRAY_LIST = LeanArrays.END + 18;
    static final int LIST_OF = LeanArrays.END + 19;
    static final int LIST_WITH_NULLS = LeanArrays.END + 20;
    static final int OBJECTS = LeanArrays.END + 21;
    static final int SAME = LeanArrays.END + 22;

    /** Deeper graphs are left to the JDK. */
    static final int DEEPEST = 64;

    /** Shorter strings are written again; to look for them would take longer. */
    static final int LONG_STRING = 16;

    private static final Class<?> LIST_12 = List.of(1).getClass();
    private static final Class<?> LIST_N = List.of(1, 2, 3).getClass();

    private final ByteWriter out = new ByteWriter(512);

    /** Whether plain records have numbers as others do. */
    private final boolean numbersPlain;

    private final IdentitySet plain = new IdentitySet();
    private boolean hasPlainTwice;
    private final Map<Object, Integer> seen = new IdentityHashMap<>();

    /** The numbers of records, arrays and immutable lists that are being written: there is nothing to refer to yet. */
    private final BitSet open = new BitSet();

    private final Map<Class<?>, Integer> classes = new IdentityHashMap<>();

    /** The one written last: most records are of the class of the one before, and what tells a class takes a while. */
    private @Nullable LeanRecord latest;

    private int latestNumber;

    private boolean isCyclic;

    private LeanGraph(boolean numbersPlain) {
        this.numbersPlain = numbersPlain;
        out.writeBoolean(numbersPlain);
    }

    /**
     * Encodes a graph; null when JDK serialization has to. Most graphs have no plain record twice, and to give each of them a number
     * takes as long as to write it: so that is done only once one comes again.
     */
    static @Nullable ByteWriter encode(Object value) throws IOException {
        if (!mayHold(value.getClass())) {
            return null;
        }
        LeanGraph graph = new LeanGraph(false);
        boolean whole = graph.writeValue(value, 0);
        if (graph.hasPlainTwice) {
            graph = new LeanGraph(true);
            whole = graph.writeValue(value, 0);
        }
        return whole && !graph.isCyclic ? graph.out : null;
    }

    private static boolean mayHold(Class<?> type) {
        return type == ArrayList.class
                || type == LIST_12
                || type == LIST_N
                || type == Object[].class
                || type.isRecord();
    }

    private boolean writeValue(@Nullable Object value, int depth) throws IOException {
        LeanRecord likely = latest;
        if (likely != null && value != null && value.getClass() == likely.type && depth <= DEEPEST) {
            return writeRecord(likely, value, depth);
        }
        if (value instanceof String text) {
            writeText(text);
            return true;
        }
        if (LeanValues.write(value, out) || value == null) {
            return true;
        }
        if (value instanceof Enum<?> constant) {
            return writeEnum(constant);
        }
        if (depth > DEEPEST) {
            return false;
        }
        Class<?> type = value.getClass();
        if (type.isRecord()) {
            LeanRecord record = LeanRecord.of(type);
            return record != null && writeRecord(record, value, depth);
        }
        if (type == ArrayList.class) {
            return writeSame(value) || writeList(ARRAY_LIST, (List<?>) value, depth);
        }
        if (type == LIST_12 || type == LIST_N) {
            return writeSame(value) || writeImmutableList((List<?>) value, depth);
        }
        if (type == Object[].class) {
            return writeSame(value) || writeObjects((Object[]) value, depth);
        }
        if (LeanArrays.isPrimitiveArray(value)) {
            if (!writeSame(value)) {
                LeanArrays.write(value, out);
            }
            return true;
        }
        return false;
    }

    /** Writes a reference to what has been written before, or takes note of it. */
    private boolean writeSame(Object value) {
        Integer number = seen.putIfAbsent(value, seen.size());
        if (number == null) {
            return false;
        }
        isCyclic |= open.get(number);
        out.writeByte(SAME);
        out.writeVarInt(number);
        return true;
    }

    private boolean writeRecord(LeanRecord record, Object value, int depth) throws IOException {
        boolean isNumbered = numbersPlain || !record.isPlain;
        if (isNumbered ? writeSame(value) : !plain.add(value)) {
            hasPlainTwice |= !isNumbered;
            return isNumbered;
        }
        int number = isNumbered ? begin() : -1;
        out.writeByte(RECORD);
        writeClass(record);
        for (int i = 0; i < record.count(); i++) {
            if (!record.writePrimitive(value, i, out) && !writeValue(record.get(value, i), depth + 1)) {
                return false;
            }
        }
        if (isNumbered) {
            open.clear(number);
        }
        return true;
    }

    /** What has just been noted cannot be referred to until it has been written. */
    private int begin() {
        int number = seen.size() - 1;
        open.set(number);
        return number;
    }

    private void writeText(String text) {
        if (text.length() < LONG_STRING || !writeSame(text)) {
            LeanValues.write(text, out);
        }
    }

    private void writeClass(LeanRecord record) {
        if (record == latest) {
            out.writeVarInt(latestNumber);
            return;
        }
        if (writeClass(record.type)) {
            out.write(record.definition, 0, record.definition.length);
        }
        latest = record;
        latestNumber = classes.getOrDefault(record.type, 0);
    }

    /** True when the class is new, so that its definition has to follow. */
    private boolean writeClass(Class<?> type) {
        Integer number = classes.putIfAbsent(type, classes.size());
        out.writeVarInt(number == null ? classes.size() - 1 : number);
        return number == null;
    }

    private boolean writeEnum(Enum<?> constant) {
        Class<?> type = constant.getDeclaringClass();
        out.writeByte(ENUM);
        if (writeClass(type)) {
            out.writeString(type.getName());
            out.writeLong(ClassFingerprint.of(type));
        }
        out.writeString(constant.name());
        return true;
    }

    private boolean writeImmutableList(List<?> list, int depth) throws IOException {
        int number = begin();
        // What List.of makes of three and more can be told from what Stream.toList makes by an exception alone, which
        // takes
        // longer than the list. The difference is whether one may ask it for null.
        boolean written = writeList(list.getClass() == LIST_12 ? LIST_OF : LIST_WITH_NULLS, list, depth);
        open.clear(number);
        return written;
    }

    private boolean writeList(int tag, List<?> list, int depth) throws IOException {
        int size = list.size();
        plain.expect(size);
        out.writeByte(tag);
        out.writeVarInt(size);
        int written = 0;
        for (Object each : list) {
            if (!writeValue(each, depth + 1)) {
                return false;
            }
            written++;
        }
        if (written != size) {
            throw new ConcurrentModificationException("a list was changed while it was written");
        }
        return true;
    }

    private boolean writeObjects(@Nullable Object[] objects, int depth) throws IOException {
        int number = begin();
        out.writeByte(OBJECTS);
        out.writeVarInt(objects.length);
        for (Object each : objects) {
            if (!writeValue(each, depth + 1)) {
                return false;
            }
        }
        open.clear(number);
        return true;
    }
}
