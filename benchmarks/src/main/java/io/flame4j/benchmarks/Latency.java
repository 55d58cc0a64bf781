package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Contender.Exchange;
import java.util.Map;

/** How long one call takes that does nothing, on a warm runner, for one caller. */
final class Latency implements Bench.Measure {

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void run(Bench bench) throws Exception {
        try (Sessions sessions = Sessions.start(bench, name(), 1)) {
            Map<String, Exchange> exchanges = sessions.take(Contender.Session::noOp);
            sessions.each(exchanges, (contender, exchange) -> warmUp(bench, exchange));
            Settled.await(bench, name());
            try (Spinners spinners = Spinners.start()) {
                bench.progress(() -> "latency: " + spinners.count() + " spinners keep the CPUs awake");
                Placement.each(bench, placement -> rounds(bench, placement, sessions, exchanges));
            }
        }
        for (String placement : new String[] {Placement.ONE_CPU, ""}) {
            bench.figures().limit(name(), placement + "p50", "raw-tcp");
            bench.figures().limit(name(), placement + "p99", "raw-tcp");
        }
    }

    private void rounds(Bench bench, String placement, Sessions sessions, Map<String, Exchange> exchanges)
            throws Exception {
        int calls = bench.effort().callsPerRound();
        for (int round = 0; round < bench.effort().rounds(); round++) {
            int number = round + 1;
            bench.progress(() -> "latency: " + placement + "round " + number);
            sessions.each(exchanges, (contender, exchange) -> {
                // The first calls after a change of contender find cold caches.
                sample(exchange, calls / 10);
                Samples samples = sample(exchange, calls);
                bench.figures().add(name(), placement + "p50", contender, "µs", samples.micros(0.5));
                bench.figures().add(name(), placement + "p99", contender, "µs", samples.micros(0.99));
            });
        }
    }

    /** So many calls as the effort says, but slow ones not for ever. */
    static void warmUp(Bench bench, Exchange exchange) throws Exception {
        long end = System.nanoTime() + bench.effort().warmUpSeconds() * 1_000_000_000L;
        for (int i = 0; i < bench.effort().warmUp() && System.nanoTime() < end; i++) {
            exchange.run();
        }
    }

    static Samples sample(Exchange exchange, int calls) throws Exception {
        long[] nanos = new long[calls];
        for (int i = 0; i < calls; i++) {
            long began = System.nanoTime();
            exchange.run();
            nanos[i] = System.nanoTime() - began;
        }
        return new Samples(nanos);
    }
}
