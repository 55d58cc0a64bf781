package io.flame4j.benchmarks;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark works with.
 *
 * @param effort how much to measure
 * @param figures where the values go
 * @param contenders who is measured; limits come before those who are compared with them
 * @param shared runners that all measures use that need warm ones; null when each starts its own
 */
record Bench(
        Effort effort,
        Figures figures,
        List<Contender> contenders,
        @Nullable Sessions shared) {

    Bench(Effort effort, Figures figures, List<Contender> contenders) {
        this(effort, figures, contenders, null);
    }

    /** One of the measures. */
    interface Measure {
        /** As {@code --only} selects it. */
        String name();

        void run(Bench bench) throws Exception;
    }

    /** Tells who waits for the end what goes on. */
    void progress(Supplier<String> text) {
        System.err.println("bench: " + text.get());
    }
}
