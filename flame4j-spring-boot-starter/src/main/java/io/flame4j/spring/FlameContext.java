package io.flame4j.spring;

import io.flame4j.spring.internal.runner.Contexts;
import org.springframework.context.ApplicationContext;

/**
 * The application's context as a task finds it on its runner: for lambdas, which must not capture beans.
 *
 * <pre>{@code
 * pool.call(() -> FlameContext.bean(Thumbnails.class).make(picture));
 * }</pre>
 *
 * <p>On a runner that is a process or a pod, this is the context that the runner has started; on one that is threads of
 * this JVM, the context that has the pool. Thread-safe.
 *
 * @since 0.1
 */
public final class FlameContext {

    private FlameContext() {}

    /**
     * The context.
     *
     * @return the context
     * @throws IllegalStateException when this thread runs no task, or its runner has started no context; the message says
     *     which
     */
    public static ApplicationContext current() {
        return Contexts.current();
    }

    /**
     * A bean of the context.
     *
     * @param type its type
     * @param <T> its type
     * @return the bean
     * @throws IllegalStateException as {@link #current()}
     * @throws org.springframework.beans.BeansException when there is no such bean, or more than one
     */
    public static <T> T bean(Class<T> type) {
        return current().getBean(type);
    }

    /**
     * A bean of the context.
     *
     * @param name its name
     * @param type its type
     * @param <T> its type
     * @return the bean
     * @throws IllegalStateException as {@link #current()}
     * @throws org.springframework.beans.BeansException when there is no such bean
     */
    public static <T> T bean(String name, Class<T> type) {
        return current().getBean(name, type);
    }
}
