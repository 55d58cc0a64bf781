package io.flame4j.soak;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.SplittableRandom;

/** Runs the soak; {@link Options#USAGE} says how it is told for how long. */
public final class Main {

    private Main() {}

    /** Arguments: see {@link Options#USAGE}. */
    public static void main(String[] args) throws IOException {
        PrintStream told = System.err;
        List<Scenario> scenarios = Scenarios.all();
        List<String> names = scenarios.stream().map(Scenario::name).toList();
        if (List.of(args).contains("--help")) {
            System.out.print(Options.USAGE);
            return;
        }
        if (List.of(args).contains("--list")) {
            scenarios.forEach(each -> System.out.printf("%-20s %s%n", each.name(), each.fault()));
            return;
        }
        Options options;
        try {
            options = Options.parse(List.of(args), names, new SplittableRandom().nextLong() >>> 1);
        } catch (Options.UsageException e) {
            told.println("soak: " + e.getMessage());
            told.print(Options.USAGE);
            System.exit(2);
            return;
        }
        Files.createDirectories(options.out());
        List<String> violations;
        Soak soak = new Soak(options, scenarios, told);
        try (OutputStream file = new BufferedOutputStream(
                        Files.newOutputStream(options.out().resolve("soak.log")));
                LogWatch log = new LogWatch(file)) {
            violations = soak.run(log);
        }
        new PrintStream(System.out, true, StandardCharsets.UTF_8).print(soak.markdown(violations));
        if (!violations.isEmpty()) {
            told.println("soak: " + violations.size() + " things did not hold; " + options.out() + " has all");
            System.exit(1);
        }
    }
}
