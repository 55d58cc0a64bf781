package io.flame4j.fory;

import io.flame4j.CodeMismatchException;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.codec.JdkCodec;
import io.flame4j.codec.NotEncodableException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What tasks capture and are given travels by Apache Fory, which takes a fraction of the time of JDK serialization. What
 * runners send, results and progress values, travels by {@link Codec#jdk()}: Fory cannot be kept from harming the process
 * that reads bytes of somebody who means ill, and a parent must not trust its runners ({@link #resultCodec()} and
 * docs/adr/0016-fory-for-arguments.md).
 *
 * <p>A codec is a class of yours, which names the classes that travel beside those of the JDK that Fory knows, so that the
 * runner, which makes its own instance, knows the same:
 *
 * <pre>{@code
 * public final class AppCodec extends ForyCodec {
 *     public AppCodec() {
 *         super(Order.class, Item.class, Status.class);
 *     }
 * }
 *
 * FlamePool.builder("orders").codec(new AppCodec())
 * }</pre>
 *
 * <p>Only what is named is made of bytes; that cannot be switched off. A task that holds anything else is refused before it
 * is sent. So are lambdas and proxies inside of what is captured: the bytes of a lambda may mean other code on a runner
 * with other class files, which Fory does not compare. A lambda that is the task itself, or that it captures, does not
 * reach this codec. A task that is not a lambda does: name its class.
 *
 * <p>Named classes are records, enums and ordinary classes; {@code transient} fields stay behind, references are shared as
 * they were, {@code writeReplace}, {@code readResolve}, {@code writeObject}, {@code readObject} and {@code Externalizable}
 * are heeded. Records are made by their constructor. Ordinary classes are made by the one without parameters, even if it is
 * private, or by none where there is no such. They need not be {@link java.io.Serializable}, unless they are in results as well. Strings, boxed primitives and times are values: of
 * two equal ones in an object graph one may arrive.
 *
 * <p>A codec of yours that wraps this one has to hand on its {@link #resultCodec()} as well; one that does not would have
 * Fory read results, and is refused by {@link #decode}.
 *
 * <p>Each message carries a fingerprint of the named classes, of what they extend, of the classes of enum constants with
 * bodies, of Fory and of the Java that runs, and a checksum. A runner with another version of any of them, or another
 * order, refuses the task with a {@link CodeMismatchException}.
 *
 * <p>Fory starts with the first value on either side, which takes half a second to a second of processor time in a new JVM,
 * and then generates code for each class in the background. It pays for tasks with large arguments on runners that live
 * for a while; {@link #warmUp()} has it done before the first call. Thread-safe; each thread that encodes or decodes at a time has a Fory of its own.
 *
 * @since 0.1
 */
public abstract class ForyCodec implements Codec {

    /** A fingerprint and a checksum. */
    private static final int HEAD = Long.BYTES + Integer.BYTES;

    private final List<Class<?>> classes;
    private final Fories fories;

    /** Computed when it is first needed: a runner may never need it. Racing threads compute the same. */
    private volatile long fingerprint;

    /**
     * Names the classes that travel.
     *
     * @param classes classes that are neither abstract nor arrays, each once; the order matters in so far as it has to be
     *     the same on both sides
     * @throws IllegalArgumentException when objects of one of them cannot travel, or one is named twice
     */
    protected ForyCodec(Class<?>... classes) {
        this.classes = Registrations.check(getClass(), classes);
        this.fories = new Fories(getClass(), this.classes);
    }

    /**
     * Writes a value.
     *
     * @throws NotEncodableException when the value holds an object of a class that was not named, or a lambda or a proxy
     */
    @Override
    public final void encode(Object value, OutputStream out) throws IOException {
        byte[] body = fories.write(value);
        CRC32C sum = new CRC32C();
        sum.update(body);
        out.write(ByteBuffer.allocate(HEAD)
                .putLong(fingerprint())
                .putInt((int) sum.getValue())
                .array());
        out.write(body);
    }

    /**
     * Reads a value; on a runner only. Neither the filter nor the limits of the context are asked: the parent, which wrote
     * the value, may run any code there.
     *
     * @throws IOException when the context does not say that the value is {@linkplain DecodeContext#fromParent() from the
     *     parent}, before anything is read; when the bytes are malformed
     * @throws CodeMismatchException when the parent's codec is another one
     */
    @Override
    public final @Nullable Object decode(InputStream in, DecodeContext context) throws IOException {
        if (!context.fromParent()) {
            throw new IOException(getClass().getName()
                    + " was asked to read what is not a task, and did not: Fory cannot keep bytes of a runner that was taken"
                    + " over from harming this process. A codec that wraps a ForyCodec has to leave results to the"
                    + " resultCodec() of that: override resultCodec() to return it. It also has to hand on the DecodeContext"
                    + " that it was given.");
        }
        byte[] head = in.readNBytes(HEAD);
        if (head.length < HEAD) {
            throw new EOFException("malformed value: it ends within its head");
        }
        ByteBuffer fields = ByteBuffer.wrap(head);
        if (fields.getLong() != fingerprint()) {
            throw mismatch();
        }
        byte[] body = in.readAllBytes();
        CRC32C sum = new CRC32C();
        sum.update(body);
        if (fields.getInt() != (int) sum.getValue()) {
            throw new IOException("malformed value: its checksum is another one");
        }
        return fories.read(body);
    }

    /**
     * JDK serialization, which reads what runners send under the pool's result filter.
     *
     * @return {@link Codec#jdk()}
     */
    @Override
    public final Codec resultCodec() {
        return new JdkCodec();
    }

    /**
     * Starts Fory in this JVM, and the generation of code for the named classes, so that the first value does not wait for
     * that. On a runner, call it from a {@link io.flame4j.RunnerInitializer}, on a codec of its own: what takes long is done
     * once for a JVM. Blocks for half a second to a second, in a JVM that has done it before for some milliseconds.
     */
    public final void warmUp() {
        fingerprint();
        fories.warmUp();
    }

    private long fingerprint() {
        long known = fingerprint;
        if (known == 0) {
            known = Registrations.fingerprint(classes);
            fingerprint = known;
        }
        return known;
    }

    private CodeMismatchException mismatch() {
        return new CodeMismatchException(
                "The task was written by another codec than the " + getClass().getName()
                        + " here, and was not run: the classes that it names, their order, a class file, the version of"
                        + " Fory or the Java that runs differ. It names here: "
                        + classes.stream().map(Class::getName).collect(Collectors.joining(", "))
                        + ". Start the runners from the same build as the parent: the same image, Java, jars and"
                        + " class directories.",
                null);
    }
}
