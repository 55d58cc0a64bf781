package io.flame4j.internal.closure;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Empty serializable classes with any names, as libraries that are not here have them. Class files of the smallest kind
 * are made by hand: no compiler takes all of these names.
 */
final class StandIns extends ClassLoader {

    private static final int PUBLIC = 0x0001;
    private static final int SUPER = 0x0020;
    private static final int INTERFACE = 0x0600;
    private static final int JAVA_17 = 61;

    private final Map<String, byte[]> files = new HashMap<>();

    StandIns(Set<String> names) {
        super(StandIns.class.getClassLoader());
        names.forEach(each -> files.put(each, file(each, "java/lang/Object", "java/io/Serializable", PUBLIC | SUPER)));
    }

    /** Adds a class that implements an interface of that name. */
    StandIns withImplementation(String name, String implemented) {
        files.put(implemented, file(implemented, "java/lang/Object", "java/io/Serializable", PUBLIC | INTERFACE));
        files.put(name, file(name, "java/lang/Object", implemented.replace('.', '/'), PUBLIC | SUPER));
        return this;
    }

    /** Adds a class below another one. */
    StandIns withSubclass(String name, String above) {
        files.put(name, file(name, above.replace('.', '/'), "java/io/Serializable", PUBLIC | SUPER));
        return this;
    }

    Class<?> find(String name) {
        try {
            return loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            byte[] file = files.get(name);
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null || file == null) {
                return loaded != null ? loaded : super.loadClass(name, resolve);
            }
            return defineClass(name, file, 0, file.length);
        }
    }

    private static byte[] file(String name, String above, String implemented, int access) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0xCAFEBABE);
            out.writeInt(JAVA_17);
            out.writeShort(7);
            for (String each : new String[] {name.replace('.', '/'), above, implemented}) {
                out.writeByte(1);
                out.writeUTF(each);
            }
            for (int i = 1; i <= 3; i++) {
                out.writeByte(7);
                out.writeShort(i);
            }
            out.writeShort(access);
            out.writeShort(4);
            out.writeShort(5);
            out.writeShort(1);
            out.writeShort(6);
            // No fields, methods, attributes.
            out.writeShort(0);
            out.writeShort(0);
            out.writeShort(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
