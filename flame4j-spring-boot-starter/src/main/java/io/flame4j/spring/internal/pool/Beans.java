package io.flame4j.spring.internal.pool;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ListableBeanFactory;

/** Beans that properties name. */
record Beans(ListableBeanFactory factory) {

    /** The bean of a name, or null when there is no name. */
    <T> @Nullable T named(Settings settings, String property, @Nullable String name, Class<T> type) {
        if (name == null) {
            return null;
        }
        try {
            return factory.getBean(name, type);
        } catch (BeansException e) {
            throw settings.invalid(
                    property,
                    new IllegalArgumentException(
                            "there is no usable bean '" + name + "' of type " + type.getName() + ": " + e.getMessage(),
                            e));
        }
    }

    /** The only bean of a type, or null. */
    <T> @Nullable T only(Class<T> type) {
        return factory.getBeanProvider(type).getIfUnique();
    }
}
