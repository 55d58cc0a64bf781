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

    /**
     * Why a figure is missing.
     *
     * @param group the benchmark
     * @param contender who failed
     * @param cause with what
     */
    record Failure(String group, String contender, String cause) {}

    private final Map<Key, Series> all = new LinkedHashMap<>();
    private final Map<Key, String> limits = new LinkedHashMap<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    void add(String group, String metric, String contender, String unit, double value) {
        all.computeIfAbsent(new Key(group, metric, contender), key -> new Series(unit, new ArrayList<>()))
                .rounds
                .add(value);
    }

    /** Compares all contenders with one of them in one metric, but for those that are compared with another. */
    void limit(String group, String metric, String limit) {
        for (Key key : all.keySet()) {
            if (key.group.equals(group) && key.metric.equals(metric) && !key.contender.equals(limit)) {
                limits.putIfAbsent(key, limit);
            }
        }
    }

    /** Compares a contender with another in one metric. */
    void compare(String group, String metric, String contender, String limit) {
        limits.put(new Key(group, metric, contender), limit);
    }

    void fail(String group, String contender, Throwable cause) {
        failures.add(new Failure(group, contender, String.valueOf(cause)));
    }

    /** Notes what a reader of the figures has to know. */
    void note(String note) {
        notes.add(note);
    }

    List<String> notes() {
        return notes;
    }

    /** Takes over what another run has measured, under other names of groups. */
    void addAll(Figures other, String suffix) {
        other.all.forEach((key, series) -> all.put(new Key(key.group + suffix, key.metric, key.contender), series));
        other.limits.forEach((key, limit) -> limits.put(new Key(key.group + suffix, key.metric, key.contender), limit));
        other.failures.forEach(each -> failures.add(new Failure(each.group + suffix, each.contender, each.cause)));
    }

    Map<Key, Series> all() {
        return all;
    }

    List<Failure> failures() {
        return failures;
    }

    /** What a figure is compared with, if it is. */
    @Nullable
    String limitOf(Key key) {
        return limits.get(key);
    }

    /** The ratios of a figure to that of another contender, round by round; empty when one was not measured. */
    List<Double> perRound(Key key, String limit) {
        Series own = all.get(key);
        Series other = all.get(new Key(key.group, key.metric, limit));
        List<Double> result = new ArrayList<>();
        if (own != null && other != null) {
            for (int i = 0; i < Math.min(own.rounds.size(), other.rounds.size()); i++) {
                result.add(own.rounds.get(i) / other.rounds.get(i));
            }
        }
        return result;
    }
}
