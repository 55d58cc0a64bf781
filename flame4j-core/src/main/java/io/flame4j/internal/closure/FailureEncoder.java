package io.flame4j.internal.closure;

import io.flame4j.RemoteTaskException;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a task threw into bytes, on the runner.
 *
 * <p>On the wire: the class name, the message after a flag, the stack trace as text, why the object itself is missing or
 * an empty string, and the object by JDK serialization after its length. The text is there for a parent that cannot or
 * will not make the object. A cause or suppressed exception that cannot travel is replaced by a
 * {@link RemoteTaskException}, so that the type of the whole survives.
 */
public final class FailureEncoder {

    private static final int LONGEST_TEXT = 256 * 1024;
    private static final int MOST_LINKS = 100;

    private FailureEncoder() {}

    /** Writes a failure; throws nothing but {@link OutOfMemoryError}. */
    public static void encode(Throwable failure, ByteWriter out) {
        String problem = "";
        ByteWriter object = null;
        try {
            object = serialize(failure, Map.of());
        } catch (StackOverflowError e) {
            problem = "its causes are nested too deeply";
        } catch (IOException | RuntimeException | LinkageError e) {
            problem = CaptureDiagnosis.ofFailure(failure, e);
            object = withSubstitutes(failure);
        }
        out.writeString(failure.getClass().getName());
        String message = message(failure);
        out.writeBoolean(message != null);
        out.writeString(message == null ? "" : message);
        out.writeString(trace(failure));
        out.writeString(object == null ? problem : "");
        CodecSection.write(object == null ? new ByteWriter(1) : object, out);
    }

    private static ByteWriter serialize(Throwable failure, Map<Throwable, RemoteTaskException> substitutes)
            throws IOException {
        ByteWriter graph = new ByteWriter(4096);
        SubstitutingOutput stream = new SubstitutingOutput(graph, substitutes);
        stream.writeObject(failure);
        ByteWriter encoded = new ByteWriter(64);
        JdkSerialization.finish(stream, graph, encoded);
        return encoded;
    }

    /** Finds out which of the linked exceptions are to blame; null when the failure itself is. */
    private static @Nullable ByteWriter withSubstitutes(Throwable failure) {
        try {
            List<Throwable> links = links(failure);
            Map<Throwable, RemoteTaskException> substitutes = new IdentityHashMap<>();
            // The deepest first: what holds an exception that cannot travel can then be tried with its substitute.
            for (int i = links.size() - 1; i > 0; i--) {
                Throwable link = links.get(i);
                try {
                    serialize(link, substitutes);
                } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
                    substitutes.put(link, substitute(link, e));
                }
            }
            return substitutes.isEmpty() ? null : serialize(failure, substitutes);
        } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
            // The text travels instead, with the first reason.
            return null;
        }
    }

    private static RemoteTaskException substitute(Throwable link, Throwable problem) {
        RemoteTaskException substitute = FailureDecoder.opaque(
                link.getClass().getName(), message(link), trace(link), CaptureDiagnosis.ofFailure(link, problem));
        substitute.setStackTrace(link.getStackTrace());
        return substitute;
    }

    /** The failure, its causes, its suppressed exceptions, and theirs. */
    private static List<Throwable> links(Throwable failure) {
        Map<Throwable, Boolean> seen = new IdentityHashMap<>();
        List<Throwable> found = new ArrayList<>();
        found.add(failure);
        seen.put(failure, true);
        for (int i = 0; i < found.size() && i < MOST_LINKS; i++) {
            Throwable cause = found.get(i).getCause();
            if (cause != null && seen.put(cause, true) == null) {
                found.add(cause);
            }
            for (Throwable suppressed : found.get(i).getSuppressed()) {
                if (seen.put(suppressed, true) == null) {
                    found.add(suppressed);
                }
            }
        }
        return found;
    }

    private static @Nullable String message(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            return "(its getMessage() failed: " + e.getClass().getName() + ")";
        }
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        try (PrintWriter printer = new PrintWriter(text)) {
            failure.printStackTrace(printer);
        } catch (RuntimeException | StackOverflowError e) {
            text.write("(its stack trace cannot be printed: " + e.getClass().getName() + ")");
        }
        String all = text.toString();
        return all.length() <= LONGEST_TEXT ? all : all.substring(0, LONGEST_TEXT) + "...";
    }

    /** Writes other exceptions in place of those that cannot travel. */
    private static final class SubstitutingOutput extends TaskObjectOutput {

        private final Map<Throwable, RemoteTaskException> substitutes;

        SubstitutingOutput(ByteWriter out, Map<Throwable, RemoteTaskException> substitutes) throws IOException {
            super(out);
            this.substitutes = substitutes;
        }

        @Override
        protected @Nullable Object replaceObject(Object object) throws IOException {
            if (object instanceof Throwable && !substitutes.isEmpty()) {
                RemoteTaskException substitute = substitutes.get(object);
                if (substitute != null) {
                    return substitute;
                }
            }
            return super.replaceObject(object);
        }
    }
}
