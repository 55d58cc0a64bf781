package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;
import sun.reflect.ReflectionFactory;

/**
 * A closure shape as it arrived on the runner. Its classes are looked up and compared when it is first used, so that a
 * shape that cannot work fails the task that needs it and leaves the connection as it was.
 */
final class ReceivedShape {

    private static final @Nullable Object[] NOTHING = {};
    private static final MethodType FACTORY = MethodType.methodType(Object.class, SerializedLambda.class);

    private final String capturingClass;
    private final String interfaceClass;
    private final String interfaceMethod;
    private final String interfaceSignature;
    private final int implKind;
    private final String implClass;
    private final String implMethod;
    private final String implSignature;
    private final String instantiatedType;
    private final String[] names;
    private final long[] fingerprints;

    private @Nullable Class<?> capturing;
    private @Nullable MethodHandle factory;

    /** The lambda itself when it captures nothing; it has no state, so one will do. */
    private @Nullable Object instance;

    /** Reads a definition. */
    ReceivedShape(ByteReader in) throws IOException {
        capturingClass = in.readString().intern();
        interfaceClass = in.readString().intern();
        interfaceMethod = in.readString().intern();
        interfaceSignature = in.readString().intern();
        implKind = in.readUnsignedByte();
        implClass = in.readString().intern();
        implMethod = in.readString().intern();
        implSignature = in.readString().intern();
        instantiatedType = in.readString().intern();
        int count = in.readLength(9);
        names = new String[count];
        fingerprints = new long[count];
        for (int i = 0; i < count; i++) {
            names[i] = in.readString();
            fingerprints[i] = in.readLong();
        }
    }

    String describe() {
        return LambdaNames.describe(capturingClass, implClass, implMethod, null);
    }

    /** Makes a lambda of this shape. */
    Object instantiate(@Nullable Object @Nullable [] captured, ClassLoader loader) {
        Object only = instance;
        if (captured == null && only != null) {
            return only;
        }
        Class<?> home = capturing;
        MethodHandle maker = factory;
        if (home == null || maker == null) {
            home = check(loader);
            maker = factory(home);
            capturing = home;
            factory = maker;
        }
        Object made = make(home, maker, captured == null ? NOTHING : captured);
        if (captured == null) {
            instance = made;
        }
        return made;
    }

    /** Finds the classes that the shape names without initialising them, and compares them with the parent's. */
    private Class<?> check(ClassLoader loader) {
        for (int i = 0; i < names.length; i++) {
            Class<?> type = load(names[i], loader);
            if (!ClassFingerprint.matches(fingerprints[i], type)) {
                throw Mismatch.of(fingerprints[i], type);
            }
        }
        return load(capturingClass.replace('/', '.'), loader);
    }

    private static Class<?> load(String name, ClassLoader loader) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw DecodeProblem.missingOnRunner(name, e);
        } catch (LinkageError e) {
            throw DecodeProblem.brokenOnRunner(name, e);
        }
    }

    /**
     * The method in which the compiler listed the serializable lambdas of a class. Called directly where the class is
     * open to us, which is everywhere but in named modules that do not open their package; there the JDK calls it.
     */
    private MethodHandle factory(Class<?> home) {
        try {
            Module own = ReceivedShape.class.getModule();
            if (own.isNamed()) {
                own.addReads(home.getModule());
            }
            return MethodHandles.privateLookupIn(home, MethodHandles.lookup())
                    .findStatic(home, "$deserializeLambda$", FACTORY);
        } catch (IllegalAccessException e) {
            MethodHandle handle =
                    ReflectionFactory.getReflectionFactory().readResolveForSerialization(SerializedLambda.class);
            return handle.asType(FACTORY);
        } catch (NoSuchMethodException e) {
            throw Mismatch.ofLambda(capturingClass, describe(), e);
        }
    }

    private Object make(Class<?> home, MethodHandle maker, @Nullable Object[] captured) {
        SerializedLambda lambda = new SerializedLambda(
                home,
                interfaceClass,
                interfaceMethod,
                interfaceSignature,
                implKind,
                implClass,
                implMethod,
                implSignature,
                instantiatedType,
                captured);
        try {
            return (Object) maker.invokeExact(lambda);
        } catch (IllegalArgumentException e) {
            // What the generated method throws for a lambda that is not in its list.
            throw Mismatch.ofLambda(capturingClass, describe(), e);
        } catch (LinkageError e) {
            throw DecodeProblem.brokenOnRunner(home.getName(), e);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("The lambdas of " + home.getName() + " cannot be made", e);
        }
    }
}
