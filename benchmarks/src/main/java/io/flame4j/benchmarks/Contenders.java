package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.benchmarks.limit.RawHost;
import io.flame4j.benchmarks.limit.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Pools with one runner, and bare peers, of both transports; started when they are first asked for. */
final class Contenders implements Closeable {

    private final int connections;
    private final Map<Transport, RawHost> hosts = new EnumMap<>(Transport.class);
    private final Map<Transport, FlamePool> pools = new EnumMap<>(Transport.class);
    private final Deque<Closeable> open = new ArrayDeque<>();

    /** With as many connections to each bare peer, and slots on each runner. */
    Contenders(int connections) {
        this.connections = connections;
    }

    RawHost host(Transport transport) throws IOException {
        RawHost host = hosts.get(transport);
        if (host == null) {
            host = RawHost.start(transport, connections);
            hosts.put(transport, host);
            open.push(host);
        }
        return host;
    }

    FlamePool pool(Transport transport) {
        FlamePool pool = pools.get(transport);
        if (pool == null) {
            pool = newPool(transport, connections);
            pools.put(transport, pool);
            open.push(pool::close);
        }
        return pool;
    }

    /** A pool of at most one runner, as a user would build it. */
    static FlamePool newPool(Transport transport, int slots) {
        ProcessBackend.Transport own =
                transport == Transport.UNIX ? ProcessBackend.Transport.UNIX : ProcessBackend.Transport.TCP;
        return FlamePool.builder("bench-" + label(transport))
                .max(1)
                .maxConcurrency(slots)
                .idleShutdownAfter(Duration.ofMinutes(10))
                .backend(ProcessBackend.builder().transport(own).build())
                .build();
    }

    static String label(Transport transport) {
        return transport.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
