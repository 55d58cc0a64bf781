package io.flame4j.internal.closure;

import java.io.ObjectInputFilter;
import org.jspecify.annotations.Nullable;

/**
 * Puts a name to what the filter of the pool refuses, which the JDK's exception leaves out, and refuses arrays that the
 * bytes at hand cannot fill, before they are allocated. For one message.
 */
final class GuardFilter implements ObjectInputFilter {

    /** Hash tables are read into arrays of up to so many elements for each byte. */
    private static final long MOST_ELEMENTS_PER_BYTE = 8;

    private static final long ALWAYS_ALLOWED = 4096;

    private final ObjectInputFilter delegate;
    private final long longestArray;
    private @Nullable String refused;

    GuardFilter(ObjectInputFilter delegate, long messageSize) {
        this.delegate = delegate;
        long most = messageSize >= Integer.MAX_VALUE ? Integer.MAX_VALUE : messageSize * MOST_ELEMENTS_PER_BYTE;
        this.longestArray = most + ALWAYS_ALLOWED;
    }

    /** What was refused, or null. */
    @Nullable
    String refused() {
        return refused;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        Class<?> type = info.serialClass();
        if (type == BlobRef.class || type == CheckedLambda.class) {
            return Status.ALLOWED;
        }
        if (info.arrayLength() > longestArray) {
            refused = "an array of " + info.arrayLength() + " elements, which is more than the message can hold";
            return Status.REJECTED;
        }
        Status status = delegate.checkInput(info);
        if (status == Status.REJECTED) {
            refused = type != null
                    ? "class " + type.getTypeName()
                    : "a graph of " + info.references() + " references, depth " + info.depth() + " and "
                            + info.streamBytes() + " bytes";
        }
        return status;
    }
}
