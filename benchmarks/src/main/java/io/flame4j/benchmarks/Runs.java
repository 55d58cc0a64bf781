package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Targets.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
        Map<Targets.Target, List<Optional<Outcome>>> byTarget = new LinkedHashMap<>();
        runs.forEach(run -> run.forEach(each -> byTarget.putIfAbsent(each.target(), new ArrayList<>())));
        byTarget.forEach((target, outcomes) -> {
            for (List<Outcome> run : runs) {
                outcomes.add(run.stream()
                        .filter(each -> each.target().equals(target))
                        .findFirst());
            }
        });
        StringBuilder out = new StringBuilder();
        out.append("Targets over ").append(runs.size()).append(" runs in a row, in the order they were made.\n\n");
        out.append("| figure | | median | in each run | target | held in |\n|---|---|---:|---|---|---|\n");
        byTarget.forEach((target, outcomes) -> line(out, target, outcomes));
        return out.append('\n').toString();
    }

    private static void line(StringBuilder out, Targets.Target target, List<Optional<Outcome>> outcomes) {
        List<Outcome> there = outcomes.stream().flatMap(Optional::stream).toList();
        double median = Samples.median(there.stream().map(Outcome::median).toList());
        String each = outcomes.stream()
                .map(outcome -> outcome.map(Outcome::compared).orElse("–"))
                .collect(Collectors.joining(", "));
        long held = there.stream().filter(Outcome::held).count();
        out.append(String.format(
                Locale.ROOT,
                "| %s | %s | %s %s | %s%s | %s | %s |%n",
                target.title(),
                target.key().contender(),
                Report.number(median),
                there.get(0).unit(),
                each,
                target.limit().isEmpty() ? "" : " × " + target.limit(),
                target.goal(),
                held == outcomes.size() ? "all" : "**" + held + " of " + outcomes.size() + "**"));
    }
}
