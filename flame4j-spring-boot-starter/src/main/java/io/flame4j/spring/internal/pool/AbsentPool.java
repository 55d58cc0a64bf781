package io.flame4j.spring.internal.pool;

import io.flame4j.FlamePool;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a pool on a runner, where there is none: beans that have the pool injected can be made there too, and only
 * using it fails.
 */
record AbsentPool(String name) implements InvocationHandler {

    static FlamePool of(String name) {
        return (FlamePool) Proxy.newProxyInstance(
                AbsentPool.class.getClassLoader(), new Class<?>[] {FlamePool.class}, new AbsentPool(name));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "name" -> name;
            case "close", "shutdownNow" -> null;
            case "toString" -> "the pool '" + name + "', which is not on runners";
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> arguments != null && proxy == arguments[0];
            default ->
                throw new IllegalStateException("The pool '" + name
                        + "' is not on runners: a task there does its work itself. Set flame4j.runner.pools=true to give"
                        + " runners pools of their own.");
        };
    }
}
