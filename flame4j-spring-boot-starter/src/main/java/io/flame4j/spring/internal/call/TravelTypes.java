package io.flame4j.spring.internal.call;

import io.flame4j.Trackable;
import java.io.Serializable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamSource;

/**
 * Tells types none of whose values can travel. An interface, an abstract class, {@code Object} or a type variable says nothing
 * of that: their values are looked at when they are sent.
 */
final class TravelTypes {

    private static final Class<?>[] HOPELESS = {
        AutoCloseable.class, Iterator.class, Future.class, Executor.class, Thread.class, ClassLoader.class
    };

    private TravelTypes() {}

    /** The part of a type that cannot travel, and the cure; null when it may. */
    static @Nullable String culprit(Type type) {
        if (type instanceof Class<?> plain) {
            return ofClass(plain);
        }
        if (type instanceof GenericArrayType array) {
            return culprit(array.getGenericComponentType());
        }
        if (type instanceof ParameterizedType generic) {
            String raw = culprit(generic.getRawType());
            if (raw != null) {
                return raw;
            }
            for (Type argument : generic.getActualTypeArguments()) {
                String found = isContainer(generic) ? culprit(argument) : null;
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Whose type arguments are types of what it holds, and not of what it does. */
    private static boolean isContainer(ParameterizedType type) {
        return type.getRawType() instanceof Class<?> raw
                && (Iterable.class.isAssignableFrom(raw) || java.util.Map.class.isAssignableFrom(raw));
    }

    private static @Nullable String ofClass(Class<?> type) {
        if (type.isArray()) {
            return ofClass(type.getComponentType());
        }
        // Of Void there is null alone, which travels.
        if (type.isPrimitive()
                || type == Void.class
                || type == Object.class
                || Trackable.class.isAssignableFrom(type)) {
            return null;
        }
        if (InputStreamSource.class.isAssignableFrom(type)) {
            return type.getName() + " is a file or an upload of this process. Pass its bytes.";
        }
        if (Path.class.isAssignableFrom(type)) {
            return type.getName() + " is not serializable. Pass its name as a String, or the file's bytes.";
        }
        boolean serializable = Serializable.class.isAssignableFrom(type);
        for (Class<?> each : HOPELESS) {
            if (each.isAssignableFrom(type) && !serializable) {
                return type.getName() + " belongs to the process that made it. Pass what can be copied.";
            }
        }
        return Modifier.isAbstract(type.getModifiers()) || serializable
                ? null
                : type.getName() + " does not implement java.io.Serializable. Let it, or pass something that does.";
    }
}
