package io.flame4j.benchmarks;

import java.util.function.Supplier;

/**
 * What a benchmark works with.
 *
 * @param effort how much to measure
 * @param figures where the values go
 */
record Bench(Effort effort, Figures figures) {

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
