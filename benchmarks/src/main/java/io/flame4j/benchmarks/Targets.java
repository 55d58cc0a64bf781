package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Figures.Goal;
import io.flame4j.benchmarks.Figures.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is to be reached, as ratios of figures of one run, and whether it is. */
final class Targets {

    /**
     * One of them.
     *
     * @param title what is compared
     * @param key the figure
     * @param limit the contender it is compared with; empty when the figure itself is to reach the goal
     * @param goal what is to be reached
     */
    record Target(String title, Key key, String limit, Goal goal) {}

    /**
     * What came out.
     *
     * @param target what was to be reached
     * @param median the figure
     * @param unit its unit
     * @param ratio the median of its ratios of each round, or that figure
     */
    record Outcome(Target target, double median, String unit, double ratio) {
        boolean held() {
            return target.goal.isMet(ratio);
        }

        /** What is compared with the goal, as it is shown. */
        String compared() {
            return target.limit.isEmpty() ? Report.number(ratio) : String.format(Locale.ROOT, "%.2f", ratio);
        }
    }

    private static final String[] PLACEMENTS = {Placement.ONE_CPU, ""};

    private Targets() {}

    private static List<Target> all() {
        List<Target> all = new ArrayList<>();
        for (String placement : PLACEMENTS) {
            latency(all, placement);
        }
        for (String placement : PLACEMENTS) {
            throughput(all, placement);
        }
        for (int size : new int[] {1 << 20, 64 << 20}) {
            String metric = Payload.metric(size);
            for (String transport : new String[] {"tcp", "unix", "tls"}) {
                String limit = "raw-" + transport;
                add(all, "echo " + metric, "payload", metric, "flame-" + transport, limit, Goal.atLeast(0.9));
            }
        }
        for (String flame : new String[] {"flame-unix", "flame-tcp"}) {
            add(all, Records.METRIC, "records", Records.METRIC, flame, "sock-tcp", Goal.atMost(0.5));
        }
        coldStart(all, "cold-start", "call on an empty pool", 1.3);
        for (String metric : new String[] {ColdStart.RESIDENT, ColdStart.PROPORTIONAL}) {
            add(all, "idle runner, " + metric, "cold-start", metric, "flame-unix", "bare-tcp", Goal.atMost(1.25));
        }
        scale(all);
        coldStart(all, "cold-start" + Main.ON_JDK_25, "call on an empty pool, JDK 25", 1.0);
        return all;
    }

    private static void latency(List<Target> all, String placement) {
        String p50 = placement + "p50";
        String p99 = placement + "p99";
        add(all, "no-op call, " + p50, "latency", p50, "flame-tcp", "raw-tcp", Goal.atMost(1.5));
        add(all, "no-op call, " + p50, "latency", p50, "flame-unix", "raw-tcp", Goal.atMost(1.0));
        add(all, "no-op call, " + p50, "latency", p50, "flame-tls", "raw-tcp", Goal.atMost(2.5));
        for (String flame : new String[] {"flame-tcp", "flame-unix", "flame-tls"}) {
            add(all, "no-op call, " + p99, "latency", p99, flame, "raw-tcp", Goal.atMost(3));
        }
    }

    private static void throughput(List<Target> all, String placement) {
        String metric = placement + Throughput.metric(64);
        for (String flame : new String[] {"flame-tcp", "flame-unix"}) {
            add(all, "calls/s, " + metric, "throughput", metric, flame, "raw-tcp", Goal.atLeast(0.7));
            add(all, "calls/s, " + metric, "throughput", metric, flame, "sock-tcp", Goal.atLeast(2));
        }
    }

    private static void coldStart(List<Target> all, String group, String title, double bound) {
        for (String flame : new String[] {"flame-unix", "flame-tcp"}) {
            add(all, title, group, ColdStart.METRIC, flame, "bare-tcp", Goal.atMost(bound));
        }
        add(all, title, group, ColdStart.METRIC, "flame-tls", "bare-tls", Goal.atMost(bound));
    }

    private static void scale(List<Target> all) {
        String most = "1000 runners, 100000 waiters";
        String decision = "release and grant, median";
        add(all, "scheduler, " + most + ", ns", "scheduler", most, decision, "", Goal.atMost(2_000));
        String many = "200 runners, ";
        String heap = many + "heap for each on the parent";
        add(all, heap, "scale", heap, "parent", "", Goal.atMost(20));
        String calls = many + "200 callers on platform threads, tasks of 15 ms";
        add(all, calls, "scale", calls, "parent", "", Goal.atLeast(10_000));
    }

    private static void add(
            List<Target> all, String title, String group, String metric, String contender, String limit, Goal goal) {
        all.add(new Target(title, new Key(group, metric, contender), limit, goal));
    }

    /** The targets whose figures were measured. */
    static List<Outcome> of(Figures figures) {
        return of(figures, all());
    }

    /** The same of other targets. */
    static List<Outcome> of(Figures figures, List<Target> targets) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Target target : targets) {
            Figures.Series series = figures.all().get(target.key);
            List<Double> ratios = target.limit.isEmpty() && series != null
                    ? series.rounds()
                    : figures.perRound(target.key, target.limit);
            if (series != null && !ratios.isEmpty()) {
                outcomes.add(new Outcome(target, series.median(), series.unit(), Samples.median(ratios)));
            }
        }
        return outcomes;
    }

    static String markdown(List<Outcome> outcomes) {
        StringBuilder out =
                new StringBuilder("| figure | | median | ratio | target | |\n|---|---|---:|---:|---|---|\n");
        for (Outcome each : outcomes) {
            String ratio = each.target.limit.isEmpty()
                    ? ""
                    : String.format(Locale.ROOT, "%.2f × %s", each.ratio, each.target.limit);
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s %s | %s | %s | %s |%n",
                    each.target.title,
                    each.target.key.contender(),
                    Report.number(each.median),
                    each.unit,
                    ratio,
                    each.target.goal,
                    each.held() ? "held" : "**not held**"));
        }
        return out.append('\n').toString();
    }

    static List<Object> json(List<Outcome> outcomes) {
        List<Object> all = new ArrayList<>();
        for (Outcome each : outcomes) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("title", each.target.title);
            entry.put("contender", each.target.key.contender());
            entry.put("median", each.median);
            entry.put("unit", each.unit);
            entry.put("limit", each.target.limit);
            entry.put("ratio", each.ratio);
            entry.put("target", each.target.goal.toString());
            entry.put("held", each.held());
            all.add(entry);
        }
        return all;
    }
}
