package io.flame4j;

import io.flame4j.internal.closure.ClassPattern;
import io.flame4j.internal.closure.ClassRules;
import io.flame4j.internal.closure.ResultLimits;
import io.flame4j.internal.closure.ResultPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a parent takes from its runners: which classes may be made of what they send, and how large it may be. It is for
 * the day on which somebody else controls a runner; a task, which runs on one, is not restricted by it. Immutable and
 * safe to share; every method but {@link #allows(Class)} returns a changed copy.
 *
 * <pre>{@code
 * FlamePool.builder("thumbs").resultFilter(ResultFilter.allowing("com.acme.**").maxBytes(64 << 20))
 * }</pre>
 *
 * <p>A pattern is the full name of a class, which stands for the classes nested in it too ({@code com.acme.Order},
 * {@code com.acme.Shop$Order}), a package ({@code com.acme.*}), or a package and those below it ({@code com.acme.**}).
 * An array is allowed when its elements are. Of an object, the classes above its own that are serializable have to be
 * allowed as well; of a lambda, the class in which it is written and the one that its body is in.
 *
 * <p>What is refused fails its call with a {@link ResultSerializationException} that names the class or the limit; an
 * exception that is refused reaches the caller as {@link RemoteTaskException}, with its message and stack as text. The
 * runner is used on.
 *
 * @since 0.1
 */
public final class ResultFilter {

    private static final ResultFilter STANDARD = new ResultFilter(ResultPolicy.STANDARD);

    private final ResultPolicy policy;

    private ResultFilter(ResultPolicy policy) {
        this.policy = policy;
    }

    /**
     * Allows all classes but those that are known to do harm when they are read: the pieces of which published attacks
     * are made, remote objects and names that are looked up elsewhere, and what holds further bytes that no filter
     * would see. Depth at most 10,000, at most 100 million references, arrays as long as their message can fill, messages
     * of at most 16 GiB. The default.
     *
     * @return the filter
     */
    public static ResultFilter standard() {
        return STANDARD;
    }

    /**
     * Allows what the patterns name, and besides that the plain values, collections and exceptions of the JDK, from
     * {@code java.lang}, {@code java.math}, {@code java.time}, {@code java.util} and its concurrent collections, with
     * {@code File}, {@code URI}, {@code InetAddress}, {@code InetSocketAddress}, {@code Pattern} and the dates of
     * {@code java.sql}, and the exceptions of flame4j. What {@link #standard()} refuses is refused here too, unless it
     * is named in full. Limits are those of {@link #standard()}.
     *
     * @param patterns as in the description of this class; none allows plain values only
     * @return the filter
     * @throws IllegalArgumentException when a pattern is malformed
     */
    public static ResultFilter allowing(String... patterns) {
        return new ResultFilter(new ResultPolicy(new ClassRules(true, parse(patterns)), ResultLimits.STANDARD));
    }

    /**
     * Allows more. The full name of a class allows it even where it would be refused as one that is known to do harm;
     * other patterns only add to an allow-list.
     *
     * @param patterns as in the description of this class; to {@link #standard()}, full names of classes only
     * @return a changed copy
     * @throws IllegalArgumentException when a pattern is malformed, or could change nothing
     */
    public ResultFilter alsoAllowing(String... patterns) {
        List<ClassPattern> all = new ArrayList<>(policy.rules().patterns());
        for (ClassPattern each : parse(patterns)) {
            if (!policy.rules().isStrict() && !each.isName()) {
                throw new IllegalArgumentException("The pattern '" + each + "' changes nothing: ResultFilter.standard()"
                        + " allows all classes but those that are known to do harm, and of these each by its full name"
                        + " only. Name the class, or begin with ResultFilter.allowing(\"" + each
                        + "\") to allow nothing else.");
            }
            all.add(each);
        }
        return new ResultFilter(new ResultPolicy(new ClassRules(policy.rules().isStrict(), all), policy.limits()));
    }

    /**
     * Bounds how deep objects may be nested one inside the other, as in a chain that is no list. Deeper ones than the
     * stack of the reading thread holds are refused anyhow. Default 10,000.
     *
     * @param depth the bound, 1 or more
     * @return a changed copy
     * @throws IllegalArgumentException when less than 1
     */
    public ResultFilter maxDepth(int depth) {
        ResultLimits now = policy.limits();
        return with(new ResultLimits(
                (int) positive("maxDepth", depth), now.maxReferences(), now.maxArrayLength(), now.maxBytes()));
    }

    /**
     * Bounds the number of objects, and of references to objects that came before, in one value. Values without objects
     * inside, such as strings and arrays of primitives, have none. Default 100 million.
     *
     * @param references the bound, 1 or more
     * @return a changed copy
     * @throws IllegalArgumentException when less than 1
     */
    public ResultFilter maxReferences(long references) {
        ResultLimits now = policy.limits();
        return with(new ResultLimits(
                now.maxDepth(), positive("maxReferences", references), now.maxArrayLength(), now.maxBytes()));
    }

    /**
     * Bounds the length of each array, those inside of collections included. All arrays of a message together never have
     * more elements than its bytes can account for, whatever the bound. Default: no other bound.
     *
     * @param elements the bound, 1 or more
     * @return a changed copy
     * @throws IllegalArgumentException when less than 1
     */
    public ResultFilter maxArrayLength(int elements) {
        ResultLimits now = policy.limits();
        return with(new ResultLimits(
                now.maxDepth(), now.maxReferences(), (int) positive("maxArrayLength", elements), now.maxBytes()));
    }

    /**
     * Bounds the size of one result, progress value or exception as it travels, whatever it holds. It is checked before
     * anything is read. Default 16 GiB, which is what the wire allows.
     *
     * @param bytes the bound, 1 or more
     * @return a changed copy
     * @throws IllegalArgumentException when less than 1
     */
    public ResultFilter maxBytes(long bytes) {
        ResultLimits now = policy.limits();
        return with(new ResultLimits(
                now.maxDepth(), now.maxReferences(), now.maxArrayLength(), positive("maxBytes", bytes)));
    }

    /**
     * Whether objects of a class, or of the element class of an array, may be made, for tests of an allow-list. Does not
     * ask the filter of the JVM.
     *
     * @param type the class
     * @return whether they may
     */
    public boolean allows(Class<?> type) {
        return policy.rules().allows(Objects.requireNonNull(type, "type"));
    }

    ResultPolicy policy() {
        return policy;
    }

    private ResultFilter with(ResultLimits limits) {
        return new ResultFilter(new ResultPolicy(policy.rules(), limits));
    }

    private static List<ClassPattern> parse(String... patterns) {
        return Arrays.stream(patterns)
                .map(each -> ClassPattern.parse(Objects.requireNonNull(each, "pattern")))
                .toList();
    }

    private static long positive(String limit, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(limit + " must be at least 1, but is " + value);
        }
        return value;
    }

    /** The patterns and limits, for people. */
    @Override
    public String toString() {
        return "ResultFilter[" + (policy.rules().isStrict() ? "allowing " : "standard, also allowing ")
                + policy.rules().patterns() + ", " + policy.limits() + "]";
    }
}
