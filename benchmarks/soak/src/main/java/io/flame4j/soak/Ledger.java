package io.flame4j.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table: what was done how often, and what it cost. Used by one thread. */
final class Ledger {

    /** The median of fewer is a single one. */
    static final int LEAST_JUDGED = 3;

    /** One line of it. */
    static final class Row {
        private final String fault;
        private final @Nullable Duration bound;
        private final List<Duration> detections = new ArrayList<>();
        private long injected;
        private long hung;
        private long wrong;
        private long leaked;

        private Row(String fault, @Nullable Duration bound) {
            this.fault = fault;
            this.bound = bound;
        }

        @Nullable
        Duration median() {
            return detections.isEmpty()
                    ? null
                    : detections.stream().sorted().toList().get(detections.size() / 2);
        }

        boolean isSlow() {
            Duration median = median();
            return bound != null && median != null && median.compareTo(bound.plus(Scenario.NOISE)) > 0;
        }

        @Nullable
        Duration worst() {
            return detections.stream().max(Duration::compareTo).orElse(null);
        }
    }

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final List<String> broken = new ArrayList<>();

    void add(String fault, @Nullable Duration bound, StageResult result) {
        Row row = rows.computeIfAbsent(fault, key -> new Row(fault, bound));
        row.injected += result.injected();
        row.hung += result.hung().size();
        row.wrong += result.wrong().size();
        row.leaked += result.leaked().size();
        row.detections.addAll(result.detections());
        result.hung().forEach(what -> broken.add(fault + ": hung: " + what));
        result.wrong().forEach(what -> broken.add(fault + ": " + what));
        result.leaked().forEach(what -> broken.add(fault + ": left behind: " + what));
        result.broken().forEach(what -> broken.add(fault + ": " + what));
    }

    void broken(String what) {
        broken.add(what);
    }

    /** Whether a fault was noticed too late, and so seldom injected that a stall of the machine may be the reason. */
    boolean isInDoubt(String fault) {
        Row row = rows.get(fault);
        return row != null && row.isSlow() && row.detections.size() < LEAST_JUDGED;
    }

    /** All that did not hold. */
    List<String> violations() {
        List<String> all = new ArrayList<>(broken);
        for (Row row : rows.values()) {
            Duration median = row.median();
            Duration worst = row.worst();
            if (row.bound == null || median == null || worst == null) {
                continue;
            }
            if (row.isSlow()) {
                all.add(row.fault + ": noticed after " + median.toMillis() + " ms in the median, and not within "
                        + row.bound.toMillis());
            }
            if (worst.compareTo(row.bound.plus(Scenario.NOISE.multipliedBy(10))) > 0) {
                all.add(row.fault + ": once noticed only after " + worst.toMillis() + " ms, and not within "
                        + row.bound.toMillis());
            }
        }
        return all;
    }

    String markdown() {
        StringBuilder out = new StringBuilder();
        out.append("| fault | times | callers hung | results lost or doubled | leaked | noticed after, median |"
                + " worst | bound |\n|---|--:|--:|--:|--:|--:|--:|--:|\n");
        for (Row row : rows.values()) {
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %d | %d | %d | %s | %s | %s |%n",
                    row.fault,
                    row.injected,
                    row.hung,
                    row.wrong,
                    row.leaked,
                    judged(row.median(), row.bound),
                    judged(row.worst(), row.bound),
                    millis(row.bound)));
        }
        return out.toString().replace("\r\n", "\n");
    }

    private static String judged(@Nullable Duration time, @Nullable Duration bound) {
        return time != null && bound != null && time.compareTo(bound) > 0 ? "**" + millis(time) + "**" : millis(time);
    }

    private static String millis(@Nullable Duration time) {
        return time == null ? "–" : String.format(Locale.ROOT, "%,d ms", time.toMillis());
    }

    List<Map<String, Object>> json() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Row row : rows.values()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("fault", row.fault);
            one.put("times", row.injected);
            one.put("hung", row.hung);
            one.put("lostOrDoubled", row.wrong);
            one.put("leaked", row.leaked);
            one.put("noticedMedianMillis", number(row.median()));
            one.put("noticedWorstMillis", number(row.worst()));
            one.put("boundMillis", number(row.bound));
            all.add(one);
        }
        return all;
    }

    private static double number(@Nullable Duration time) {
        return time == null ? Double.NaN : time.toNanos() / 1e6;
    }
}
