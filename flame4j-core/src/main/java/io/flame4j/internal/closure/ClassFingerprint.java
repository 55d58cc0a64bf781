package io.flame4j.internal.closure;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * 64 bits over the bytes of a class file, to tell whether two JVMs have the same version of a class.
 *
 * <p>It guards against accidents, an old image or a half-finished deployment, and not against attacks: two CRCs can be
 * forged, but they cost a runner neither the start of a security provider nor time. The bytes are those in the class
 * path as they are when the class is first asked for; an agent that transforms classes as they are loaded does not show, nor
 * does a class file that was replaced after the class was loaded and before it was asked for.
 */
public final class ClassFingerprint {

    /** The fingerprint of platform classes, and of classes whose bytes cannot be found: not compared with anything. */
    public static final long UNKNOWN = 0;

    private static final ClassValue<Long> CACHE = new ClassValue<>() {
        @Override
        protected Long computeValue(Class<?> type) {
            return compute(type);
        }
    };

    private ClassFingerprint() {}

    /** The fingerprint of a class, of the element class of an array, or of the class that a lambda is written in. */
    public static long of(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return isPlatform(element) ? UNKNOWN : CACHE.get(element);
    }

    /** Whether the class here is the one whose fingerprint arrived, as far as both are known. */
    static boolean matches(long theirs, Class<?> local) {
        if (theirs == UNKNOWN) {
            return true;
        }
        long ours = of(local);
        return ours == UNKNOWN || ours == theirs;
    }

    /** Whether a class belongs to the JDK, so that the Java version stands for it. */
    static boolean isPlatform(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private static long compute(Class<?> type) {
        try {
            byte[] bytes = classFile(type);
            return bytes == null ? UNKNOWN : hash(bytes);
        } catch (IOException e) {
            // The class is loaded, so it works; that its bytes cannot be read a second time only means that it cannot
            // be compared.
            return UNKNOWN;
        }
    }

    private static long hash(byte[] bytes) {
        CRC32 first = new CRC32();
        first.update(bytes);
        CRC32C second = new CRC32C();
        second.update(bytes);
        long both = (first.getValue() << 32) | second.getValue();
        return both == UNKNOWN ? 1 : both;
    }

    /** The bytes that a class was loaded from, or null when they cannot be found. */
    static byte @Nullable [] classFile(Class<?> type) throws IOException {
        Class<?> written = type.isHidden() ? capturingClass(type) : type;
        if (written == null) {
            return null;
        }
        // Not by "+": the machinery behind it would cost a runner's first call some milliseconds.
        String path = written.getName().replace('.', '/').concat(".class");
        byte[] bytes = fromCodeSource(written, path);
        return bytes != null ? bytes : fromResource(written, path);
    }

    private static @Nullable Class<?> capturingClass(Class<?> lambda) {
        int end = lambda.getName().indexOf("$$Lambda");
        if (end < 0) {
            return null;
        }
        try {
            return Class.forName(lambda.getName().substring(0, end), false, lambda.getClassLoader());
        } catch (ClassNotFoundException e) {
            // Written in another hidden class, whose bytes nobody keeps.
            return null;
        }
    }

    /**
     * Reads the directory or jar that the class came from. Asking the class loader instead would give the first file of
     * that name, and start the JDK's URL machinery, which a runner pays for in its first call.
     */
    private static byte @Nullable [] fromCodeSource(Class<?> type, String path) throws IOException {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null || !"file".equals(location.getProtocol())) {
            return null;
        }
        File file = fileOf(location);
        if (file.isDirectory()) {
            Path classFile = file.toPath().resolve(path);
            return Files.isRegularFile(classFile) ? Files.readAllBytes(classFile) : null;
        }
        return file.isFile() ? fromJar(file, path) : null;
    }

    private static File fileOf(URL location) {
        try {
            return new File(location.toURI());
        } catch (URISyntaxException | IllegalArgumentException e) {
            // A location written without escapes; class loaders accept it.
            return new File(location.getPath());
        }
    }

    private static byte @Nullable [] fromJar(File file, String path) throws IOException {
        try (JarFile jar = new JarFile(file, false, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
            ZipEntry entry = jar.getEntry(path);
            if (entry == null) {
                return null;
            }
            try (InputStream in = jar.getInputStream(entry)) {
                return in.readAllBytes();
            }
        } catch (ZipException e) {
            // No jar: "java Main.java" gives the source as the place that its classes are from, and has their bytes
            // itself.
            return null;
        }
    }

    private static byte @Nullable [] fromResource(Class<?> type, String path) throws IOException {
        try (InputStream in = open(type, path)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    private static @Nullable InputStream open(Class<?> type, String path) throws IOException {
        Module module = type.getModule();
        if (module.isNamed()) {
            return module.getResourceAsStream(path);
        }
        ClassLoader loader = type.getClassLoader();
        return loader == null ? null : loader.getResourceAsStream(path);
    }
}
