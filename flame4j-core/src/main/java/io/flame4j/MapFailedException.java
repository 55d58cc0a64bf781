package io.flame4j;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Some calls of a {@link FlamePool#map} with {@link MapOptions#collectFailures()} failed; all of them have ended. The
 * first failure by index is the cause, the others (at most 100) are suppressed exceptions.
 *
 * @since 0.1
 */
public class MapFailedException extends FlameException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_SUPPRESSED = 100;

    private final TreeMap<Integer, Throwable> failures;

    /**
     * Creates an exception.
     *
     * @param message what happened
     * @param failures the failures by index of their input, at least one
     */
    public MapFailedException(String message, Map<Integer, Throwable> failures) {
        super(message, new TreeMap<>(failures).firstEntry().getValue());
        this.failures = new TreeMap<>(failures);
        this.failures.values().stream().skip(1).limit(MAX_SUPPRESSED).forEach(this::addSuppressed);
    }

    /**
     * The failures by index of their input, from 0.
     *
     * @return an unmodifiable map in the order of the inputs
     */
    public Map<Integer, Throwable> failures() {
        return Collections.unmodifiableMap(failures);
    }
}
