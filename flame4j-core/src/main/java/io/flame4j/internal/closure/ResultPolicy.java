package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a parent takes from its runners: the result filter of its pool, and the filter of the whole JVM beside it, which
 * must not be lost even if it was set after the pool was made.
 */
public record ResultPolicy(ClassRules rules, ResultLimits limits, Supplier<@Nullable ObjectInputFilter> processWide) {

    /** Everything but what is known to be dangerous. */
    public static final ResultPolicy STANDARD =
            new ResultPolicy(new ClassRules(false, List.of()), ResultLimits.STANDARD);

    /** With the filter of this JVM. */
    public ResultPolicy(ClassRules rules, ResultLimits limits) {
        this(rules, limits, ObjectInputFilter.Config::getSerialFilter);
    }

    /** Reads a text; says so in its place when it is longer than a message may be. */
    public String readText(ByteReader in) throws IOException {
        int length = in.readLength(1);
        if (length > limits.maxBytes()) {
            long after = in.remaining() - length;
            in.limit(length);
            in.skipRemaining();
            in.limit(after);
            return "(a text of " + length + " bytes, longer than the maxBytes(" + limits.maxBytes()
                    + ") of the pool's result filter)";
        }
        return new String(in.readBytes(length), StandardCharsets.UTF_8);
    }
}
