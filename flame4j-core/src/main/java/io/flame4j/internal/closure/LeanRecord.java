package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteWriter;
import java.io.Externalizable;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record class whose instances {@link LeanGraph} can hold: a serializable one, without {@code writeReplace} or
 * {@code readResolve}, with components of types that say what is in them. As JDK serialization does, it reads the fields
 * themselves and makes instances by the canonical constructor. By plain reflection: method handles were a sixth
 * faster, and took a fifth of a second of the first record in a JVM.
 */
final class LeanRecord {

    private static final Set<Class<?>> LEAVES = Set.of(
            String.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Character.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class);

    private static final ClassValue<Entry> ENTRIES = new ClassValue<>() {
        @Override
        protected Entry computeValue(Class<?> type) {
            return new Entry(LeanRecord.make(type));
        }
    };

    /** Holds the absence too. */
    private record Entry(@Nullable LeanRecord record) {}

    final Class<?> type;

    /** Name, fingerprint, and the components by name and type. */
    final byte[] definition;

    /** Whether there is nothing in it but primitives, boxes, strings and constants. */
    final boolean isPlain;

    private final Field[] fields;
    private final Constructor<?> constructor;
    private final Class<?>[] types;

    /** The first character of each component's descriptor, which says which primitive type it has, if one. */
    private final char[] kinds;

    private LeanRecord(Class<?> type, RecordComponent[] components) throws ReflectiveOperationException {
        this.type = type;
        int count = components.length;
        types = new Class<?>[count];
        fields = new Field[count];
        kinds = new char[count];
        for (int i = 0; i < count; i++) {
            types[i] = components[i].getType();
            kinds[i] = types[i].descriptorString().charAt(0);
            fields[i] = type.getDeclaredField(components[i].getName());
            fields[i].setAccessible(true);
        }
        isPlain = Arrays.stream(types).allMatch(LeanRecord::isPlain);
        constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        ByteWriter out = new ByteWriter(128);
        out.writeString(type.getName());
        out.writeLong(ClassFingerprint.of(type));
        out.writeString(describe(components));
        definition = out.toByteArray();
    }

    /** Null when instances of the class need JDK serialization. */
    static @Nullable LeanRecord of(Class<?> type) {
        return type.isRecord() ? ENTRIES.get(type).record() : null;
    }

    private static @Nullable LeanRecord make(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null
                || !Serializable.class.isAssignableFrom(type)
                || Externalizable.class.isAssignableFrom(type)
                || type.isHidden()
                || hasMethod(type, "writeReplace")
                || hasMethod(type, "readResolve")
                || !Arrays.stream(components).allMatch(each -> isLean(each.getType()))) {
            return null;
        }
        try {
            return new LeanRecord(type, components);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            // Its package is not open to us; JDK serialization may go in.
            return null;
        }
    }

    /** Lists and records of other kinds are noticed when they come. */
    private static boolean isLean(Class<?> type) {
        return isPlain(type)
                || type.isRecord()
                || type == List.class
                || type.isArray() && type.getComponentType().isPrimitive();
    }

    private static boolean isPlain(Class<?> type) {
        return type.isPrimitive() || LEAVES.contains(type) || type.isEnum();
    }

    private static boolean hasMethod(Class<?> type, String name) {
        return Arrays.stream(type.getDeclaredMethods())
                .anyMatch(each -> each.getName().equals(name) && each.getParameterCount() == 0);
    }

    private static String describe(RecordComponent[] components) {
        StringBuilder text = new StringBuilder();
        for (RecordComponent each : components) {
            text.append(each.getName())
                    .append(' ')
                    .append(each.getType().getName())
                    .append(';');
        }
        return text.toString();
    }

    /** The components as a definition describes them. */
    String components() {
        return describe(type.getRecordComponents());
    }

    int count() {
        return types.length;
    }

    Class<?> componentType(int index) {
        return types[index];
    }

    /** Writes a component of a primitive type, without a tag, which its type tells; false when it is of another type. */
    boolean writePrimitive(Object record, int index, ByteWriter out) {
        Field field = fields[index];
        try {
            switch (kinds[index]) {
                case 'I' -> out.writeZigZag(field.getInt(record));
                case 'D' -> out.writeLong(Double.doubleToRawLongBits(field.getDouble(record)));
                case 'J' -> out.writeZigZag(field.getLong(record));
                case 'Z' -> out.writeBoolean(field.getBoolean(record));
                case 'F' -> out.writeInt(Float.floatToRawIntBits(field.getFloat(record)));
                case 'S' -> out.writeShort(field.getShort(record));
                case 'C' -> out.writeShort(field.getChar(record));
                case 'B' -> out.writeByte(field.getByte(record));
                default -> {
                    return false;
                }
            }
            return true;
        } catch (IllegalAccessException e) {
            throw unreadable(e);
        }
    }

    private IllegalStateException unreadable(IllegalAccessException cause) {
        return new IllegalStateException("A component of " + type.getName() + " cannot be read", cause);
    }

    @Nullable
    Object get(Object record, int index) {
        try {
            return fields[index].get(record);
        } catch (IllegalAccessException e) {
            throw unreadable(e);
        }
    }

    /** Makes an instance, as JDK serialization does: what the constructor throws means that the bytes are wrong. */
    Object newInstance(@Nullable Object[] components) throws InvalidObjectException {
        try {
            return constructor.newInstance(components);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw invalid(Objects.requireNonNullElse(e.getCause(), e));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    private InvalidObjectException invalid(Throwable cause) {
        InvalidObjectException invalid =
                new InvalidObjectException("the constructor of record " + type.getName() + " failed: " + cause);
        invalid.initCause(cause);
        return invalid;
    }
}
