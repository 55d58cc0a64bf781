package io.flame4j.internal.closure;

import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.LogText;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectInputFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads what {@link LeanGraph} wrote. Asks the filter for each class before anything is made of it, and for each list. */
final class LeanGraphReader {

    /** Lists grow with what arrives, from this on. */
    private static final int UNSEEN = 1 << 14;

    /** A power of two. */
    private static final int SHORT_STRINGS = 64;

    private final ByteReader in;
    private final DecodeContext context;
    private final @Nullable ObjectInputFilter filter;
    private final long start;

    /** Whether plain records have numbers. */
    private final boolean numbersPlain;

    private final List<@Nullable Object> seen = new ArrayList<>();

    /** A {@link LeanRecord} or an enum's class. */
    private final List<Object> classes = new ArrayList<>();

    private final @Nullable String[] shortStrings = new @Nullable String[SHORT_STRINGS];
    private boolean listsAllowed;
    private long references;

    private LeanGraphReader(ByteReader in, DecodeContext context) throws IOException {
        this.in = in;
        this.context = context;
        this.filter = filter(context);
        this.start = in.remaining();
        this.numbersPlain = in.readBoolean();
    }

    static @Nullable Object read(ByteReader in, DecodeContext context) throws IOException, ClassNotFoundException {
        LeanGraphReader reader = new LeanGraphReader(in, context);
        Object graph = reader.read(0);
        reader.check(null, -1, reader.references, 0);
        return graph;
    }

    private @Nullable Object read(int depth) throws IOException, ClassNotFoundException {
        int tag = in.readUnsignedByte();
        references++;
        if (tag < LeanValues.END) {
            Object leaf = LeanValues.read(tag, in);
            return leaf instanceof String text ? text(text) : leaf;
        }
        if (LeanArrays.isTag(tag)) {
            return readArray(tag, depth);
        }
        if (tag == LeanGraph.SAME) {
            return same(in.readVarInt());
        }
        if (tag == LeanGraph.ENUM) {
            return readEnum();
        }
        if (depth > LeanGraph.DEEPEST) {
            throw new IOException("malformed object: nested deeper than " + LeanGraph.DEEPEST);
        }
        return switch (tag) {
            case LeanGraph.RECORD -> readRecord(depth);
            case LeanGraph.ARRAY_LIST -> readList(depth);
            case LeanGraph.LIST_OF, LeanGraph.LIST_WITH_NULLS -> readImmutableList(tag, depth);
            case LeanGraph.OBJECTS -> readObjects(depth);
            default -> throw new IOException("malformed object: unknown tag " + tag);
        };
    }

    /** Long ones can be referred to; short ones that come again and again, such as names of states, are kept once. */
    private String text(String text) {
        if (text.length() >= LeanGraph.LONG_STRING) {
            seen.add(text);
            return text;
        }
        int at = text.hashCode() & (SHORT_STRINGS - 1);
        String before = shortStrings[at];
        if (before != null && before.equals(text)) {
            return before;
        }
        shortStrings[at] = text;
        return text;
    }

    private Object readArray(int tag, int depth) throws IOException {
        int number = reserve();
        Object array = LeanArrays.read(tag, in, (type, length) -> check(type, length, references, depth));
        seen.set(number, array);
        return array;
    }

    /** A place for what cannot be referred to before it is complete. */
    private int reserve() {
        seen.add(null);
        return seen.size() - 1;
    }

    private Object same(int number) throws IOException {
        Object found = number < 0 || number >= seen.size() ? null : seen.get(number);
        if (found == null) {
            throw new IOException("malformed object: there is no object " + number + " yet");
        }
        return found;
    }

    private Object readRecord(int depth) throws IOException, ClassNotFoundException {
        if (!(readClass(true) instanceof LeanRecord record)) {
            throw new IOException("malformed object: a record of the class of an enum");
        }
        check(record.type, -1, references, depth);
        boolean isNumbered = numbersPlain || !record.isPlain;
        int place = isNumbered ? reserve() : -1;
        @Nullable Object[] components = new @Nullable Object[record.count()];
        for (int i = 0; i < components.length; i++) {
            Class<?> type = record.componentType(i);
            components[i] = type.isPrimitive() ? readPrimitive(type) : read(depth + 1);
        }
        Object made = record.newInstance(components);
        if (isNumbered) {
            seen.set(place, made);
        }
        return made;
    }

    private @Nullable Object readPrimitive(Class<?> type) throws IOException {
        if (type == int.class) {
            return LeanValues.read(LeanValues.INT, in);
        } else if (type == double.class) {
            return LeanValues.read(LeanValues.DOUBLE, in);
        } else if (type == long.class) {
            return LeanValues.read(LeanValues.LONG, in);
        } else if (type == boolean.class) {
            return in.readBoolean();
        } else if (type == float.class) {
            return LeanValues.read(LeanValues.FLOAT, in);
        } else if (type == short.class) {
            return LeanValues.read(LeanValues.SHORT, in);
        } else if (type == char.class) {
            return LeanValues.read(LeanValues.CHAR, in);
        }
        return LeanValues.read(LeanValues.BYTE, in);
    }

