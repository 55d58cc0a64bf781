package io.flame4j.internal.closure;

import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Follows references as serialization would, to find out how it came upon an object. Breadth first, so that the path is
 * the shortest; without recursion; bounded. It sees into application classes, arrays, lambdas, exceptions and JDK
 * collections; everything else of the JDK is a leaf.
 */
final class GraphWalk {

    private static final int MOST_OBJECTS = 200_000;

    /**
     * One object on the way.
     *
     * @param object the object
     * @param from where it was reached from; null at a root
     * @param label what was followed: {@code com.acme.Order.customer}, {@code [3]}
     * @param declared the type of the field; null elsewhere
     * @param depth the number of steps from the root
     */
    record Step(
            Object object,
            @Nullable Step from,
            String label,
            @Nullable Class<?> declared,
            int depth) {

        Step root() {
            Step step = this;
            while (step.from != null) {
                step = step.from;
            }
            return step;
        }
    }

    private final Deque<Step> queue = new ArrayDeque<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private @Nullable Step deepest;

    void addRoot(@Nullable Object object, String label) {
        add(object, null, label, null);
    }

    private void add(@Nullable Object object, @Nullable Step from, String label, @Nullable Class<?> declared) {
        if (object != null && seen.size() < MOST_OBJECTS && seen.add(object)) {
            queue.add(new Step(object, from, label, declared, from == null ? 0 : from.depth + 1));
        }
    }

    /** The nearest object of that class that is not serializable, or null. */
    @Nullable
    Step findUnserializable(String className) {
        for (Step step = queue.poll(); step != null; step = queue.poll()) {
            if (!(step.object instanceof Serializable)
                    && step.object.getClass().getName().equals(className)) {
                return step;
            }
            follow(step);
        }
        return null;
    }

    /** The nearest object of that class, serializable or not, or null. */
    @Nullable
    Step findOfClass(String className) {
        for (Step step = queue.poll(); step != null; step = queue.poll()) {
            if (step.object.getClass().getName().equals(className)) {
                return step;
            }
            follow(step);
        }
        return null;
    }

    /** The object that is the most steps away. */
    @Nullable
    Step findDeepest() {
        for (Step step = queue.poll(); step != null; step = queue.poll()) {
            deepest = step;
            follow(step);
        }
        return deepest;
    }

    private void follow(Step step) {
        Object object = step.object;
        if (!(object instanceof Serializable) || object instanceof Class || object instanceof Enum) {
            return;
        }
        ClosureShape.Instance lambda = ClosureShape.of(object);
        if (lambda != null) {
            followCaptured(step, lambda.lambda());
        } else if (object instanceof Object[] array) {
            for (int i = 0; i < array.length; i++) {
                add(array[i], step, "[" + i + "]", null);
            }
        } else {
            followContainer(step);
            for (Class<?> c = object.getClass(); c != null && Serializable.class.isAssignableFrom(c); ) {
                if (ClassFingerprint.isPlatform(c) || c.isHidden()) {
                    break;
                }
                followFields(step, c);
                c = c.getSuperclass();
            }
        }
    }

    void followCaptured(@Nullable Step step, SerializedLambda lambda) {
        for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
            Object captured = lambda.getCapturedArg(i);
            if (captured != null) {
                String type = ClosureNames.type(captured.getClass());
                add(captured, step, "captured argument " + i + " (" + role(lambda, i) + type + ")", null);
            }
        }
    }

    /** Instance methods have the object they belong to as their first captured value. */
    private static String role(SerializedLambda lambda, int index) {
        boolean isStatic = lambda.getImplMethodKind() == MethodHandleInfo.REF_invokeStatic
                || lambda.getImplMethodKind() == MethodHandleInfo.REF_newInvokeSpecial;
        if (index > 0 || isStatic) {
            return "";
        }
        return LambdaNames.isLambdaBody(lambda.getImplMethodName()) ? "this: " : "receiver: ";
    }

    private void followContainer(Step step) {
        Object object = step.object;
        try {
            if (object instanceof Collection<?> collection) {
                int i = 0;
                for (Object element : collection) {
                    add(element, step, "[" + i++ + "]", null);
                }
            } else if (object instanceof Map<?, ?> map) {
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    add(entry.getKey(), step, ".key", null);
                    add(entry.getValue(), step, "[" + brief(entry.getKey()) + "]", null);
                }
            } else if (object instanceof AtomicReference<?> reference) {
                add(reference.get(), step, ".get()", null);
            } else if (object instanceof Throwable throwable) {
                add(throwable.getCause(), step, ".cause", null);
                for (Throwable suppressed : throwable.getSuppressed()) {
                    add(suppressed, step, ".suppressed", null);
                }
            }
        } catch (RuntimeException e) {
            // A collection that cannot be walked, such as a closed or lazily loaded one. The message can do without.
            return;
        }
    }

    private static String brief(@Nullable Object key) {
        String text = key instanceof String || key instanceof Number || key instanceof Enum ? key.toString() : "...";
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    private void followFields(Step step, Class<?> declaring) {
        for (Field field : declaring.getDeclaredFields()) {
            boolean skipped = Modifier.isStatic(field.getModifiers())
                    || Modifier.isTransient(field.getModifiers())
                    || field.getType().isPrimitive();
            if (!skipped && field.trySetAccessible()) {
                add(get(field, step.object), step, label(declaring, field), field.getType());
            }
        }
    }

    private static String label(Class<?> declaring, Field field) {
        String name = field.getName();
        return field.isSynthetic() && name.startsWith("val$")
                ? "captured variable " + name.substring("val$".length())
                : declaring.getTypeName() + "." + name;
    }

    private static @Nullable Object get(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("accessible, and yet not: " + field, e);
        }
    }
}
