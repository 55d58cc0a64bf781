package io.flame4j.internal.closure;

import io.flame4j.NamedTask;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Names for closures that are not lambdas. */
final class ClosureNames {

    private ClosureNames() {}

    /** What a task calls itself, if it does, or its class. */
    static String describe(Object closure) {
        return closure instanceof NamedTask named ? named.taskName() : ofClass(closure.getClass());
    }

    /** {@code anonymous class com.acme.Main$1 in com.acme.Main.run(Main.java:42)}, {@code task of class X}. */
    private static String ofClass(Class<?> type) {
        String kind = type.isAnonymousClass() ? "anonymous" : type.isLocalClass() ? "local" : null;
        if (kind == null) {
            return "task of class " + type.getTypeName();
        }
        String line = SourceLine.of(type, "<init>");
        return kind + " class " + type.getTypeName() + enclosing(type) + (line == null ? "" : "(" + line + ")");
    }

    /** {@code com.acme.Order}, {@code a lambda of com.acme.Main}. */
    static String type(Class<?> type) {
        return type(type.getTypeName());
    }

    /** The same of the name of a class, whose name for a lambda no one has ever seen. */
    static String type(String name) {
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : "a lambda of " + name.substring(0, lambda);
    }

    private static String enclosing(Class<?> type) {
        @Nullable Method method = type.getEnclosingMethod();
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? "" : " in " + outer.getTypeName() + (method == null ? "" : "." + method.getName());
    }
}
