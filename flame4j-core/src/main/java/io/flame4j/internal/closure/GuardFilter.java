package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.codec.JdkCodec;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import org.jspecify.annotations.Nullable;

/**
 * Decides what may be made of one message, and remembers in words what it refused, which the JDK's exception leaves out.
 * Whatever else is allowed, arrays that the bytes at hand cannot fill are refused before they are allocated.
 */
final class GuardFilter implements ObjectInputFilter, LeanArrays.Check {

    /** Hash tables are read into arrays of up to so many elements for each byte. */
    private static final long MOST_ELEMENTS_PER_BYTE = 8;

    private static final long ALWAYS_ALLOWED = 4096;

    /** A codec of the user's may compress; deflate makes at most so many bytes of one. */
    private static final long MOST_EXPANSION = 1032;

    private final @Nullable ResultPolicy policy;
    private final @Nullable ObjectInputFilter processWide;

    /** How many elements all arrays together may still have: many of the longest would be too much as well. */
    private long elementsLeft;

    private @Nullable Refusal refused;

    private GuardFilter(@Nullable ResultPolicy policy, long messageSize) {
        this.policy = policy;
        this.processWide = policy == null ? null : policy.processWide().get();
        // Frames are at most 1 TiB, so nothing overflows here.
        this.elementsLeft = messageSize * MOST_ELEMENTS_PER_BYTE + ALWAYS_ALLOWED;
    }

    /** How many bytes a codec may find in a message of so many. */
    static long unpacked(long messageSize, Codec codec) {
        return codec instanceof JdkCodec ? messageSize : messageSize * MOST_EXPANSION;
    }

    /** For a runner, which runs whatever its parent sends. */
    static GuardFilter ofTask(long messageSize) {
        return new GuardFilter(null, messageSize);
    }

    static GuardFilter ofResult(ResultPolicy policy, long messageSize) {
        return new GuardFilter(policy, messageSize);
    }

    /** What was refused first, or null. It counts even if whoever read the object went on without it. */
    @Nullable
    Refusal refused() {
        return refused;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        Refusal refusal = refusal(info);
        if (refusal == null) {
            return Status.UNDECIDED;
        }
        refuse(refusal);
        return Status.REJECTED;
    }

    /** For an array that is not read from a stream. */
    @Override
    public void checkArray(Class<?> type, long length) throws InvalidClassException {
        Refusal refusal = policy == null ? null : policy.limits().ofArray(length);
        if (refusal == null && processWide != null) {
            refusal = ofProcess(processWide, new BareArray(type, length));
        }
        if (refusal != null) {
            refuse(refusal);
            throw new InvalidClassException(refusal.ofResult());
        }
    }

    /** An array that is the whole of a message, as a filter of the JDK's is asked about it. */
    private record BareArray(Class<?> serialClass, long arrayLength) implements FilterInfo {
        @Override
        public long depth() {
            return 1;
        }

        @Override
        public long references() {
            return 1;
        }

        @Override
        public long streamBytes() {
            return 1;
        }
    }

    /** For a proxy, before its class is made: that stays for as long as its loader does. */
    void checkProxy(Class<?>[] interfaces) throws InvalidClassException {
        Refusal refusal = policy == null ? null : policy.rules().refusalOfProxy(interfaces);
        if (refusal != null) {
            refuse(refusal);
            throw new InvalidClassException(refusal.ofResult());
        }
    }

    /** For the whole message. */
    void checkSize(long bytes) throws InvalidClassException {
        Refusal refusal = policy == null ? null : policy.limits().ofBytes(bytes);
        if (refusal != null) {
            refuse(refusal);
            throw new InvalidClassException(refusal.ofResult());
        }
    }

    /** Some objects are read by code that goes on without what was refused to it. */
    void requireNothingRefused() throws InvalidClassException {
        if (refused != null) {
            throw new InvalidClassException(refused.ofResult());
        }
    }

    private void refuse(Refusal refusal) {
        if (refused == null) {
            refused = refusal;
        }
    }

    private @Nullable Refusal refusal(FilterInfo info) {
        if (info.arrayLength() > 0) {
            elementsLeft -= info.arrayLength();
            if (elementsLeft < 0) {
                return new Refusal(
                        "an array of " + info.arrayLength() + " elements",
                        "is more than the message can hold. An honest runner sends no such message.");
            }
        }
        if (policy == null) {
            return null;
        }
        Refusal limit = policy.limits().refusal(info);
        if (limit != null) {
            return limit;
        }
        Class<?> type = info.serialClass();
        if (type != null && ClassRules.isOwn(type)) {
            return null;
        }
        Refusal rule = type == null ? null : policy.rules().refusal(type);
        return rule != null || processWide == null ? rule : ofProcess(processWide, info);
    }

    private static @Nullable Refusal ofProcess(ObjectInputFilter filter, FilterInfo info) {
        Status status = filter.checkInput(info);
        // JDK serialization takes a filter that gives no answer for one that rejects.
        if (status != null && status != Status.REJECTED) {
            return null;
        }
        Class<?> type = info.serialClass();
        return new Refusal(
                type != null
                        ? "class " + type.getTypeName()
                        : "a graph of " + info.references() + " references, depth " + info.depth() + " and "
                                + info.streamBytes() + " bytes",
                "the filter of this JVM refuses (-Djdk.serialFilter, ObjectInputFilter.Config), which counts beside"
                        + " the pool's result filter. Allow it there, or return something else.");
    }
}
