package io.flame4j.spring.internal.call;

import io.flame4j.NamedTask;
import io.flame4j.RemoteTask;
import io.flame4j.spring.internal.runner.Contexts;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ReflectionUtils;

/**
 * A call of a bean's method, as it travels: nothing of the bean but its name. The class is sent along so that a runner with
 * another build of it is found out.
 *
 * @param bean the bean's name
 * @param type the class or interface that declares the method
 * @param method the method's name
 * @param parameterTypes the method's parameter types
 * @param arguments the arguments
 */
record BeanCall(
        String bean,
        Class<?> type,
        String method,
        Class<?>[] parameterTypes,
        @Nullable Object[] arguments) implements RemoteTask<@Nullable Object, Exception>, NamedTask {

    static BeanCall of(String bean, Method method, @Nullable Object[] arguments) {
        return new BeanCall(bean, method.getDeclaringClass(), method.getName(), method.getParameterTypes(), arguments);
    }

    @Override
    public @Nullable Object call() throws Exception {
        Object target = target(Contexts.current());
        Method found = ReflectionUtils.findMethod(type, method, parameterTypes);
        if (found == null || !type.isInstance(target)) {
            throw new IllegalStateException("The bean '" + bean + "' of this runner is a "
                    + target.getClass().getName() + ", which has no method " + this
                    + ". Parent and runner must have the"
                    + " same beans.");
        }
        ReflectionUtils.makeAccessible(found);
        try {
            return valueOf(found.invoke(target, arguments));
        } catch (InvocationTargetException e) {
            throw failure(e.getTargetException());
        }
    }

    private Object target(ApplicationContext context) {
        try {
            return context.getBean(bean);
        } catch (NoSuchBeanDefinitionException e) {
            throw new IllegalStateException(
                    "The context of this runner has no bean '" + bean + "', which " + this
                            + " is to be called on. Beans" + " with @FlameCall methods must exist on runners too.",
                    e);
        }
    }

    /** Waits for a future, since what it will hold is what travels. */
    private static @Nullable Object valueOf(@Nullable Object returned) throws Exception {
        Future<?> future = returned instanceof CompletionStage<?> stage
                ? stage.toCompletableFuture()
                : returned instanceof Future<?> any ? any : null;
        if (future == null) {
            return returned;
        }
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw failure(e.getCause() != null ? e.getCause() : e);
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    private static Exception failure(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof Exception exception ? exception : new UndeclaredThrowableException(thrown);
    }

    @Override
    public String taskName() {
        return bean + "." + method;
    }

    @Override
    public String retriesSetting() {
        return "@FlameCall(retries = …)";
    }

    /** The method, for people. */
    @Override
    public String toString() {
        return MethodNames.of(type, method, parameterTypes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BeanCall call
                && bean.equals(call.bean)
                && type == call.type
                && method.equals(call.method)
                && Arrays.equals(parameterTypes, call.parameterTypes)
                && Arrays.equals(arguments, call.arguments);
    }

    @Override
    public int hashCode() {
        return bean.hashCode() * 31 + method.hashCode();
    }
}
