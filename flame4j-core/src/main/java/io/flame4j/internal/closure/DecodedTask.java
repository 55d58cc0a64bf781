package io.flame4j.internal.closure;

import io.flame4j.NamedTask;
import io.flame4j.RemoteAction;
import io.flame4j.RemoteCheck;
import io.flame4j.RemoteFunction;
import io.flame4j.RemoteTask;
import io.flame4j.TaskSerializationException;
import org.jspecify.annotations.Nullable;

/** A task as it arrived on the runner. */
public final class DecodedTask {

    private final Object closure;
    private final @Nullable ReceivedShape shape;
    private final boolean hasArgument;
    private final @Nullable Object argument;

    private DecodedTask(Object closure, @Nullable ReceivedShape shape, boolean hasArgument, @Nullable Object argument) {
        this.closure = closure;
        this.shape = shape;
        this.hasArgument = hasArgument;
        this.argument = argument;
    }

    static DecodedTask of(
            @Nullable Object closure, @Nullable ReceivedShape shape, boolean hasArgument, @Nullable Object argument) {
        boolean fits = hasArgument
                ? closure instanceof RemoteFunction
                : closure instanceof RemoteTask
                        || closure instanceof RemoteAction
                        || closure instanceof RemoteFunction
                        || closure instanceof RemoteCheck;
        if (closure == null || !fits) {
            throw new TaskSerializationException(
                    "The message holds no task but "
                            + (closure == null
                                    ? "null"
                                    : "a " + closure.getClass().getName())
                            + ". Parent and runner may run different versions of flame4j.",
                    null);
        }
        return new DecodedTask(closure, shape, hasArgument, argument);
    }

    /**
     * Runs it on this thread. A function without an argument of its own gets the target.
     *
     * @param target the placed or tracked object, or null
     * @return the value; null of an action, a {@link Boolean} of a check
     * @throws Throwable what the task throws, as it is
     */
    @SuppressWarnings("unchecked") // Which types a function takes is between it and whoever sent it.
    public @Nullable Object run(@Nullable Object target) throws Throwable {
        if (!hasArgument && closure instanceof RemoteTask<?, ?> task) {
            return task.call();
        }
        if (closure instanceof RemoteFunction<?, ?, ?> function) {
            return ((RemoteFunction<@Nullable Object, ?, ?>) function).apply(hasArgument ? argument : target);
        }
        if (closure instanceof RemoteAction<?> action) {
            action.run();
            return null;
        }
        return ((RemoteCheck) closure).check();
    }

    Object closure() {
        return closure;
    }

    /** Whether it is a function that came with its input. */
    public boolean hasArgument() {
        return hasArgument;
    }

    /** Whether it is a function without an input of its own, which needs a target. */
    public boolean needsTarget() {
        return closure instanceof RemoteFunction && !hasArgument && !(closure instanceof RemoteTask);
    }

    /** For reports, as the parent has it. */
    public String name() {
        return closure instanceof NamedTask named
                ? named.taskName()
                : shape != null ? shape.describe() : closure.getClass().getName();
    }

    /** For messages and thread names: {@code lambda in com.acme.Main.run}. */
    public String describe() {
        return shape != null || closure instanceof NamedTask
                ? name()
                : "task of class " + closure.getClass().getName();
    }
}
