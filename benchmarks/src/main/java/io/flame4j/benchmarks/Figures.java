package io.flame4j.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured: for each figure one value per round, and which figures are limits for others. Ratios are taken
 * round by round, because the machine changes more between rounds than within one.
 */
final class Figures {

    /**
     * Names a figure.
     *
     * @param group the benchmark
     * @param metric what was measured
     * @param contender on whom
     */
    record Key(String group, String metric, String contender) {}

    /**
     * A figure to be compared with another.
     *
     * @param key the figure
     * @param limit the contender it is compared with
     * @param goal what is to be reached, if anything is
     */
    record Ratio(Key key, String limit, @Nullable Goal goal) {}

    /**
     * A bound on a ratio.
     *
     * @param bound the bound
     * @param atMost whether it must not be exceeded; else it must be reached
     */
    record Goal(double bound, boolean atMost) {
        static Goal atMost(double bound) {
            return new Goal(bound, true);
        }

        static Goal atLeast(double bound) {
            return new Goal(bound, false);
        }

        boolean isMet(double ratio) {
            return atMost ? ratio <= bound : ratio >= bound;
        }

        @Override
        public String toString() {
            return (atMost ? "≤ " : "≥ ") + bound;
        }
    }

    /**
     * The values of a figure.
     *
     * @param unit their unit
     * @param rounds one for each round
     */
    record Series(String unit, List<Double> rounds) {
        double median() {
            return Samples.median(rounds);
        }
    }

    private final Map<Key, Series> all = new LinkedHashMap<>();
    private final Map<Key, Ratio> ratios = new LinkedHashMap<>();

    void add(String group, String metric, String contender, String unit, double value) {
        all.computeIfAbsent(new Key(group, metric, contender), key -> new Series(unit, new ArrayList<>()))
                .rounds
                .add(value);
    }

    /** Compares a contender with another in one metric. */
    void compare(String group, String metric, String contender, String limit, @Nullable Goal goal) {
        Key key = new Key(group, metric, contender);
        ratios.put(key, new Ratio(key, limit, goal));
    }

    Map<Key, Series> all() {
        return all;
    }

    @Nullable
    Ratio ratio(Key key) {
        return ratios.get(key);
    }

    /** The ratios of a figure to its limit, round by round; empty when the limit was not measured. */
    List<Double> perRound(Ratio ratio) {
        Series own = all.get(ratio.key);
        Series limit = all.get(new Key(ratio.key.group, ratio.key.metric, ratio.limit));
        List<Double> result = new ArrayList<>();
        if (own != null && limit != null) {
            for (int i = 0; i < Math.min(own.rounds.size(), limit.rounds.size()); i++) {
                result.add(own.rounds.get(i) / limit.rounds.get(i));
            }
        }
        return result;
    }
}
