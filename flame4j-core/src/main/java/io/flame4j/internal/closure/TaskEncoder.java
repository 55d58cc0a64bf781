package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import java.io.IOException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Turns tasks into bytes, on the parent. Thread-safe. */
public final class TaskEncoder {

    private final Codec codec;

    public TaskEncoder(Codec codec) {
        this.codec = codec;
    }

    /**
     * Encodes a task without an argument.
     *
     * @throws io.flame4j.TaskSerializationException when something captured cannot travel
     */
    public EncodedTask encode(Serializable closure) {
        return encode(closure, false, null);
    }

    /**
     * Encodes a function with its input; references shared between captured values and the input stay shared.
     *
     * @throws io.flame4j.TaskSerializationException when something captured, or the input, cannot travel
     */
    public EncodedTask encode(Serializable function, @Nullable Object argument) {
        return encode(function, true, argument);
    }

    private EncodedTask encode(Serializable closure, boolean hasArgument, @Nullable Object argument) {
        try {
            TaskBody body = new TaskBody();
            body.add(closure);
            if (hasArgument) {
                body.add(argument);
            }
            return new EncodedTask(body.shapes(), body.head(hasArgument, codec), body.tree(), closure);
        } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
            throw CaptureDiagnosis.ofTask(closure, hasArgument, argument, e);
        }
    }
}
