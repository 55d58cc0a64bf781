package io.flame4j.spring.internal.call;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Methods, for people. */
final class MethodNames {

    private MethodNames() {}

    static String of(Method method) {
        return of(method.getDeclaringClass(), method.getName(), method.getParameterTypes());
    }

    static String of(Class<?> type, String method, Class<?>[] parameterTypes) {
        return type.getSimpleName() + "." + method
                + Arrays.stream(parameterTypes).map(Class::getSimpleName).collect(Collectors.joining(", ", "(", ")"));
    }
}
