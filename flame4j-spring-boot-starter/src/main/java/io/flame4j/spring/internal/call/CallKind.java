package io.flame4j.spring.internal.call;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/** What a caller gets, by the return type of the method. */
enum CallKind {
    /** The value, when it is there. */
    VALUE,
    /** A future. */
    FUTURE,
    /** Nothing, when it is done. */
    DONE,
    /** Nothing, at once. */
    CAST;

    static CallKind of(Method method, boolean await) {
        Class<?> type = method.getReturnType();
        if (type == void.class) {
            return await ? DONE : CAST;
        }
        return isFuture(type) ? FUTURE : VALUE;
    }

    /** Whether a {@code CompletableFuture} can be returned where a method returns this, as a future. */
    static boolean isFuture(Class<?> type) {
        return type == CompletableFuture.class || type == CompletionStage.class || type == Future.class;
    }
}