    private Object readEnum() throws IOException, ClassNotFoundException {
        if (!(readClass(false) instanceof Class<?> type)) {
            throw new IOException("malformed object: a constant of the class of a record");
        }
        String name = in.readString();
        try {
            return constant(type, name);
        } catch (IllegalArgumentException e) {
            throw new InvalidObjectException(
                    "enum " + type.getName() + " has no constant " + LogText.oneLine(name, 100));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // That it is an enum was seen to.
    private static Object constant(Class<?> type, String name) {
        return Enum.valueOf((Class) type, name);
    }

    private Object readClass(boolean record) throws IOException, ClassNotFoundException {
        int number = in.readVarInt();
        if (number < 0 || number > classes.size()) {
            throw new IOException("malformed object: there is no class " + number + " yet");
        }
        if (number == classes.size()) {
            classes.add(record ? readRecordClass() : readEnumClass());
        }
        return classes.get(number);
    }

    private LeanRecord readRecordClass() throws IOException, ClassNotFoundException {
        Class<?> type = readType();
        String components = in.readString();
        LeanRecord record = LeanRecord.of(type);
        if (record == null) {
            throw new InvalidClassException(
                    type.getName(),
                    "is no record that can be made of its components here. If it is in a named module, open its package to"
                            + " io.flame4j.core on both sides");
        }
        if (!record.components().equals(components)) {
            throw Mismatch.ofComponents(type, components, record.components());
        }
        return record;
    }

    private Class<?> readEnumClass() throws IOException, ClassNotFoundException {
        Class<?> type = readType();
        if (!type.isEnum()) {
            throw new InvalidClassException(type.getName(), "is no enum here");
        }
        return type;
    }

    /** Looks a class up without initialising it, asks the filter, and compares its fingerprint. */
    private Class<?> readType() throws IOException, ClassNotFoundException {
        String name = in.readString();
        long theirs = in.readLong();
        Class<?> type = load(name);
        check(type, -1, references, 0);
        if (!ClassFingerprint.matches(theirs, type)) {
            throw Mismatch.of(theirs, type);
        }
        return type;
    }

    private Class<?> load(String name) throws ClassNotFoundException {
        try {
            return Class.forName(name, false, context.classLoader());
        } catch (ClassNotFoundException e) {
            // What only the loader of flame4j itself knows, as in JDK serialization.
            return Class.forName(name, false, LeanGraphReader.class.getClassLoader());
        }
    }

    private int readLength(int depth) throws IOException {
        int length = in.readLength(1);
        // The elements count when it begins, so that too many are not read at all.
        check(Object[].class, length, references + length, depth);
        return length;
    }

    private List<@Nullable Object> readList(int depth) throws IOException, ClassNotFoundException {
        if (!listsAllowed) {
            check(ArrayList.class, -1, references, depth);
            listsAllowed = true;
        }
        int length = readLength(depth);
        List<@Nullable Object> list = new ArrayList<>(Math.min(length, UNSEEN));
        seen.add(list);
        for (int i = 0; i < length; i++) {
            list.add(read(depth + 1));
        }
        return list;
    }

    private List<@Nullable Object> readImmutableList(int tag, int depth) throws IOException, ClassNotFoundException {
        int place = reserve();
        @Nullable Object[] elements = readAll(readLength(depth), depth);
        try {
            List<@Nullable Object> list = tag == LeanGraph.LIST_OF
                    ? List.of(elements)
                    : Arrays.stream(elements).toList();
            seen.set(place, list);
            return list;
        } catch (NullPointerException e) {
            throw new IOException("malformed object: null in a list that holds none", e);
        }
    }

    private @Nullable Object[] readAll(int length, int depth) throws IOException, ClassNotFoundException {
        @Nullable Object[] elements = new @Nullable Object[Math.min(length, UNSEEN)];
        for (int i = 0; i < length; i++) {
            if (i == elements.length) {
                elements = Arrays.copyOf(elements, (int) Math.min(length, 2L * i));
            }
            elements[i] = read(depth + 1);
        }
        return elements;
    }

    private Object readObjects(int depth) throws IOException, ClassNotFoundException {
        int length = readLength(depth);
        int place = reserve();
        @Nullable Object[] objects = readAll(length, depth);
        seen.set(place, objects);
        return objects;
    }

    /** Asks as JDK serialization does: a filter that gives no answer, or fails, rejects. */
    private void check(@Nullable Class<?> type, long arrayLength, long references, int depth)
            throws InvalidClassException {
        Asked asked = new Asked(type, arrayLength, depth + 1L, references, start - in.remaining());
        if (filter == null) {
            return;
        }
        RuntimeException failure = null;
        ObjectInputFilter.Status status = null;
        try {
            status = filter.checkInput(asked);
        } catch (RuntimeException e) {
            failure = e;
        }
        if (status == null || status == ObjectInputFilter.Status.REJECTED) {
            InvalidClassException refusal = new InvalidClassException(
                    type == null ? null : type.getTypeName(), "refused by the filter, with " + asked);
            refusal.initCause(failure);
            throw refusal;
        }
    }

    /** A stream of the JDK's asks the factory of this JVM, too, which may put another filter in the place of ours. */
    @SuppressWarnings("NullAway") // The JDK's stream gives it null for there being no filter yet, and so do we.
    private static @Nullable ObjectInputFilter filter(DecodeContext context) {
        BinaryOperator<ObjectInputFilter> factory = ObjectInputFilter.Config.getSerialFilterFactory();
        return factory.apply(factory.apply(null, ObjectInputFilter.Config.getSerialFilter()), context.filter());
    }

    /** What a filter of the JDK's is asked. */
    private record Asked(
            @Nullable Class<?> serialClass, long arrayLength, long depth, long references, long streamBytes)
            implements ObjectInputFilter.FilterInfo {}
}
