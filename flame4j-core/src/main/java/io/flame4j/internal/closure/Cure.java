package io.flame4j.internal.closure;

import io.flame4j.FlamePool;
import io.flame4j.Placed;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/** What to do about an object that is not serializable. */
final class Cure {

    private Cure() {}

    static String of(Cargo cargo, Object root, GraphWalk.Step offender) {
        String holder = ofHolder(cargo, root, offender);
        String object = ofObject(cargo, offender);
        if (holder == null) {
            return object;
        }
        // What the enclosing object consists of is beside the point, unless the task really needs that part.
        return isEnclosing(root, offender) ? holder : holder + " If " + cargo.need + " that value: " + object;
    }

    private static boolean isEnclosing(Object root, GraphWalk.Step offender) {
        return offender.from() == null
                || root.getClass()
                        .getName()
                        .startsWith(offender.object().getClass().getName() + "$");
    }

    /** Of a task that drags its surroundings along. */
    private static @Nullable String ofHolder(Cargo cargo, Object root, GraphWalk.Step offender) {
        Class<?> type = root.getClass();
        String start = offender.root().label();
        if (start.contains("(this: ")) {
            return ofThis(offender.root().object().getClass());
        }
        if (start.contains("(receiver: ")) {
            return "the method reference takes its receiver along. Make the method static, or call what it does from a"
                    + " lambda that captures local variables only.";
        }
        if ((type.isAnonymousClass() || type.isLocalClass()) && holdsOuter(offender)) {
            return "an anonymous or local class holds on to the enclosing object (this$0) even when it does not use it."
                    + (cargo == Cargo.FAILURE
                            ? " Use a static nested class."
                            : " Use a lambda or a static nested class.");
        }
        return null;
    }

    private static String ofThis(Class<?> enclosing) {
        String name = enclosing.getTypeName();
        return "the lambda reads a field or calls a method of the enclosing object, with or without writing this, and so"
                + " captures all of it (this, a " + name
                + "). Copy the field to a local variable before the lambda and use that, or make the method static"
                + (Serializable.class.isAssignableFrom(enclosing)
                        ? "."
                        : "; only if all of the object is to travel, make " + name
                                + " implement java.io.Serializable.");
    }

    private static boolean holdsOuter(GraphWalk.Step offender) {
        for (GraphWalk.Step step = offender; step != null; step = step.from()) {
            if (step.label().contains(".this$")) {
                return true;
            }
        }
        return false;
    }

    private static String ofObject(Cargo cargo, GraphWalk.Step offender) {
        Object object = offender.object();
        Class<?> type = object.getClass();
        if (type.isHidden()) {
            return "a lambda is serializable only if its type is. Declare it as RemoteFunction or another serializable"
                    + " interface, or cast it: (Runnable & Serializable) () -> ...";
        }
        String known = ofContainer(cargo, object, type);
        if (known == null) {
            known = ofResource(cargo, object, type);
        }
        if (known != null) {
            return known;
        }
        if (ClassFingerprint.isPlatform(type)) {
            return cargo == Cargo.TASK
                    ? "pass the data that the task needs from it, or make the object inside the task."
                    : cargo.verb + " the data that " + cargo.need + " from it"
                            + (offender.declared() == null
                                    ? "."
                                    : ", or mark the field " + offender.label() + " transient.");
        }
        return "make " + type.getTypeName() + " implement java.io.Serializable"
                + (offender.declared() == null ? "" : ", or mark the field " + offender.label() + " transient")
                + (cargo == Cargo.TASK
                        ? ", or pass only the data that the task needs."
                        : ", or " + cargo.verb + " only what " + cargo.need + ".");
    }

    private static @Nullable String ofContainer(Cargo cargo, Object object, Class<?> type) {
        if (object instanceof Optional
                || object instanceof OptionalInt
                || object instanceof OptionalLong
                || object instanceof OptionalDouble) {
            return "an Optional does not travel; " + cargo.verb + " the value in it, optional.orElse(null).";
        }
        if (object instanceof BaseStream) {
            return "collect it first and " + cargo.verb + " the list: stream.toList().";
        }
        if (object instanceof Iterator && !(object instanceof AutoCloseable)) {
            return "take what it has into a list first, and " + cargo.verb + " that.";
        }
        if (object instanceof Path) {
            return "a Path belongs to the file system of its JVM; " + cargo.verb + " path.toString()"
                    + (cargo == Cargo.TASK ? ", and make it again inside the task: Path.of(text)." : ".");
        }
        if (object instanceof List && type.getName().contains("SubList")) {
            return "a subList is a view of its list; copy it: new ArrayList<>(list.subList(from, to)).";
        }
        if (object instanceof Collection && isMapView(type)) {
            return "it is a view of its map; copy it: new "
                    + (object instanceof Set ? "HashSet<>(map.keySet())" : "ArrayList<>(map.values())")
                    + ", or " + cargo.verb + " the map.";
        }
        if (object instanceof Map.Entry) {
            return "copy the entry: new AbstractMap.SimpleEntry<>(entry).";
        }
        return object instanceof ThreadLocal
                ? "a ThreadLocal has a value for each thread of its JVM; " + cargo.verb
                        + " its value, threadLocal.get()."
                : null;
    }

    private static boolean isMapView(Class<?> type) {
        String name = type.getSimpleName();
        return Map.class.isAssignableFrom(type.getEnclosingClass() == null ? type : type.getEnclosingClass())
                && (name.endsWith("Set") || name.endsWith("KeySet") || name.endsWith("Values"));
    }

    private static @Nullable String ofResource(Cargo cargo, Object object, Class<?> type) {
        if (object instanceof Thread || object instanceof Executor || object instanceof Future) {
            return "threads, executors and futures stay where they are; "
                    + (cargo == Cargo.TASK ? "start them inside the task, or " : "") + cargo.verb
                    + " the value that the future holds.";
        }
        if (object instanceof Lock || object instanceof Condition) {
            return "a lock holds back only the threads of its JVM; keep it out of "
                    + (cargo == Cargo.TASK ? "the task." : "what travels.");
        }
        if (object instanceof FlamePool || object instanceof Placed) {
            return cargo == Cargo.TASK
                    ? "it is tied to this JVM; use it in the parent, or "
                            + (object instanceof FlamePool ? "build one" : "open one") + " inside the task."
                    : "it is tied to the JVM that it was made in; " + cargo.verb + " only what " + cargo.need + ".";
        }
        boolean resource = object instanceof AutoCloseable
                || type.getName().startsWith("java.net.")
                || type.getName().startsWith("java.util.zip.");
        if (!resource) {
            return null;
        }
        return cargo == Cargo.TASK
                ? "it is tied to this JVM; open it inside the task, and pass only what is needed to do so."
                : "it is tied to the runner's JVM; " + cargo.verb + " only what " + cargo.need + " from it.";
    }
}
