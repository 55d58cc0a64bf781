package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Figures.Failure;
import io.flame4j.benchmarks.Figures.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells the figures, as a table to read and as JSON to compute with. */
final class Report {

    private final Figures figures;
    private final Map<String, Object> machine;

    Report(Figures figures) {
        this.figures = figures;
        this.machine = machine();
    }

    private static Map<String, Object> machine() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.put("maxHeapMiB", Runtime.getRuntime().maxMemory() >> 20);
        return facts;
    }

    String markdown() {
        StringBuilder out = new StringBuilder();
        out.append("Medians over the rounds; a ratio is the median of the ratios of each round. ")
                .append(machine.get("java"))
                .append(", ")
                .append(machine.get("processors"))
                .append(" processors.\n\n");
        List<Targets.Outcome> targets = Targets.of(figures);
        if (!targets.isEmpty()) {
            out.append(Targets.markdown(targets));
        }
        out.append(new Beside(figures).markdown());
        out.append("| | | median | unit | of the limit |\n|---|---|---:|---|---:|\n");
        String heading = "";
        for (Map.Entry<Figures.Key, Series> each : sorted().entrySet()) {
            Figures.Key key = each.getKey();
            String title = key.group() + ", " + key.metric();
            out.append("| ").append(title.equals(heading) ? "" : title).append(" | ");
            heading = title;
            Series series = each.getValue();
            out.append(key.contender()).append(" | ").append(number(series.median()));
            out.append(" | ")
                    .append(series.unit())
                    .append(" | ")
                    .append(ratio(key))
                    .append(" |\n");
        }
        if (!figures.notes().isEmpty()) {
            out.append('\n');
            figures.notes().forEach(note -> out.append("- ").append(note).append('\n'));
        }
        if (!figures.failures().isEmpty()) {
            out.append("\nFailed:\n\n");
            for (Failure each : figures.failures()) {
                out.append("- ")
                        .append(each.contender())
                        .append(" in ")
                        .append(each.group())
                        .append(": ");
                out.append(each.cause().replaceAll("\\s+", " ")).append('\n');
            }
        }
        return out.toString();
    }

    private String ratio(Figures.Key key) {
        String limit = figures.limitOf(key);
        List<Double> rounds = limit == null ? List.of() : figures.perRound(key, limit);
        return rounds.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f × %s", Samples.median(rounds), limit);
    }

    /** The figures of a metric beside each other, in the order in which the metrics were first measured. */
    private Map<Figures.Key, Series> sorted() {
        Map<String, Map<Figures.Key, Series>> byMetric = new LinkedHashMap<>();
        figures.all()
                .forEach((key, series) -> byMetric.computeIfAbsent(
                                key.group() + "/" + key.metric(), metric -> new LinkedHashMap<>())
                        .put(key, series));
        Map<Figures.Key, Series> result = new LinkedHashMap<>();
        byMetric.values().forEach(result::putAll);
        return result;
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 1_000 ? "%,.0f" : value >= 100 ? "%.0f" : "%.1f", value);
    }

    /** Charts by the names of their files. */
    Map<String, String> charts() {
        return new Charts(figures).all();
    }

    String json() {
        List<Object> all = new ArrayList<>();
        sorted().forEach((key, series) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("group", key.group());
            entry.put("metric", key.metric());
            entry.put("contender", key.contender());
            entry.put("unit", series.unit());
            entry.put("median", series.median());
            entry.put("rounds", series.rounds());
            String limit = figures.limitOf(key);
            if (limit != null) {
                List<Double> rounds = figures.perRound(key, limit);
                entry.put("limit", limit);
                entry.put("ratio", Samples.median(rounds));
                entry.put("ratios", rounds);
            }
            all.add(entry);
        });
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("machine", machine);
        root.put("targets", Targets.json(Targets.of(figures)));
        root.put("figures", all);
        List<Object> failures = new ArrayList<>();
        for (Failure each : figures.failures()) {
            failures.add(Map.of("group", each.group(), "contender", each.contender(), "cause", each.cause()));
        }
        root.put("failures", failures);
        root.put("notes", figures.notes());
        return Json.write(root);
    }
}
