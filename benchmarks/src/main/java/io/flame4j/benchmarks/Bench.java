package io.flame4j.benchmarks;

import java.util.List;
import java.util.function.Supplier;

/**
 * What a benchmark works with.
 *
 * @param effort how much to measure
 * @param figures where the values go
 * @param contenders who is measured; limits come before those who are compared with them
 */
record Bench(Effort effort, Figures figures, List<Contender> contenders) {

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
