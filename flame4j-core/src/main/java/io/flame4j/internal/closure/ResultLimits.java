package io.flame4j.internal.closure;

import java.io.ObjectInputFilter.FilterInfo;
import org.jspecify.annotations.Nullable;

/** How large what comes from a runner may be. */
public record ResultLimits(int maxDepth, long maxReferences, int maxArrayLength, long maxBytes) {

    /** Generous: they keep a parent from being made to work without end, and no honest result away. */
    public static final ResultLimits STANDARD = new ResultLimits(10_000, 100_000_000, Integer.MAX_VALUE, 16L << 30);

    /** Of the next object. */
    @Nullable
    Refusal refusal(FilterInfo info) {
        if (info.depth() > maxDepth) {
            return refusal("objects nested more than " + maxDepth + " deep", "maxDepth", maxDepth);
        }
        if (info.references() > maxReferences) {
            return refusal("more than " + maxReferences + " references", "maxReferences", maxReferences);
        }
        return ofArray(info.arrayLength());
    }

    @Nullable
    Refusal ofArray(long length) {
        return length > maxArrayLength
                ? refusal("an array of " + length + " elements", "maxArrayLength", maxArrayLength)
                : null;
    }

    /** Of a whole message. */
    @Nullable
    Refusal ofBytes(long size) {
        return size > maxBytes ? refusal(size + " bytes", "maxBytes", maxBytes) : null;
    }

    private static Refusal refusal(String what, String setting, long limit) {
        return new Refusal(
                what,
                "the pool's result filter refuses: its limit is " + setting + "(" + limit
                        + "). Return something smaller or flatter, or raise the limit, as in"
                        + " FlamePoolBuilder.resultFilter(ResultFilter.standard()." + setting + "(...)).");
    }
}
