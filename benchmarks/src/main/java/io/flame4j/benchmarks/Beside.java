package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Figures.Key;
import io.flame4j.benchmarks.Figures.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * Contenders side by side, one line for each figure, and by how much flame4j is ahead of the best of the others. These have no
 * TLS, so that flame4j's own figures with it are told, but nothing is to be concluded from one that is behind.
 */
final class Beside {

    private static final Set<String> LESS_IS_BETTER = Set.of("µs", "ms", "MiB");
    private static final List<String> OWN = List.of("flame-unix", "flame-tcp", "flame-tls");

    private final Figures figures;

    Beside(Figures figures) {
        this.figures = figures;
    }

    /** Who is neither a limit nor flame4j. */
    static boolean isPeer(String contender) {
        return !contender.matches("(raw|sock|bare|flame)-.*");
    }

    /** Empty when nobody else was measured. */
    String markdown() {
        Set<String> contenders = new LinkedHashSet<>();
        figures.all().keySet().stream()
                .filter(key -> isSideBySide(key.group()))
                .map(Key::contender)
                .filter(contender -> !contender.startsWith("flame-async"))
                .forEach(contenders::add);
        if (contenders.stream().noneMatch(Beside::isPeer)) {
            return "";
        }
        StringBuilder out = new StringBuilder("| | unit | ")
                .append(String.join(" | ", contenders))
                .append(
                        " | flame-unix ahead of the best peer by | flame-tcp ahead by | flame-tls ahead by |\n|---|---|")
                .append("---:|".repeat(contenders.size() + OWN.size()))
                .append('\n');
        for (Map.Entry<Key, Series> each : firsts().entrySet()) {
            Key key = each.getKey();
            out.append("| ")
                    .append(key.group())
                    .append(", ")
                    .append(key.metric())
                    .append(" | ");
            out.append(each.getValue().unit()).append(" |");
            for (String contender : contenders) {
                out.append(' ').append(cell(key, contender)).append(" |");
            }
            for (String own : OWN) {
                out.append(' ').append(lead(key, each.getValue().unit(), own)).append(" |");
            }
            out.append('\n');
        }
        return out.append('\n').toString();
    }

    private static boolean isSideBySide(String group) {
        return List.of("latency", "throughput", "payload", "records", "cold-start")
                .contains(group);
    }

    /** The first figure of each metric. */
    private Map<Key, Series> firsts() {
        Map<Key, Series> result = new LinkedHashMap<>();
        Set<String> seen = new LinkedHashSet<>();
        figures.all().forEach((key, series) -> {
            if (isSideBySide(key.group()) && seen.add(key.group() + "/" + key.metric())) {
                result.put(key, series);
            }
        });
        return result;
    }

    private Optional<Double> median(Key like, String contender) {
        Series series = figures.all().get(new Key(like.group(), like.metric(), contender));
        return series == null ? Optional.empty() : Optional.of(series.median());
    }

    private String cell(Key key, String contender) {
        Optional<Double> median = median(key, contender);
        if (median.isPresent()) {
            return Report.number(median.get());
        }
        boolean failed = figures.failures().stream()
                .anyMatch(each ->
                        each.group().equals(key.group()) && each.contender().equals(contender));
        return failed ? "failed" : "";
    }

    private String lead(Key key, String unit, String own) {
        boolean less = LESS_IS_BETTER.contains(unit);
        DoubleUnaryOperator cost = value -> less ? value : 1 / value;
        List<String> peers = new ArrayList<>();
        figures.all().keySet().stream()
                .filter(each ->
                        each.group().equals(key.group()) && each.metric().equals(key.metric()))
                .map(Key::contender)
                .filter(Beside::isPeer)
                .forEach(peers::add);
        Optional<Double> mine = median(key, own);
        return peers.stream()
                .min((a, b) -> Double.compare(cost(cost, key, a), cost(cost, key, b)))
                .filter(best -> mine.isPresent())
                .map(best -> {
                    double factor = cost(cost, key, best) / cost.applyAsDouble(mine.get());
                    String text = String.format(Locale.ROOT, "%.2f × (%s)", factor, best);
                    return factor >= 1 ? text : "**" + text + "**";
                })
                .orElse("");
    }

    private double cost(DoubleUnaryOperator cost, Key key, String contender) {
        return cost.applyAsDouble(median(key, contender).orElse(Double.NaN));
    }
}
