package io.flame4j.spring.internal.runner;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * The method that the {@code java} command would start a class with. From Java 25 on it need be neither public nor static, and
 * may do without arguments; whichever Java this is, a parent that was started by such a method has one.
 */
final class MainMethod {

    private final Class<?> type;
    private final Method method;

    private MainMethod(Class<?> type, Method method) {
        this.type = type;
        this.method = method;
    }

    /** That of a class, which may inherit it; null when it has none. */
    static @Nullable MainMethod of(Class<?> type) {
        Method withArguments = find(type, String[].class);
        Method method = withArguments != null ? withArguments : find(type);
        return method == null ? null : new MainMethod(type, method);
    }

    private static @Nullable Method find(Class<?> type, Class<?>... parameters) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            try {
                Method method = each.getDeclaredMethod("main", parameters);
                if (!Modifier.isPrivate(method.getModifiers()) && method.getReturnType() == void.class) {
                    return method;
                }
            } catch (NoSuchMethodException e) {
                // Perhaps above.
                continue;
            }
        }
        return null;
    }

    /** Calls it; what it throws is thrown as it is. */
    void invoke(String[] arguments) throws Throwable {
        method.setAccessible(true);
        Object receiver = Modifier.isStatic(method.getModifiers()) ? null : instance();
        try {
            if (method.getParameterCount() == 0) {
                method.invoke(receiver);
            } else {
                method.invoke(receiver, (Object) arguments);
            }
        } catch (InvocationTargetException e) {
            throw cause(e);
        }
    }

    private Object instance() throws Throwable {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw cause(e);
        }
    }

    private static Throwable cause(InvocationTargetException e) {
        Throwable cause = e.getCause();
        return cause != null ? cause : e;
    }
}
