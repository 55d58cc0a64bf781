package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Figures.Goal;
import io.flame4j.benchmarks.Targets.Outcome;
import io.flame4j.benchmarks.Targets.Target;
import io.flame4j.benchmarks.limit.Transport;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A short run that fails when a ratio is far worse than it ever was: two or three times what a busy machine shows, so that noise
 * does not fail it, but something that has become slow all over does. What is out of bounds is measured once more. That archives of
 * classes and lean forms are used at all is held by tests of theirs.
 */
final class Guard {

    private static final String P50 = Placement.ONE_CPU + "p50";
    private static final String CALLS = Placement.ONE_CPU + Throughput.metric(64);
    private static final String ECHO = Payload.metric(1 << 20);

    private static final List<Target> BOUNDS = List.of(
            bound("no-op call, " + P50, "latency", P50, "flame-unix", "raw-tcp", Goal.atMost(3)),
            bound("no-op call, " + P50, "latency", P50, "flame-tcp", "raw-tcp", Goal.atMost(3.5)),
            bound("no-op call, " + P50, "latency", P50, "flame-tls", "raw-tcp", Goal.atMost(10)),
            bound("calls/s, " + CALLS, "throughput", CALLS, "flame-unix", "sock-tcp", Goal.atLeast(1.2)),
            bound("calls/s, " + CALLS, "throughput", CALLS, "flame-tcp", "sock-tcp", Goal.atLeast(1)),
            bound("echo " + ECHO, "payload", ECHO, "flame-unix", "raw-unix", Goal.atLeast(0.3)),
            bound("echo " + ECHO, "payload", ECHO, "flame-tcp", "raw-tcp", Goal.atLeast(0.25)),
            bound(Records.METRIC, "records", Records.METRIC, "flame-unix", "sock-tcp", Goal.atMost(1.2)),
            bound("cold start", "cold-start", ColdStart.METRIC, "flame-unix", "bare-tcp", Goal.atMost(3)),
            bound("idle runner", "cold-start", ColdStart.RESIDENT, "flame-unix", "bare-tcp", Goal.atMost(2)));

    private Guard() {}

    private static Target bound(String title, String group, String metric, String contender, String limit, Goal goal) {
        return new Target(title, new Figures.Key(group, metric, contender), limit, goal);
    }

    private static List<Contender> contenders(Archives archives) {
        List<Contender> all = new ArrayList<>();
        all.add(new LimitContender(Transport.TCP, false));
        all.add(new LimitContender(Transport.UNIX, false));
        all.add(new LimitContender(Transport.TCP, true));
        for (Transport transport : Transport.values()) {
            all.add(new FlameContender(transport, archives.folder(), false));
        }
        return all;
    }

    /** Measures, prints, and says whether all bounds hold. */
    static boolean holds(Map<String, Bench.Measure> measures, Effort effort) throws Exception {
        try (Archives archives = Archives.inNewFolder()) {
            List<Contender> contenders = contenders(archives);
            archives.make(new Bench(effort, new Figures(), contenders));
            Set<String> groups = new LinkedHashSet<>();
            BOUNDS.forEach(bound -> groups.add(bound.key().group()));
            List<String> out = look(measures, groups, effort, contenders);
            if (!out.isEmpty()) {
                System.err.println("bench: once more: " + String.join(", ", out));
                out = look(measures, new LinkedHashSet<>(out), effort, contenders);
            }
            if (!out.isEmpty()) {
                System.err.println("bench: out of bounds twice: " + String.join(", ", out)
                        + ". Something that made flame4j quick is lost, or this machine is not measured by itself."
                        + " ./bench --targets measures more closely.");
            }
            return out.isEmpty();
        }
    }

    /** Which groups are out of bounds. */
    private static List<String> look(
            Map<String, Bench.Measure> measures, Set<String> groups, Effort effort, List<Contender> contenders)
            throws Exception {
        Figures figures = new Figures();
        Bench bench = new Bench(effort, figures, contenders);
        for (String group : groups) {
            Bench.Measure measure = measures.get(group);
            if (measure != null) {
                measure.run(bench);
            }
        }
        List<Outcome> outcomes = Targets.of(figures, bounds(figures));
        System.out.print(Targets.markdown(outcomes));
        Set<String> out = new LinkedHashSet<>();
        for (Outcome outcome : outcomes) {
            if (!outcome.held()) {
                out.add(outcome.target().key().group());
            }
        }
        for (Target bound : bounds(figures)) {
            if (groups.contains(bound.key().group()) && !figures.all().containsKey(bound.key())) {
                System.out.println("not measured here: " + bound.title() + ", "
                        + bound.key().contender());
            }
        }
        if (outcomes.isEmpty()) {
            System.out.println("nothing was measured");
            out.addAll(groups);
        }
        for (Figures.Failure failure : figures.failures()) {
            System.out.println(failure.contender() + " failed in " + failure.group() + ": " + failure.cause());
            out.add(failure.group());
        }
        return new ArrayList<>(out);
    }

    /** On all CPUs where the JVMs cannot be put on one. */
    private static List<Target> bounds(Figures figures) {
        return BOUNDS.stream()
                .map(bound -> {
                    Figures.Key key = bound.key();
                    String anywhere = key.metric().replace(Placement.ONE_CPU, "");
                    boolean pinned = figures.all().containsKey(key);
                    return pinned
                            ? bound
                            : bound(bound.title(), key.group(), anywhere, key.contender(), bound.limit(), bound.goal());
                })
                .toList();
    }
}
