package io.flame4j.fory;

import io.flame4j.codec.NotEncodableException;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.lang.invoke.SerializedLambda;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.fory.Fory;
import org.apache.fory.config.CompatibleMode;
import org.apache.fory.config.Language;
import org.apache.fory.exception.ForyException;
import org.apache.fory.exception.InsecureException;
import org.apache.fory.logging.LoggerFactory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.memory.MemoryUtils;
import org.apache.fory.serializer.JdkProxySerializer;
import org.apache.fory.serializer.LambdaSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The instances of Fory of one codec, which are not thread-safe and costly to make. An instance that has failed is thrown
 * away: what its tables hold then, nobody can say. Thread-safe.
 */
final class Fories {

    /** More than that are needed by more threads at a time, and made for the moment. */
    private static final int KEPT = 64;

    /** Deeper graphs end in a StackOverflowError, of which the core says what to do. */
    private static final int MAX_DEPTH = 1_000_000;

    /** How Fory says which class was not registered. */
    private static final Pattern UNREGISTERED =
            Pattern.compile("^(?:class|interface|enum)? ?(\\S+) (?:is not registered|hit)");

    static {
        // Otherwise it writes to standard output by itself, which on a runner is forwarded line by line.
        LoggerFactory.useSlf4jLogging(true);
        LoggerFactory.setLogLevel(1);
    }

    private final Class<?> codec;
    private final List<Class<?>> classes;
    private final BlockingQueue<Fory> idle = new ArrayBlockingQueue<>(KEPT);

    Fories(Class<?> codec, List<Class<?>> classes) {
        this.codec = codec;
        this.classes = classes;
    }

    /** Makes an instance, and the serializers of all classes, which are compiled in the background. */
    void warmUp() {
        Fory fory = take();
        for (Class<?> type : classes) {
            fory.getClassResolver().getSerializer(type);
        }
        idle.offer(fory);
    }

    byte[] write(Object value) throws IOException {
        Fory fory = take();
        byte[] bytes;
        try {
            bytes = fory.serialize(value);
        } catch (Exception | LinkageError e) {
            // Fory declares no checked exceptions, and has ways to throw them all the same.
            throw e instanceof IOException known ? known : writeFailure(value, e);
        }
        idle.offer(fory);
        return bytes;
    }

    @Nullable
    Object read(byte[] bytes) throws IOException {
        Fory fory = take();
        Object value;
        try {
            MemoryBuffer buffer = MemoryUtils.wrap(bytes);
            value = fory.deserialize(buffer);
            if (buffer.readerIndex() != bytes.length) {
                throw new InvalidObjectException(
                        "malformed value: " + (bytes.length - buffer.readerIndex()) + " bytes are left after it");
            }
        } catch (Exception | LinkageError e) {
            throw e instanceof IOException known ? known : readFailure(e);
        }
        idle.offer(fory);
        return value;
    }

    private Fory take() {
        Fory fory = idle.poll();
        return fory != null ? fory : make();
    }

    private Fory make() {
        Fory fory = Fory.builder()
                .withName(codec.getName())
                .withLanguage(Language.JAVA)
                .withClassLoader(codec.getClassLoader())
                .requireClassRegistration(true)
                .withCompatibleMode(CompatibleMode.SCHEMA_CONSISTENT)
                .withDeserializeNonexistentClass(false)
                // The fingerprint of the message is that of every class.
                .withClassVersionCheck(false)
                .withRefTracking(true)
                .withMaxDepth(MAX_DEPTH)
                .registerGuavaTypes(false)
                // The first calls do not wait for the compiler.
                .withCodegen(true)
                .withAsyncCompilation(true)
                .build();
        refuse(fory, LambdaSerializer.ReplaceStub.class);
        refuse(fory, JdkProxySerializer.ReplaceStub.class);
        refuse(fory, SerializedLambda.class);
        // Fory would load any class by its name, and write that of any.
        refuse(fory, Class.class);
        Registrations.register(fory, classes);
        fory.getClassResolver().setTypeChecker(NamedTypes.of(fory, classes));
        fory.getClassResolver().setSerializerFactory(new RefusingFactory());
        return fory;
    }

    private static <T> void refuse(Fory fory, Class<T> type) {
        fory.getClassResolver().setSerializer(type, new RefusingSerializer<>(fory, type));
    }

    private IOException writeFailure(Object value, Throwable failure) {
        Throwable cause = bare(failure);
        if (cause instanceof RefusedException refused) {
            return because(cause, new NotEncodableException(refused.className(), refused.cure()));
        }
        String unregistered = cause instanceof InsecureException ? unregistered(cause.getMessage()) : null;
        if (unregistered != null) {
            return because(
                    cause,
                    new NotEncodableException(
                            unregistered,
                            "register it: add it to the classes that " + codec.getName()
                                    + " names in its constructor, or pass only the data that the task needs."));
        }
        return new IOException(
                codec.getName() + " cannot write a " + value.getClass().getName() + ": " + cause, cause);
    }

    private static @Nullable String unregistered(@Nullable String message) {
        Matcher matcher = UNREGISTERED.matcher(message == null ? "" : message);
        // Of an array, the class of its elements.
        return matcher.find() ? matcher.group(1).replaceFirst("^\\[+L(.*);$", "$1") : null;
    }

    private IOException readFailure(Throwable failure) {
        Throwable cause = bare(failure);
        return new IOException(codec.getName() + " cannot read the value: " + cause, cause);
    }

    /**
     * The cause without Fory's exceptions around it, however far in they are: they hold all objects that were read, and have
     * them in their message, which what is around them repeats.
     *
     * @throws VirtualMachineError when that is the cause: the core knows what to do about it
     */
    static Throwable bare(Throwable failure) {
        Throwable cause = failure;
        // Causes can form a circle.
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable each = failure; each != null && seen.add(each); each = each.getCause()) {
            if (each instanceof ForyException && each.getCause() != null) {
                cause = each.getCause();
            }
        }
        if (cause instanceof VirtualMachineError error) {
            throw error;
        }
        return cause;
    }

    private static IOException because(Throwable cause, IOException e) {
        e.initCause(cause);
        return e;
    }
}
