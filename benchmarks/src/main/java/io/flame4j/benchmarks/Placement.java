package io.flame4j.benchmarks;

import java.util.Optional;

/** Measures with all JVMs on one CPU, and wherever the system puts them. */
final class Placement {

    /** What the names of metrics begin with that were taken on one CPU. */
    static final String ONE_CPU = "one CPU, ";

    /** All rounds of a measure. */
    interface Rounds {
        void run(String placement) throws Exception;
    }

    private Placement() {}

    /** Runs the rounds on one CPU where that can be had, and freely where it cannot or the effort asks for it. */
    static void each(Bench bench, Rounds rounds) throws Exception {
        Optional<Pinning> pinning = Pinning.toOneCpu();
        if (pinning.isPresent()) {
            Pinning pinned = pinning.get();
            try (pinned) {
                rounds.run(ONE_CPU);
            }
        }
        if (pinning.isEmpty() || bench.effort().free()) {
            rounds.run("");
        }
    }
}
