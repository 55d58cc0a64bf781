package io.flame4j.spring.internal.pool;

import io.flame4j.spring.InvalidFlamePropertyException;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands the properties below a prefix to a builder, whose complaints then name the property. */
record Settings(String prefix) {

    /** Of the properties below one of these. */
    Settings below(String name) {
        return new Settings(prefix + "." + name);
    }

    /** Sets an option when its property has a value. */
    <T> void set(String name, @Nullable T value, Consumer<? super T> option) {
        if (value == null) {
            return;
        }
        try {
            option.accept(value);
        } catch (InvalidFlamePropertyException e) {
            throw e;
        } catch (RuntimeException e) {
            throw invalid(name, e);
        }
    }

    /** The same for what is empty when it is not given. */
    <T extends Collection<?>> void setAll(String name, T values, Consumer<? super T> option) {
        set(name, values.isEmpty() ? null : values, option);
    }

    /** The same for what is empty when it is not given. */
    <T extends Map<?, ?>> void setAll(String name, T values, Consumer<? super T> option) {
        set(name, values.isEmpty() ? null : values, option);
    }

    InvalidFlamePropertyException invalid(String name, RuntimeException cause) {
        return new InvalidFlamePropertyException(
                name.isEmpty() ? prefix : prefix + "." + name, String.valueOf(cause.getMessage()), cause);
    }

    InvalidFlamePropertyException invalid(String name, String problem) {
        return new InvalidFlamePropertyException(prefix + "." + name, problem, null);
    }
}
