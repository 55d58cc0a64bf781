package io.flame4j.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The command line.
 *
 * @param time how long the run goes on; what has begun then is finished
 * @param seed decides what happens, in which order; when it happens is the machine's
 * @param out gets the table, the chart and the log
 * @param scenarios the only faults to inject, without the storm between them; empty for all of it
 */
record Options(Duration time, long seed, Path out, Set<String> scenarios) {

    static final String USAGE = """
            usage: ./soak [--minutes N] [--seed S] [--out DIR] [--scenario NAME]... [--list]

            --minutes N      how long, at least; default 5
            --seed S         repeats the decisions of another run; default is another one each time, which is printed
            --out DIR        gets reliability.md, reliability.json, soak.svg and soak.log; default out/soak
            --scenario NAME  injects this fault alone, again and again; may be there several times
            --list           prints the names
            """;

    /** A longer one nobody waits for. */
    private static final double MOST_MINUTES = Duration.ofDays(30).toMinutes();

    /** Says what is wrong with the command line. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    static Options parse(List<String> arguments, Collection<String> names, long defaultSeed) throws UsageException {
        Duration time = Duration.ofMinutes(5);
        long seed = defaultSeed;
        Path out = Path.of("out", "soak");
        Set<String> scenarios = new LinkedHashSet<>();
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            String argument = rest.next();
            switch (argument) {
                case "--minutes" -> time = minutes(value(argument, rest));
                case "--seed" -> seed = seed(value(argument, rest));
                case "--out" -> out = Path.of(value(argument, rest));
                case "--scenario" -> scenarios.add(value(argument, rest));
                default -> throw new UsageException("unknown argument " + argument);
            }
        }
        for (String name : scenarios) {
            if (!names.contains(name)) {
                throw new UsageException(
                        "--scenario must be one of these, and not " + name + ": " + String.join(", ", names));
            }
        }
        return new Options(time, seed, out, scenarios);
    }

    private static String value(String argument, Iterator<String> rest) throws UsageException {
        if (!rest.hasNext()) {
            throw new UsageException(argument + " needs a value");
        }
        return rest.next();
    }

    private static Duration minutes(String text) throws UsageException {
        try {
            double minutes = Double.parseDouble(text);
            if (minutes > 0 && minutes <= MOST_MINUTES) {
                return Duration.ofMillis(Math.round(minutes * 60_000));
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UsageException(
                "--minutes must be a positive number, at most " + (long) MOST_MINUTES + ", but is " + text);
    }

    private static long seed(String text) throws UsageException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException("--seed must be a whole number, but is " + text);
        }
    }
}
