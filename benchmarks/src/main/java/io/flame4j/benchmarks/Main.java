package io.flame4j.benchmarks;

import io.flame4j.benchmarks.limit.Transport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Measures, and prints the table; {@link Options#USAGE} says how it is told what to measure. */
public final class Main {

    private static final List<Bench.Measure> MEASURES = List.of(
            new Latency(),
            new Throughput(),
            new Payload(),
            new Records(),
            new ColdStart(),
            new Scheduling(),
            new Allocation(),
            new Strangers(),
            new Scale());

    /** What the groups of figures end with that were taken on another JDK. */
    static final String ON_JDK_25 = " on JDK 25";

    private static final Set<String> OF_CONTENDERS =
            Set.of("latency", "throughput", "payload", "records", "cold-start", "allocation");

    private static final Set<String> OF_WARM_RUNNERS = Set.of("latency", "throughput", "payload", "records");

    private Main() {}

    /** Arguments: see {@link Options#USAGE}. */
    public static void main(String[] args) throws Exception {
        run(List.of(args), List.of(), Set.of());
    }

    /**
     * Measures and reports.
     *
     * @param arguments the command line
     * @param peers contenders beside bare sockets and flame4j
     * @param leftOut measures which are not taken beside them
     */
    public static void run(List<String> arguments, List<? extends Contender> peers, Set<String> leftOut)
            throws Exception {
        Set<String> names = MEASURES.stream()
                .map(Bench.Measure::name)
                .filter(name -> !leftOut.contains(name))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (arguments.contains("--help") && !arguments.contains("--jmh")) {
            System.out.print(Options.USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments, names, !peers.isEmpty());
        } catch (Options.UsageException e) {
            System.err.println("bench: " + e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        if (options.jmh() != null) {
            org.openjdk.jmh.Main.main(options.jmh().toArray(String[]::new));
            return;
        }
        if (options.guard()) {
            Map<String, Bench.Measure> measures =
                    MEASURES.stream().collect(Collectors.toMap(Bench.Measure::name, measure -> measure));
            System.exit(Guard.holds(measures, Effort.GUARD) ? 0 : 1);
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Runs runs = new Runs();
        for (int run = 1; run <= options.runs(); run++) {
            Figures figures = measure(options, peers);
            if (options.transfer() != null) {
                Transfer.write(figures, options.transfer());
                return;
            }
            if (options.otherJdk()) {
                OtherJdk.measure(figures, options);
            }
            runs.add(figures);
            Report report = new Report(figures);
            write(report, options.ofRun(run));
            out.print(report.markdown());
        }
        if (options.runs() > 1) {
            out.print(runs.markdown());
            if (options.out() != null) {
                writeFile(options.out().resolve("runs.md"), runs.markdown());
            }
        }
    }

    /** Limits first. */
    private static List<Contender> contenders(List<? extends Contender> peers, Archives archives) {
        List<Contender> all = new ArrayList<>();
        for (Transport transport : Transport.values()) {
            all.add(new LimitContender(transport, false));
        }
        all.add(new LimitContender(Transport.TCP, true));
        for (Transport transport : Transport.values()) {
            all.add(new FlameContender(transport, archives.folder(), !peers.isEmpty()));
        }
        all.addAll(peers);
        return all;
    }

    static Figures measure(Options options, List<? extends Contender> peers) throws Exception {
        Figures figures = new Figures();
        try (Archives archives = Archives.inNewFolder()) {
            Bench bench = new Bench(options.effort(), figures, contenders(peers, archives));
            if (options.only().stream().anyMatch(OF_CONTENDERS::contains)) {
                archives.make(bench);
            }
            List<Bench.Measure> measures = MEASURES.stream()
                    .filter(measure -> options.only().contains(measure.name()))
                    .toList();
            if (options.effort().shared()) {
                runShared(bench, measures);
            } else {
                for (Bench.Measure measure : measures) {
                    measure.run(bench);
                }
            }
        }
        return figures;
    }

    /** Measures that need warm runners have the same ones, which saves starting and warming them for each. */
    private static void runShared(Bench bench, List<Bench.Measure> measures) throws Exception {
        try (Sessions sessions = Sessions.start(bench, "start", bench.effort().mostCallers())) {
            Bench sharing = new Bench(bench.effort(), bench.figures(), bench.contenders(), sessions);
            for (Bench.Measure measure : measures) {
                if (OF_WARM_RUNNERS.contains(measure.name())) {
                    measure.run(sharing);
                }
            }
        }
        for (Bench.Measure measure : measures) {
            if (!OF_WARM_RUNNERS.contains(measure.name())) {
                measure.run(bench);
            }
        }
    }

    private static void write(Report report, Options options) throws IOException {
        if (options.json() != null) {
            writeFile(options.json(), report.json());
        }
        if (options.out() != null) {
            writeFile(options.out().resolve("bench.json"), report.json());
            writeFile(options.out().resolve("bench.md"), report.markdown());
            for (Map.Entry<String, String> chart : report.charts().entrySet()) {
                writeFile(options.out().resolve(chart.getKey()), chart.getValue());
            }
        }
    }

    private static void writeFile(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, text);
    }
}
