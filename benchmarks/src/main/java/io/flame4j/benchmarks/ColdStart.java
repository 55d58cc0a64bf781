package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Contender.Exchange;
import io.flame4j.benchmarks.Contender.Session;
import io.flame4j.benchmarks.limit.BareStart;
import io.flame4j.benchmarks.limit.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * From a call for which there is no runner to its value, beside a JVM that does nothing but dial back; then what memory
 * the runner has, idle. What a parent has without a runner is made before the clock starts, and the end is not measured
 * either.
 */
final class ColdStart implements Bench.Measure {

    static final String METRIC = "first call";
    static final String RESIDENT = "resident memory";
    static final String PROPORTIONAL = "proportional share of memory";

    private static final long IDLE_MILLIS = 500;

    @Override
    public String name() {
        return "cold-start";
    }

    @Override
    public void run(Bench bench) throws Exception {
        List<Contender> all = new ArrayList<>(List.of(new Bare(Transport.TCP)));
        if (bench.effort().free()) {
            all.add(new Bare(Transport.UNIX));
            all.add(new Bare(Transport.TLS));
            all.add(new FlameContender(Transport.UNIX, null, false));
        }
        bench.contenders().stream()
                .filter(each -> !each.label().startsWith("raw-"))
                .forEach(all::add);
        // Once for the page cache and for what this JVM loads and compiles.
        for (Contender each : List.copyOf(all)) {
            if (!Sessions.guarded(bench, name(), each.label(), () -> once(bench, each, false))) {
                all.remove(each);
            }
        }
        for (int i = 0; i < bench.effort().coldStarts(); i++) {
            int number = i + 1;
            bench.progress(() -> "cold-start: " + number);
            for (Contender each : List.copyOf(all)) {
                if (!Sessions.guarded(bench, name(), each.label(), () -> once(bench, each, true))) {
                    all.remove(each);
                }
            }
        }
        limits(bench.figures(), name());
    }

    /** What the figures of a group of cold starts are compared with. */
    static void limits(Figures figures, String group) {
        for (String metric : List.of(METRIC, RESIDENT, PROPORTIONAL)) {
            figures.limit(group, metric, "bare-tcp");
        }
        figures.compare(group, METRIC, "flame-unix", "bare-unix");
        figures.compare(group, METRIC, "flame-tls", "bare-tls");
    }

    private void once(Bench bench, Contender contender, boolean note) throws Exception {
        Set<Long> before = children();
        try (Session session = contender.open(1)) {
            long began = System.nanoTime();
            session.start();
            session.noOp().run();
            long took = System.nanoTime() - began;
            if (!note) {
                return;
            }
            bench.figures().add(name(), METRIC, contender.label(), "ms", took / 1e6);
            Set<Long> runner = children();
            runner.removeAll(before);
            if (runner.size() == 1) {
                // So that it is idle.
                Thread.sleep(IDLE_MILLIS);
                Memory.of(runner.iterator().next()).ifPresent(memory -> {
                    bench.figures().add(name(), RESIDENT, contender.label(), "MiB", memory.residentMiB());
                    bench.figures().add(name(), PROPORTIONAL, contender.label(), "MiB", memory.proportionalMiB());
                });
            }
        }
    }

    private static Set<Long> children() {
        return ProcessHandle.current()
                .children()
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    /** A JVM that dials back and does nothing else. */
    private record Bare(Transport transport) implements Contender {

        @Override
        public String label() {
            return "bare-" + transport.label();
        }

        @Override
        public Session open(int callers) throws Exception {
            return new BareSession(new BareStart(transport));
        }
    }

    private record BareSession(BareStart bare) implements Session {

        @Override
        public void start() throws Exception {
            bare.run();
        }

        @Override
        public Exchange noOp() {
            return () -> {};
        }

        @Override
        public void close() throws Exception {
            bare.close();
        }
    }
}
