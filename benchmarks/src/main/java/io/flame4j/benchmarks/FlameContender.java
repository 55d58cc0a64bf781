package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.ProcessBackendBuilder;
import io.flame4j.benchmarks.limit.Location;
import io.flame4j.benchmarks.limit.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of one runner at most on {@link ProcessBackend}, as a user would build it.
 *
 * @param transport over what
 * @param alone whether runners do without what else is on the class path, as peers do
 */
record FlameContender(Transport transport, boolean alone) implements Contender {

    @Override
    public String label() {
        return "flame-" + transport.label();
    }

    @Override
    public FlameSession open(int callers) {
        return new FlameSession(pool(callers));
    }

    private FlamePool pool(int slots) {
        ProcessBackendBuilder backend = ProcessBackend.builder();
        switch (transport) {
            case UNIX -> backend.transport(ProcessBackend.Transport.UNIX);
            case TCP -> backend.transport(ProcessBackend.Transport.TCP).tls(false);
            case TLS -> backend.transport(ProcessBackend.Transport.TCP).tls(true);
        }
        if (alone) {
            backend.classPath(List.of(
                    Location.of(FlameContender.class),
                    Location.of(FlamePool.class),
                    Location.of(Logger.class),
                    Location.of(LoggerFactory.getILoggerFactory().getClass())));
        }
        return FlamePool.builder("bench-" + transport.label())
                .max(1)
                .maxConcurrency(slots)
                .idleShutdownAfter(Duration.ofMinutes(10))
                .backend(backend.build())
                .build();
    }

    /** With what only a pool can do, besides. */
    record FlameSession(FlamePool pool) implements Session {

        @Override
        public void start() {
            // The first call boots the runner.
        }

        @Override
        public Exchange noOp() {
            FlamePool own = pool;
            return () -> own.call(() -> null);
        }

        @Override
        public Echo echo() {
            FlamePool own = pool;
            return array -> own.call(() -> array);
        }

        @Override
        public Lists lists() {
            FlamePool own = pool;
            return items -> {
                List<Item> argument = new ArrayList<>(items);
                return own.call(() -> argument);
            };
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
