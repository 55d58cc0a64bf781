package io.flame4j.contextpropagation;

import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.OutgoingCall;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lets the thread locals travel that are registered with Micrometer's {@link ContextRegistry}, on parent and runner alike, and
 * whose values are strings, or can be written as such by a {@link TextAccessor}. Others stay behind: an observation or a
 * security context is an object of its JVM. Keys are strings too. Every pool has it when this module is on the class path.
 *
 * @since 0.1
 */
public final class ThreadLocalPropagator implements ContextPropagator {

    private final ContextRegistry registry;

    /** For the accessors of the registry that all share. */
    public ThreadLocalPropagator() {
        this.registry = ContextRegistry.getInstance();
    }

    @Override
    public void capture(OutgoingCall call) {
        for (ThreadLocalAccessor<?> accessor : registry.getThreadLocalAccessors()) {
            if (accessor.key() instanceof String key) {
                String text = text(accessor);
                if (text != null) {
                    call.carry(key, text);
                }
            }
        }
    }

    private static <V> @Nullable String text(ThreadLocalAccessor<V> accessor) {
        V value = accessor.getValue();
        if (value != null && accessor instanceof TextAccessor<V> texts) {
            return texts.write(value);
        }
        return value instanceof String text ? text : null;
    }

    @Override
    public Scope restore(IncomingCall call) {
        Deque<Runnable> undo = new ArrayDeque<>();
        try {
            for (ThreadLocalAccessor<?> accessor : registry.getThreadLocalAccessors()) {
                String text =
                        accessor.key() instanceof String key ? call.values().get(key) : null;
                if (text != null) {
                    undo.push(set(accessor, text));
                }
            }
        } catch (RuntimeException | Error e) {
            undo.forEach(Runnable::run);
            throw e;
        }
        return failure -> undo.forEach(Runnable::run);
    }

    /** Returns what undoes it. */
    @SuppressWarnings("unchecked") // Only strings are carried of those that are no TextAccessor.
    private static <V> Runnable set(ThreadLocalAccessor<V> accessor, String text) {
        V before = accessor.getValue();
        V value = accessor instanceof TextAccessor<V> texts ? texts.read(text) : (V) text;
        accessor.setValue(value);
        return () -> {
            if (before == null) {
                accessor.restore();
            } else {
                accessor.restore(before);
            }
        };
    }
}
