package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteWriter;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import sun.reflect.ReflectionFactory;

/**
 * What all instances of one lambda expression have in common: everything but the captured values. The parent sends it
 * once over a connection, later only its id. Ids are unique in the process.
 */
final class ClosureShape {

    private static final AtomicInteger IDS = new AtomicInteger();

    private static final ClassValue<LambdaClass> LAMBDA_CLASSES = new ClassValue<>() {
        @Override
        protected LambdaClass computeValue(Class<?> type) {
            return new LambdaClass(type);
        }
    };

    final int id;
    private final String capturingClass;
    private final String implClass;
    private final String implMethod;
    private final @Nullable Class<?> implementation;

    /** Made when it is first asked for; racing threads make the same. */
    private volatile @Nullable String name;

    /** The same of the longer one. */
    private volatile @Nullable String description;

    /** The wire form, see {@link ReceivedShape}. */
    final byte[] definition;

    private ClosureShape(Class<?> lambdaClass, SerializedLambda lambda) {
        id = IDS.incrementAndGet();
        ClassLoader loader = lambdaClass.getClassLoader();
        capturingClass = lambda.getCapturingClass();
        implClass = lambda.getImplClass();
        implMethod = lambda.getImplMethodName();
        implementation = LambdaNames.find(LambdaNames.className(implClass), loader);
        ByteWriter out = new ByteWriter(512);
        out.writeString(lambda.getCapturingClass());
        out.writeString(lambda.getFunctionalInterfaceClass());
        out.writeString(lambda.getFunctionalInterfaceMethodName());
        out.writeString(lambda.getFunctionalInterfaceMethodSignature());
        out.writeByte(lambda.getImplMethodKind());
        out.writeString(lambda.getImplClass());
        out.writeString(lambda.getImplMethodName());
        out.writeString(lambda.getImplMethodSignature());
        out.writeString(lambda.getInstantiatedMethodType());
        writeFingerprints(fingerprints(loader, lambda), out);
        definition = out.toByteArray();
    }

    /** For reports; without the line, so that nothing has to be read. */
    String name() {
        String known = name;
        if (known == null) {
            known = LambdaNames.describe(capturingClass, implClass, implMethod, null);
            name = known;
        }
        return known;
    }

    /** For messages; reads the class file for the line, once: a thousand calls may run into their deadlines at a time. */
    String describe() {
        String known = description;
        if (known == null) {
            known = LambdaNames.describe(capturingClass, implClass, implMethod, implementation);
            description = known;
        }
        return known;
    }

    private static void writeFingerprints(Map<String, Long> fingerprints, ByteWriter out) {
        out.writeVarInt(fingerprints.size());
        fingerprints.forEach((name, fingerprint) -> {
            out.writeString(name);
            out.writeLong(fingerprint);
        });
    }

    /** The application classes that the lambda names, the capturing class first. */
    private static Map<String, Long> fingerprints(@Nullable ClassLoader loader, SerializedLambda lambda) {
        Map<String, Long> found = new LinkedHashMap<>();
        add(LambdaNames.find(LambdaNames.className(lambda.getCapturingClass()), loader), found);
        add(LambdaNames.find(LambdaNames.className(lambda.getImplClass()), loader), found);
        try {
            MethodType signature = MethodType.fromMethodDescriptorString(lambda.getImplMethodSignature(), loader);
            for (Class<?> each : signature.parameterArray()) {
                add(each, found);
            }
            add(signature.returnType(), found);
        } catch (TypeNotPresentException e) {
            // The lambda can run without the class as long as it does not touch it, and so it can on the runner.
            return found;
        }
        return found;
    }

    private static void add(@Nullable Class<?> type, Map<String, Long> found) {
        Class<?> element = type;
        while (element != null && element.isArray()) {
            element = element.getComponentType();
        }
        if (element != null && !element.isPrimitive() && !ClassFingerprint.isPlatform(element)) {
            found.putIfAbsent(element.getName(), ClassFingerprint.of(element));
        }
    }

    /** What the lambda says of itself, with the captured values; null when the object is not a serializable lambda. */
    static @Nullable Instance of(Object object) {
        Class<?> type = object.getClass();
        if (!type.isHidden() || !(object instanceof Serializable)) {
            return null;
        }
        return LAMBDA_CLASSES.get(type).instance(object);
    }

    /**
     * A lambda, taken apart.
     *
     * @param shape what it has in common with others
     * @param lambda its captured values
     */
    record Instance(ClosureShape shape, SerializedLambda lambda) {}

    /** The class that the JVM spun for a lambda expression. */
    private static final class LambdaClass {

        private final Class<?> type;

        /** The generated writeReplace; works on classes that reflection may not open. Null when there is none. */
        private final @Nullable MethodHandle writeReplace;

        /** Known from the first instance on; racing threads agree on one. */
        private volatile @Nullable ClosureShape shape;

        LambdaClass(Class<?> type) {
            this.type = type;
            MethodHandle handle = ReflectionFactory.getReflectionFactory().writeReplaceForSerialization(type);
            this.writeReplace =
                    handle == null ? null : handle.asType(MethodType.methodType(Object.class, Object.class));
        }

        @Nullable
        Instance instance(Object object) {
            SerializedLambda lambda = takeApart(object);
            if (lambda == null) {
                return null;
            }
            ClosureShape known = shape;
            return new Instance(known != null ? known : define(lambda), lambda);
        }

        private synchronized ClosureShape define(SerializedLambda lambda) {
            ClosureShape known = shape;
            if (known == null) {
                known = new ClosureShape(type, lambda);
                shape = known;
            }
            return known;
        }

        private @Nullable SerializedLambda takeApart(Object object) {
            MethodHandle handle = writeReplace;
            if (handle == null) {
                return null;
            }
            try {
                return (Object) handle.invokeExact(object) instanceof SerializedLambda lambda ? lambda : null;
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("A writeReplace method failed in " + type.getName(), e);
            }
        }
    }
}
