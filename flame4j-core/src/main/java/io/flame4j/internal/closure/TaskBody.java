package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts one task into bytes: lambdas as a shape and its captured values, immutable leaves where they stand, and all that
 * can be changed or shared in one section before them, since references that two captured values share must still be
 * shared on the other side.
 *
 * <p>Layout of the body: the flags; the section ({@link #NONE} nothing, {@link #ARRAYS} a count and so many arrays or
 * {@link #SAME} with the index of an earlier one, {@link #ONE} and {@link #GROUP} a length and what the codec made of the
 * one value or of the {@code Object[]} of all); the tree of the closure; the tree of the argument. A tree is a leaf,
 * {@link #SHARED} for the next value of the section, or {@link #LAMBDA} with the id of its shape, the number of captured
 * values and their trees.
 */
final class TaskBody {

    static final int HAS_ARGUMENT = 1;
    static final int SECTION_SHIFT = 1;
    static final int NONE = 0;
    static final int ARRAYS = 1;
    static final int ONE = 2;
    static final int GROUP = 3;

    static final int SHARED = LeanArrays.END;
    static final int LAMBDA = LeanArrays.END + 1;
    static final int SAME = LeanArrays.END + 2;

    /** Lambdas that capture lambdas deeper than this are left to the codec. */
    static final int DEEPEST = 64;

    private final ByteWriter tree = new ByteWriter(64);
    private List<ClosureShape> shapes = List.of();
    private @Nullable List<Object> shared;
    private boolean onlyArrays = true;

    List<ClosureShape> shapes() {
        return shapes;
    }

    ByteWriter tree() {
        return tree;
    }

    /** Adds a tree: the closure first, then the argument. */
    void add(@Nullable Object value) {
        add(value, 0);
    }

    private void add(@Nullable Object value, int depth) {
        if (LeanValues.write(value, tree) || value == null) {
            return;
        }
        ClosureShape.Instance lambda = depth < DEEPEST ? ClosureShape.of(value) : null;
        if (lambda != null) {
            addLambda(lambda, depth);
        } else {
            share(value);
        }
    }

    private void addLambda(ClosureShape.Instance instance, int depth) {
        remember(instance.shape());
        SerializedLambda lambda = instance.lambda();
        int captured = lambda.getCapturedArgCount();
        tree.writeByte(LAMBDA);
        tree.writeVarInt(instance.shape().id);
        tree.writeVarInt(captured);
        for (int i = 0; i < captured; i++) {
            add(lambda.getCapturedArg(i), depth + 1);
        }
    }

    private void remember(ClosureShape shape) {
        if (shapes.isEmpty()) {
            // Most tasks have just one.
            shapes = List.of(shape);
        } else if (!shapes.contains(shape)) {
            List<ClosureShape> more = new ArrayList<>(shapes);
            more.add(shape);
            shapes = more;
        }
    }

    private void share(Object value) {
        List<Object> current = shared;
        if (current == null) {
            current = new ArrayList<>(4);
            shared = current;
        }
        current.add(value);
        onlyArrays &= LeanArrays.isPrimitiveArray(value);
        tree.writeByte(SHARED);
    }

    /** What precedes the trees. */
    ByteWriter head(boolean hasArgument, Codec codec) throws IOException {
        int flags = hasArgument ? HAS_ARGUMENT : 0;
        List<Object> values = shared;
        if (values == null) {
            ByteWriter out = new ByteWriter(1);
            out.writeByte(flags | NONE << SECTION_SHIFT);
            return out;
        }
        ByteWriter out = new ByteWriter();
        if (onlyArrays) {
            out.writeByte(flags | ARRAYS << SECTION_SHIFT);
            writeArrays(values, out);
        } else if (values.size() == 1) {
            out.writeByte(flags | ONE << SECTION_SHIFT);
            CodecSection.write(values.get(0), codec, out);
        } else {
            out.writeByte(flags | GROUP << SECTION_SHIFT);
            CodecSection.write(values.toArray(), codec, out);
        }
        return out;
    }

    private static void writeArrays(List<Object> arrays, ByteWriter out) {
        out.writeVarInt(arrays.size());
        for (int i = 0; i < arrays.size(); i++) {
            int first = 0;
            while (arrays.get(first) != arrays.get(i)) {
                first++;
            }
            if (first < i) {
                out.writeByte(SAME);
                out.writeVarInt(first);
            } else {
                LeanArrays.write(arrays.get(i), out);
            }
        }
    }
}
