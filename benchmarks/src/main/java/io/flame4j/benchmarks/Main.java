package io.flame4j.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Measures, and prints the table; {@link Options#USAGE} says how it is told what to measure. */
public final class Main {

    private static final List<Bench.Measure> MEASURES = List.of(
            new Latency(),
            new Throughput(),
            new Payload(),
            new ColdStart(),
            new Scheduling(),
            new Allocation(),
            new Strangers());

    private Main() {}

    /** Arguments: see {@link Options#USAGE}. */
    public static void main(String[] args) throws Exception {
        Set<String> names =
                MEASURES.stream().map(Bench.Measure::name).collect(Collectors.toCollection(LinkedHashSet::new));
        if (List.of(args).contains("--help") && !List.of(args).contains("--jmh")) {
            System.out.print(Options.USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(List.of(args), names);
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
        Report report = new Report(measure(options));
        write(report, options);
        new PrintStream(System.out, true, StandardCharsets.UTF_8).print(report.markdown());
    }

    static Figures measure(Options options) throws Exception {
        Figures figures = new Figures();
        Bench bench = new Bench(options.effort(), figures);
        for (Bench.Measure measure : MEASURES) {
            if (options.only().isEmpty() || options.only().contains(measure.name())) {
                measure.run(bench);
            }
        }
        return figures;
    }

    private static void write(Report report, Options options) throws IOException {
        if (options.json() != null) {
            writeFile(options.json(), report.json());
        }
        if (options.out() != null) {
            writeFile(options.out().resolve("bench.json"), report.json());
            writeFile(options.out().resolve("bench.md"), report.markdown());
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
