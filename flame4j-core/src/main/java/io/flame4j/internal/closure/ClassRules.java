package io.flame4j.internal.closure;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which classes a parent takes from its runners. Decides once for each class; thread-safe. */
public final class ClassRules {

    private static final String ALLOWED = "";
    private static final String TO_STANDARD = "FlamePoolBuilder.resultFilter(ResultFilter.standard().alsoAllowing(\"";
    private static final String TO_LIST = "FlamePoolBuilder.resultFilter(ResultFilter.allowing(..., \"";

    /** A class is made for each combination and order of interfaces, and there are very many of those. */
    static final int MOST_PROXIES = 1_000;

    private final boolean strict;
    private final List<ClassPattern> patterns;

    /** The interfaces of proxies that were let in. */
    private final Set<String> proxies = ConcurrentHashMap.newKeySet();

    /** Kept with the class, so that no class loader is held. */
    private final ClassValue<String> verdicts = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            return decide(type);
        }
    };

    /**
     * Makes rules.
     *
     * @param strict whether only what a pattern matches is allowed, beside plain values
     * @param patterns what is allowed; one that is the name of a class also allows what is refused otherwise
     */
    public ClassRules(boolean strict, List<ClassPattern> patterns) {
        this.strict = strict;
        this.patterns = List.copyOf(patterns);
    }

    public boolean isStrict() {
        return strict;
    }

    public List<ClassPattern> patterns() {
        return patterns;
    }

    public boolean allows(Class<?> type) {
        return refusal(type) == null;
    }

    @Nullable
    Refusal refusal(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        String verdict = verdicts.get(element);
        return verdict.equals(ALLOWED) ? null : new Refusal("class " + element.getName(), verdict);
    }

    /** For the class of a proxy that may have to be made. Counts it. */
    @Nullable
    Refusal refusalOfProxy(Class<?>[] interfaces) {
        for (Class<?> each : interfaces) {
            Refusal refusal = refusal(each);
            if (refusal != null) {
                return refusal;
            }
        }
        String key = Arrays.toString(interfaces);
        if (proxies.contains(key) || proxies.size() < MOST_PROXIES && proxies.add(key)) {
            return null;
        }
        return new Refusal(
                "a proxy of " + key,
                "is of one kind more than the " + MOST_PROXIES
                        + " for which this parent makes classes. An honest runner" + " sends no such message.");
    }

    private String decide(Class<?> type) {
        if (type.isPrimitive() || isOwn(type) || patterns.stream().anyMatch(each -> each.isNameOf(type))) {
            return ALLOWED;
        }
        String reason = RefusedClasses.reason(type);
        if (reason != null) {
            return "the pool's result filter refuses: " + reason
                    + ". Return something else; if this class has to travel all the same, allow it by its full name: "
                    + (strict ? TO_LIST : TO_STANDARD) + type.getName() + "\")).";
        }
        if (!strict || PlainClasses.contains(type) || isAllowedProxy(type) || isListed(type)) {
            return ALLOWED;
        }
        return "the pool's result filter refuses: no pattern of its allow-list covers it. Return something else, or add"
                + " a pattern: " + TO_LIST + type.getName() + "\")).";
    }

    /** What the closure package itself puts into streams. */
    static boolean isOwn(Class<?> type) {
        return type == BlobRef.class || type == CheckedLambda.class;
    }

    private boolean isListed(Class<?> type) {
        return patterns.stream().anyMatch(each -> each.matches(type));
    }

    /** A proxy is made of its interfaces; its handler is an object like any other. */
    private boolean isAllowedProxy(Class<?> type) {
        if (!Proxy.isProxyClass(type)) {
            return false;
        }
        for (Class<?> each : type.getInterfaces()) {
            if (!allows(each)) {
                return false;
            }
        }
        return true;
    }
}
