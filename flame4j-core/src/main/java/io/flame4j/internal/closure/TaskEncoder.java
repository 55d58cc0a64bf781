package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Turns tasks into bytes, on the parent. Thread-safe. */
public final class TaskEncoder {
    public TaskEncoder(Codec codec) {}

    /**
     * @throws io.flame4j.TaskSerializationException when something captured cannot travel
     */
    public EncodedTask encode(Serializable closure) {
        throw new UnsupportedOperationException();
    }

    /** Encodes a function with its input; references shared between captured values and the input stay shared. */
    public EncodedTask encode(Serializable function, @Nullable Object argument) {
        throw new UnsupportedOperationException();
    }
}
