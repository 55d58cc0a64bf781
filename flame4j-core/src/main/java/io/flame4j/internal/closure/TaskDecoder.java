package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns bytes into tasks, on the runner; one for each slot connection, used by one thread at a time. */
public final class TaskDecoder {

    private static final Object[] NO_VALUES = {};

    private final Codec codec;
    private final ClassLoader loader;
    private final Map<Integer, ReceivedShape> shapes = new HashMap<>();

    /** The shape of the last lookup: calls in a row are often the same. */
    private int lastId;

    private @Nullable ReceivedShape last;

    public TaskDecoder(Codec codec, ClassLoader loader) {
        this.codec = codec;
        this.loader = loader;
    }

    /**
     * Reads a task. After any failure but an {@link IOException} the connection is good, and the caller calls
     * {@link ByteReader#skipRemaining()} before it answers.
     *
     * @throws IOException when the connection broke, or the definitions of shapes are malformed, after which nothing
     *     that follows on this connection can be trusted
     * @throws io.flame4j.CodeMismatchException when the runner has another version of a class that the task names
     * @throws io.flame4j.TaskSerializationException when a class is missing, or the values are malformed or too deep
     */
    public DecodedTask decode(ByteReader in) throws IOException {
        readDefinitions(in);
        try {
            return readBody(in);
        } catch (IOException
                | ClassNotFoundException
                | LinkageError
                | RuntimeException
                | StackOverflowError
                | InternalError e) {
            // The last is what the JDK's immutable maps throw at bytes that make no sense.
            throw DecodeProblem.ofTask(e, in);
        }
    }

    private void readDefinitions(ByteReader in) throws IOException {
        int first = in.readVarInt();
        if ((first & EncodedTask.RESET) != 0) {
            shapes.clear();
            last = null;
        }
        for (int i = first >>> 1; i > 0; i--) {
            int id = in.readVarInt();
            shapes.put(id, new ReceivedShape(in));
            if (shapes.size() > KnownShapes.MOST) {
                throw new IOException("malformed task: more than " + KnownShapes.MOST + " closure shapes");
            }
        }
    }

    private DecodedTask readBody(ByteReader in) throws IOException, ClassNotFoundException {
        int flags = in.readUnsignedByte();
        Body body = new Body(in, readShared(flags >>> TaskBody.SECTION_SHIFT, in));
        Object closure = body.read(0);
        boolean hasArgument = (flags & TaskBody.HAS_ARGUMENT) != 0;
        Object argument = hasArgument ? body.read(0) : null;
        return DecodedTask.of(closure, body.outermost, hasArgument, argument);
    }

    private @Nullable Object[] readShared(int section, ByteReader in) throws IOException, ClassNotFoundException {
        return switch (section) {
            case TaskBody.NONE -> NO_VALUES;
            case TaskBody.ARRAYS -> readArrays(in);
            case TaskBody.ONE -> new @Nullable Object[] {CodecSection.read(in, codec, guarded(in))};
            case TaskBody.GROUP -> {
                if (CodecSection.read(in, codec, guarded(in)) instanceof Object[] values) {
                    yield values;
                }
                throw new IOException("malformed task: its values are not a group");
            }
            default -> throw new IOException("malformed task: unknown section " + section);
        };
    }

    private DecodeContext guarded(ByteReader in) {
        return new DecodeContext(loader, GuardFilter.ofTask(GuardFilter.unpacked(in.remaining(), codec)), true);
    }

    private static @Nullable Object[] readArrays(ByteReader in) throws IOException {
        GuardFilter guard = GuardFilter.ofTask(in.remaining());
        Object[] arrays = new Object[in.readLength(2)];
        for (int i = 0; i < arrays.length; i++) {
            int tag = in.readUnsignedByte();
            if (tag == TaskBody.SAME) {
                int first = in.readVarInt();
                if (first < 0 || first >= i) {
                    throw new IOException("malformed task: array " + i + " is said to be the same as " + first);
                }
                arrays[i] = arrays[first];
            } else {
                arrays[i] = LeanArrays.read(tag, in, guard);
            }
        }
        return arrays;
    }

    private ReceivedShape shape(int id) throws IOException {
        ReceivedShape cached = last;
        if (cached != null && lastId == id) {
            return cached;
        }
        ReceivedShape found = shapes.get(id);
        if (found == null) {
            throw new IOException("malformed task: there is no closure shape " + id);
        }
        lastId = id;
        last = found;
        return found;
    }

    /** The trees of one task. */
    private final class Body {

        private final ByteReader in;
        private final @Nullable Object[] shared;
        private int nextShared;
        private @Nullable ReceivedShape outermost;

        Body(ByteReader in, @Nullable Object[] shared) {
            this.in = in;
            this.shared = shared;
        }

        @Nullable
        Object read(int depth) throws IOException {
            int tag = in.readUnsignedByte();
            if (tag < LeanValues.END) {
                return LeanValues.read(tag, in);
            }
            if (tag == TaskBody.LAMBDA && depth <= TaskBody.DEEPEST) {
                return readLambda(depth);
            }
            if (tag == TaskBody.SHARED && nextShared < shared.length) {
                return shared[nextShared++];
            }
            throw new IOException("malformed task: unexpected tag " + tag);
        }

        private Object readLambda(int depth) throws IOException {
            ReceivedShape shape = shape(in.readVarInt());
            if (outermost == null) {
                outermost = shape;
            }
            int count = in.readLength(1);
            if (count == 0) {
                return shape.instantiate(null, loader);
            }
            @Nullable Object[] captured = new @Nullable Object[count];
            for (int i = 0; i < count; i++) {
                captured[i] = read(depth + 1);
            }
            return shape.instantiate(captured, loader);
        }
    }
}
