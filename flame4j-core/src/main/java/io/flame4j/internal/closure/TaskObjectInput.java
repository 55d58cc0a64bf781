package io.flame4j.internal.closure;

import io.flame4j.codec.DecodeContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Reads what {@link TaskObjectOutput} wrote, and compares the fingerprints with those of the classes here. */
final class TaskObjectInput extends ObjectInputStream {

    private final DecodeContext context;
    private final ClassLoader loader;
    private final byte[][] blobs;

    TaskObjectInput(InputStream in, DecodeContext context, byte[][] blobs) throws IOException {
        super(in);
        this.context = context;
        this.loader = context.classLoader();
        this.blobs = blobs;
        enableResolveObject(true);
        setObjectInputFilter(context.filter());
    }

    @Override
    protected void readStreamHeader() {}

    @Override
    protected Class<?> resolveClass(ObjectStreamClass descriptor) throws IOException, ClassNotFoundException {
        long theirs = readFingerprint();
        Class<?> type = load(descriptor);
        return checked(type, theirs);
    }

    private static Class<?> checked(Class<?> type, long theirs) {
        if (!ClassFingerprint.matches(theirs, type)) {
            throw Mismatch.of(theirs, type);
        }
        return type;
    }

    private Class<?> load(ObjectStreamClass descriptor) throws IOException, ClassNotFoundException {
        try {
            return Class.forName(descriptor.getName(), false, loader);
        } catch (ClassNotFoundException e) {
            // Primitive types, and what only the loader of flame4j itself knows.
            return super.resolveClass(descriptor);
        }
    }

    /** The writer adds it for application classes alone; the data that may follow a descriptor ends with -1. */
    private long readFingerprint() throws IOException {
        int first = read();
        if (first < 0) {
            return ClassFingerprint.UNKNOWN;
        }
        long fingerprint = first;
        for (int i = 1; i < Long.BYTES; i++) {
            fingerprint = (fingerprint << 8) | readUnsignedByte();
        }
        return fingerprint;
    }

    @Override
    @SuppressWarnings("deprecation") // The JDK's own stream does it this way, and there is no handler to make one with.
    protected Class<?> resolveProxyClass(String[] interfaces) throws IOException, ClassNotFoundException {
        ClassLoader definer = loader;
        Class<?>[] types = new Class<?>[interfaces.length];
        for (int i = 0; i < types.length; i++) {
            long theirs = readLong();
            try {
                types[i] = checked(Class.forName(interfaces[i], false, loader), theirs);
            } catch (ClassNotFoundException e) {
                // What only the loader of flame4j itself knows, as of classes.
                definer = TaskObjectInput.class.getClassLoader();
                types[i] = checked(Class.forName(interfaces[i], false, definer), theirs);
            }
            if (!Modifier.isPublic(types[i].getModifiers())) {
                definer = types[i].getClassLoader();
            }
        }
        if (context.filter() instanceof GuardFilter guard) {
            // The JDK asks when the class is made already, and it stays.
            guard.checkProxy(types);
        }
        try {
            return Proxy.getProxyClass(definer, types);
        } catch (IllegalArgumentException e) {
            throw new ClassNotFoundException(null, e);
        }
    }

    @Override
    protected @Nullable Object resolveObject(Object object) throws IOException {
        if (object instanceof BlobRef ref) {
            if (ref.index < 0 || ref.index >= blobs.length) {
                throw new InvalidObjectException("malformed object: there is no blob " + ref.index);
            }
            return blobs[ref.index];
        }
        return object instanceof CheckedLambda checked ? checked.lambda : object;
    }
}
