package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Targets.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The targets over several runs in a row. */
final class Runs {

    private final List<List<Outcome>> runs = new ArrayList<>();

    /** Takes in what one run gave. */
    void add(Figures figures) {
        runs.add(Targets.of(figures));
    }

    /** One line for each target: what each run gave, and in how many it was held. */
    String markdown() {
        Map<Targets.Target, List<Outcome>> byTarget = new LinkedHashMap<>();
        for (List<Outcome> run : runs) {
            for (Outcome each : run) {
                byTarget.computeIfAbsent(each.target(), target -> new ArrayList<>())
                        .add(each);
            }
        }
        StringBuilder out = new StringBuilder();
        out.append("Targets over ").append(runs.size()).append(" runs in a row, in the order they were made.\n\n");
        out.append("| figure | | median | in each run | target | held in |\n|---|---|---:|---|---|---|\n");
        byTarget.values().forEach(outcomes -> line(out, outcomes));
        return out.append('\n').toString();
    }

    private static void line(StringBuilder out, List<Outcome> outcomes) {
        Outcome first = outcomes.get(0);
        double median = Samples.median(outcomes.stream().map(Outcome::median).toList());
        String each = outcomes.stream().map(Outcome::compared).collect(Collectors.joining(", "));
        long held = outcomes.stream().filter(Outcome::held).count();
        out.append(String.format(
                Locale.ROOT,
                "| %s | %s | %s %s | %s%s | %s | %s |%n",
                first.target().title(),
                first.target().key().contender(),
                Report.number(median),
                first.unit(),
                each,
                first.target().limit().isEmpty() ? "" : " × " + first.target().limit(),
                first.target().goal(),
                held == outcomes.size() ? "all" : "**" + held + " of " + outcomes.size() + "**"));
    }
}
