package io.flame4j.fory;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.apache.fory.Fory;
import org.jspecify.annotations.Nullable;

/** The classes that a codec names: whether they can travel, and whether both sides have the same. */
final class Registrations {

    private Registrations() {}

    /** The classes as a list. */
    static List<Class<?>> check(Class<?> codec, Class<?>... classes) {
        Set<Class<?>> seen = new LinkedHashSet<>();
        for (Class<?> type : classes) {
            String obstacle = obstacle(type);
            if (obstacle == null && !seen.add(type)) {
                obstacle = "is named twice. Leave one out.";
            }
            if (obstacle != null) {
                throw new IllegalArgumentException(
                        codec.getName() + " names " + type.getTypeName() + ", which " + obstacle);
            }
        }
        return List.copyOf(seen);
    }

    private static @Nullable String obstacle(Class<?> type) {
        if (type.isArray() || type.isPrimitive()) {
            return "travels by itself, as arrays and primitives do. Name the class of its elements, if it is yours.";
        }
        if (type.isHidden() || type.isSynthetic() || Proxy.isProxyClass(type)) {
            return "is a lambda, a proxy or another class that exists only here, and cannot travel. Leave it out.";
        }
        // An enum whose constants have bodies is abstract.
        if (!type.isEnum() && Modifier.isAbstract(type.getModifiers())) {
            return "is " + (type.isInterface() ? "an interface" : "abstract")
                    + ", and has no objects. Name the classes that extend it.";
        }
        return null;
    }

    /** Has an instance of Fory know them. */
    static void register(Fory fory, List<Class<?>> classes) {
        for (Class<?> type : classes) {
            fory.register(type);
            // Constants with bodies are of classes of their own.
            ofConstants(type).forEach(fory::register);
        }
    }

    static List<Class<?>> ofConstants(Class<?> type) {
        Set<Class<?>> found = new LinkedHashSet<>();
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                found.add(constant.getClass());
            }
            found.remove(type);
        }
        return List.copyOf(found);
    }

    /**
     * 64 bits over names and class files, never 0. They guard against accidents, and not against attacks, as the core's
     * fingerprints do.
     */
    static long fingerprint(List<Class<?>> classes) {
        return fingerprint(classes, Runtime.version() + " " + System.getProperty("java.vendor", ""));
    }

    /**
     * The same on some Java.
     *
     * @param java which it is: what is written of the JDK's own classes are their private fields, which each release may
     *     change
     */
    static long fingerprint(List<Class<?>> classes, String java) {
        Sum sum = new Sum();
        // Another version may write another format, and the main class alone need not show it.
        sum.add(Fory.class);
        sum.add(String.valueOf(Fory.class.getPackage().getImplementationVersion()));
        sum.add(java);
        for (Class<?> named : classes) {
            for (Class<?> type = named; type != null && !isPlatform(type); type = type.getSuperclass()) {
                sum.add(type);
            }
            ofConstants(named).forEach(sum::add);
            sum.add(named.getName());
        }
        return sum.value();
    }

    private static boolean isPlatform(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private static final class Sum {

        private final CRC32 first = new CRC32();
        private final CRC32C second = new CRC32C();

        void add(Class<?> type) {
            add(type.getName());
            String name = type.getName();
            String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
            try (InputStream in = type.getResourceAsStream(file)) {
                if (in != null) {
                    add(in.readAllBytes());
                }
            } catch (IOException e) {
                // The class is loaded, so it works; that its bytes cannot be read a second time only means that the
                // name
                // has to stand for it.
                add("unreadable");
            }
        }

        void add(String text) {
            add(text.getBytes(StandardCharsets.UTF_8));
        }

        private void add(byte[] bytes) {
            first.update(bytes);
            second.update(bytes);
        }

        long value() {
            long both = (first.getValue() << 32) | second.getValue();
            return both == 0 ? 1 : both;
        }
    }
}
