package io.flame4j.internal.wire;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refuses to agree on keys over finite fields, by whichever name, and leaves all else to others. Thread-safe. */
final class NoFiniteFields implements AlgorithmConstraints {

    private final @Nullable AlgorithmConstraints others;

    /**
     * Makes them.
     *
     * @param others what else must permit; null when nothing
     */
    NoFiniteFields(@Nullable AlgorithmConstraints others) {
        this.others = others;
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters parameters) {
        return isFine(primitives, algorithm) && (others == null || others.permits(primitives, algorithm, parameters));
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
        return isFine(primitives, key.getAlgorithm()) && (others == null || others.permits(primitives, key));
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, String algorithm, Key key, @Nullable AlgorithmParameters parameters) {
        return isFine(primitives, algorithm)
                && isFine(primitives, key.getAlgorithm())
                && (others == null || others.permits(primitives, algorithm, key, parameters));
    }

    private static boolean isFine(Set<CryptoPrimitive> primitives, @Nullable String algorithm) {
        if (algorithm == null) {
            return true;
        }
        String name = algorithm.toLowerCase(Locale.ROOT);
        boolean finite = name.equals("diffiehellman") || name.equals("dh");
        return !name.startsWith("ffdhe") && !(finite && primitives.contains(CryptoPrimitive.KEY_AGREEMENT));
    }
}
