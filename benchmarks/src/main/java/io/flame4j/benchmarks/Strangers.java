package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Locale;

/**
 * What warm calls and a boot take while somebody who does not belong there is busy at the port. All is on one machine, so
 * that the attacker's own use of the processors is in the figures, and all come from the loopback address, where nobody can
 * be told from a runner by where he comes from: the hardest case.
 */
final class Strangers implements Bench.Measure {

    private static final String GROUP = "strangers";

    @Override
    public String name() {
        return GROUP;
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (int round = 0; round < bench.effort().rounds(); round++) {
            for (Attack.Kind kind : Attack.Kind.values()) {
                int number = round + 1;
                bench.progress(() -> "strangers: " + label(kind) + ", round " + number);
                measure(bench, kind);
            }
        }
        for (Attack.Kind kind : Attack.Kind.values()) {
            if (kind != Attack.Kind.NOBODY) {
                for (String metric : new String[] {"call p50", "call p99", "boot"}) {
                    bench.figures().compare(GROUP, metric, label(kind), label(Attack.Kind.NOBODY));
                }
            }
        }
    }

    private static void measure(Bench bench, Attack.Kind kind) throws Exception {
        int port = freePort();
        try (FlamePool pool = pool("bench-warm", port);
                FlamePool cold = pool("bench-cold", port)) {
            Latency.sample(() -> pool.call(() -> null), bench.effort().warmUp());
            try (Attack attack = Attack.begin(kind, port)) {
                Samples calls = Latency.sample(
                        () -> pool.call(() -> null), bench.effort().callsPerRound());
                bench.figures().add(GROUP, "call p50", label(kind), "µs", calls.micros(0.5));
                bench.figures().add(GROUP, "call p99", label(kind), "µs", calls.micros(0.99));
                long began = System.nanoTime();
                cold.call(() -> null);
                bench.figures().add(GROUP, "boot", label(kind), "ms", (System.nanoTime() - began) / 1e6);
                bench.progress(() -> "strangers: " + attack.connections() + " connections, refused: "
                        + pool.stats().refused());
            }
        }
    }

    private static String label(Attack.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", 0));
            return socket.getLocalPort();
        }
    }

    private static FlamePool pool(String name, int port) {
        return FlamePool.builder(name)
                .max(1)
                .idleShutdownAfter(Duration.ofMinutes(10))
                .backend(new AtPort(
                        ProcessBackend.builder().classArchives(false).build(),
                        new ListenAt.Tcp("127.0.0.1", port, "127.0.0.1")))
                .build();
    }

    /** Runner processes that dial a port which the attacker knows. */
    private record AtPort(Backend backend, ListenAt listenAt) implements Backend {

        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
            return backend.start(spec);
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
