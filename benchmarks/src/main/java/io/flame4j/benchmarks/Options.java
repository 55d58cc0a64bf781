package io.flame4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param effort how much to measure
 * @param only the measures to take
 * @param runs how often all of it is done
 * @param guard whether bounds are checked, and nothing else
 * @param otherJdk whether cold starts are measured on JDK 25, too, if there is one
 * @param transfer where figures go for another run, and nothing else is written
 * @param json where the JSON goes, if anywhere
 * @param out the folder that gets the JSON and the table, if any does
 * @param jmh what JMH is told; null when it is not to run
 */
record Options(
        Effort effort,
        Set<String> only,
        int runs,
        boolean guard,
        boolean otherJdk,
        @Nullable Path transfer,
        @Nullable Path json,
        @Nullable Path out,
        @Nullable List<String> jmh) {

    static final String USAGE = """
            usage: ./bench [--quick | --mini] [--targets] [--runs N] [--rounds N] [--only NAME]...
                           [--json FILE] [--out DIR]
                   ./bench --peers [the same]
                   ./bench --guard
                   ./bench --jmh [JMH's own arguments]

            --quick      a few minutes less; --mini only goes through the motions
            --targets    what the targets are about, and cold starts on JDK 25, too, where JAVA_HOME_25 names one or
                         a folder *25* of /usr/lib/jvm has it
            --guard      about a minute; ends with 1 when a ratio is far worse than it ever was
            --peers      beside other libraries that run closures in other JVMs; must come first
            --runs N     all of it so many times in a row; at the end, the targets with what each run gave
            --rounds N   how often each measure is taken
            --only NAME  latency, throughput, payload, records, cold-start, scheduler, allocation, strangers or
                         scale
            --json FILE  writes the figures as JSON; those of the last run
            --out DIR    writes bench.json, bench.md and charts into DIR; of several runs, into DIR/1, DIR/2, …, and
                         runs.md
            """;

    /** Says what is wrong with the command line. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    private static final Set<String> OF_TARGETS =
            Set.of("latency", "throughput", "payload", "records", "cold-start", "scheduler", "scale");

    static Options parse(List<String> arguments, Set<String> names, boolean peers) throws UsageException {
        Effort effort = peers ? Effort.PEERS : Effort.FULL;
        int rounds = 0;
        int runs = 1;
        boolean targets = false;
        boolean guard = false;
        Set<String> only = new LinkedHashSet<>();
        Path transfer = null;
        Path json = null;
        Path out = null;
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            String argument = rest.next();
            switch (argument) {
                case "--quick" -> effort = peers ? Effort.PEERS_QUICK : Effort.QUICK;
                case "--mini" -> effort = Effort.MINI;
                case "--targets" -> targets = true;
                case "--guard" -> guard = true;
                case "--rounds" -> rounds = number(argument, value(argument, rest));
                case "--runs" -> runs = number(argument, value(argument, rest));
                case "--only" -> only.add(value(argument, rest));
                case "--transfer" -> transfer = Path.of(value(argument, rest));
                case "--json" -> json = Path.of(value(argument, rest));
                case "--out" -> out = Path.of(value(argument, rest));
                case "--jmh" -> {
                    List<String> jmh = new ArrayList<>();
                    rest.forEachRemaining(jmh::add);
                    return new Options(effort, only, 1, false, false, null, json, out, jmh);
                }
                default -> throw new UsageException("unknown argument " + argument);
            }
        }
        for (String name : only) {
            if (!names.contains(name)) {
                throw new UsageException("there is no measure " + name + ", but " + String.join(", ", names));
            }
        }
        Set<String> chosen = new LinkedHashSet<>(only.isEmpty() ? names : only);
        if (targets) {
            chosen.retainAll(OF_TARGETS);
        }
        if (runs > 1 && guard) {
            throw new UsageException("--guard is one run, and --runs has no part in it");
        }
        boolean otherJdk = targets && chosen.contains("cold-start");
        return new Options(
                rounds == 0 ? effort : effort.withRounds(rounds),
                chosen,
                runs,
                guard,
                otherJdk,
                transfer,
                json,
                out,
                null);
    }

    /** The same with a folder of its own for one of several runs. */
    Options ofRun(int run) {
        Path folder = out == null || runs == 1 ? out : out.resolve(Integer.toString(run));
        return new Options(effort, only, runs, guard, otherJdk, transfer, json, folder, jmh);
    }

    private static String value(String argument, Iterator<String> rest) throws UsageException {
        if (!rest.hasNext()) {
            throw new UsageException(argument + " needs a value");
        }
        return rest.next();
    }

    private static int number(String argument, String text) throws UsageException {
        try {
            int number = Integer.parseInt(text);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UsageException(argument + " must be a number from 1 on, but is " + text);
    }
}
