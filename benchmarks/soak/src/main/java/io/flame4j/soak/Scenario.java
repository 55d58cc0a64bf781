package io.flame4j.soak;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One fault: how it is brought about, and how soon it must be noticed. What must hold in all of them, the {@link Stage}
 * checks when the scenario has ended.
 *
 * @param name as {@code --scenario} selects it
 * @param fault as the table names it
 * @param bound within which it is to be noticed; null when there is nothing to notice
 * @param act injects it once or more and tells the stage
 */
record Scenario(String name, String fault, @Nullable Duration bound, Act act) {

    /** What happens on the stage. */
    interface Act {
        void on(Stage stage) throws Exception;
    }

    /**
     * What the median may be more than the bound, and the worst by ten times as much, before the run fails: a garbage
     * collection, a process that starts or a neighbour is not flame4j's. The table shows whatever is over the bound.
     */
    static final Duration NOISE = Duration.ofMillis(500);
}
