package io.flame4j.internal.closure;

import io.flame4j.NamedTask;
import io.flame4j.internal.bytes.ByteWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task turned into bytes. Can be written several times, to different connections.
 *
 * <p>On the wire: the shapes that the other side does not know yet, and then the body that {@link TaskBody} made, which
 * refers to shapes by their ids.
 */
public final class EncodedTask {

    /** Set in the first number of a task: the receiver forgets all shapes first. */
    static final int RESET = 1;

    /** The setting that messages name unless the task names another. */
    public static final String RETRIES = "CallOptions.retries";

    private final List<ClosureShape> shapes;
    private final ByteWriter head;
    private final ByteWriter tree;

    /** Of a closure that is not a lambda. */
    private final String className;

    private final @Nullable ClassLoader loader;

    /** What the task calls itself, if it does. The task itself is not kept, with all that it captures. */
    private final @Nullable String ownName;

    private final String retriesSetting;

    EncodedTask(List<ClosureShape> shapes, ByteWriter head, ByteWriter tree, Object closure) {
        this.shapes = shapes;
        this.head = head;
        this.tree = tree;
        this.className = closure.getClass().getName();
        this.loader = closure.getClass().getClassLoader();
        NamedTask named = closure instanceof NamedTask task ? task : null;
        this.ownName = named == null ? null : named.taskName();
        this.retriesSetting = named == null ? RETRIES : named.retriesSetting();
    }

    /** Writes the definitions of the shapes that the connection does not know yet, and then the captured values. */
    public void writeTo(ByteWriter out, KnownShapes known) {
        int unknown = countUnknown(known);
        int reset = 0;
        if (unknown > 0 && known.size() + unknown > KnownShapes.MOST) {
            known.clear();
            unknown = shapes.size();
            reset = RESET;
        }
        out.writeVarInt(unknown << 1 | reset);
        if (unknown > 0) {
            define(out, known);
        }
        out.append(head);
        out.append(tree);
    }

    private int countUnknown(KnownShapes known) {
        int unknown = 0;
        for (int i = 0; i < shapes.size(); i++) {
            if (!known.contains(shapes.get(i).id)) {
                unknown++;
            }
        }
        return unknown;
    }

    private void define(ByteWriter out, KnownShapes known) {
        for (ClosureShape shape : shapes) {
            if (!known.contains(shape.id)) {
                out.writeVarInt(shape.id);
                out.write(shape.definition, 0, shape.definition.length);
                known.add(shape.id);
            }
        }
    }

    /** Copies the large arrays that are only referred to, so that the caller may change them from now on. */
    public void detach() {
        head.detach();
        tree.detach();
    }

    /** Bytes of the captured values, without the definitions of shapes. */
    public long size() {
        return head.size() + tree.size();
    }

    /** Whether large arrays are referred to rather than copied, so that {@link #detach()} would copy something. */
    public boolean isLarge() {
        return head.hasBorrowed() || tree.hasBorrowed();
    }

    /** {@code lambda in com.acme.Main.run}, or the name of its class; made once for each lambda expression. */
    public String name() {
        return ownName != null
                ? ownName
                : shapes.isEmpty() ? className : shapes.get(0).name();
    }

    /** For messages: {@code lambda in com.acme.Main.run(Main.java:42)}. Reads a class file, so not for each call. */
    public String describe() {
        return ownName != null
                ? ownName
                : shapes.isEmpty()
                        ? "task of class " + className
                        : shapes.get(0).describe();
    }

    /** What it calls itself, or null. */
    public @Nullable String ownName() {
        return ownName;
    }

    /** The loader of its class, of a lambda that of the class which it is written in; null for the JDK's first. */
    public @Nullable ClassLoader loader() {
        return loader;
    }

    /** Where the user says how often it may be repeated. */
    public String retriesSetting() {
        return retriesSetting;
    }
}
