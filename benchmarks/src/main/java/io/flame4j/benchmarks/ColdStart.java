package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.benchmarks.Figures.Goal;
import io.flame4j.benchmarks.limit.BareStart;
import io.flame4j.benchmarks.limit.Transport;

/**
 * From a call on an empty pool to its value, beside a JVM that does nothing but dial back. The pool is built before the
 * clock starts, and its end is not measured either.
 */
final class ColdStart implements Bench.Measure {

    private static final Goal GOAL = Goal.atMost(1.8);

    @Override
    public String name() {
        return "cold-start";
    }

    @Override
    public void run(Bench bench) throws Exception {
        try (BareStart tcp = new BareStart(Transport.TCP);
                BareStart unix = new BareStart(Transport.UNIX)) {
            // Once each for the page cache and for what this JVM loads and compiles.
            tcp.run();
            unix.run();
            flame(Transport.TCP);
            flame(Transport.UNIX);
            for (int i = 0; i < bench.effort().coldStarts(); i++) {
                int number = i + 1;
                bench.progress(() -> "cold-start: " + number);
                add(bench, "bare-tcp", tcp.run());
                add(bench, "flame-tcp", flame(Transport.TCP));
                add(bench, "bare-unix", unix.run());
                add(bench, "flame-unix", flame(Transport.UNIX));
            }
        }
        bench.figures().compare("cold-start", "first call", "flame-tcp", "bare-tcp", GOAL);
        bench.figures().compare("cold-start", "first call", "flame-unix", "bare-unix", GOAL);
    }

    private static long flame(Transport transport) {
        try (FlamePool pool = Contenders.newPool(transport, 1)) {
            long began = System.nanoTime();
            int answer = pool.call(() -> 42);
            long took = System.nanoTime() - began;
            if (answer != 42) {
                throw new IllegalStateException("the call returned " + answer);
            }
            return took;
        }
    }

    private static void add(Bench bench, String contender, long nanos) {
        bench.figures().add("cold-start", "first call", contender, "ms", nanos / 1e6);
    }
}
