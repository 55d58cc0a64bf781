package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.benchmarks.Figures.Goal;
import io.flame4j.benchmarks.limit.RawHost.Exchange;
import io.flame4j.benchmarks.limit.Transport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How long one call takes that does nothing, on a warm runner, for one caller. */
final class Latency implements Bench.Measure {

    private static final Goal P50_GOAL = Goal.atMost(1.6);

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void run(Bench bench) throws Exception {
        try (Contenders contenders = new Contenders(2)) {
            Map<String, Exchange> exchanges = exchanges(contenders);
            for (Exchange exchange : exchanges.values()) {
                sample(exchange, bench.effort().warmUp());
            }
            try (Spinners spinners = Spinners.start()) {
                bench.progress(() -> "latency: " + spinners.count() + " spinners keep the CPUs awake");
                Optional<Pinning> pinning = Pinning.toOneCpu();
                if (pinning.isPresent()) {
                    Pinning pinned = pinning.get();
                    try (pinned) {
                        rounds(bench, "one CPU, ", exchanges);
                    }
                }
                rounds(bench, "", exchanges);
            }
        }
        compare(bench.figures(), "one CPU, ");
        compare(bench.figures(), "");
    }

    private static Map<String, Exchange> exchanges(Contenders contenders) throws Exception {
        Map<String, Exchange> result = new LinkedHashMap<>();
        for (Transport transport : Transport.values()) {
            String label = Contenders.label(transport);
            FlamePool pool = contenders.pool(transport);
            result.put("raw-" + label, contenders.host(transport).ping());
            result.put("sock-" + label, contenders.host(transport).sock());
            result.put("flame-" + label, () -> pool.call(() -> null));
        }
        return result;
    }

    private static void rounds(Bench bench, String placement, Map<String, Exchange> exchanges) throws Exception {
        for (int round = 0; round < bench.effort().rounds(); round++) {
            int number = round + 1;
            bench.progress(() -> "latency: " + placement + "round " + number);
            for (Map.Entry<String, Exchange> each : exchanges.entrySet()) {
                // The first calls after a change of contender find cold caches.
                sample(each.getValue(), bench.effort().callsPerRound() / 10);
                Samples samples = sample(each.getValue(), bench.effort().callsPerRound());
                bench.figures().add("latency", placement + "p50", each.getKey(), "µs", samples.micros(0.5));
                bench.figures().add("latency", placement + "p99", each.getKey(), "µs", samples.micros(0.99));
            }
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

    private static void compare(Figures figures, String placement) {
        for (String metric : new String[] {placement + "p50", placement + "p99"}) {
            boolean median = metric.endsWith("p50");
            figures.compare("latency", metric, "raw-unix", "raw-tcp", null);
            figures.compare("latency", metric, "sock-tcp", "raw-tcp", null);
            figures.compare("latency", metric, "sock-unix", "raw-unix", null);
            figures.compare("latency", metric, "flame-tcp", "raw-tcp", median ? P50_GOAL : null);
            figures.compare("latency", metric, "flame-unix", "raw-unix", median ? P50_GOAL : null);
        }
    }
}
