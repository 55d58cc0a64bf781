package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.ProcessBackendBuilder;
import io.flame4j.benchmarks.limit.Location;
import io.flame4j.benchmarks.limit.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of one runner at most on {@link ProcessBackend}, as a user would build it.
 *
 * @param transport over what
 * @param archives where runners find an archive of their classes, or have it made; null for starts without
 * @param alone whether runners do without what else is on the class path, as peers do
 */
record FlameContender(Transport transport, @Nullable Path archives, boolean alone) implements Contender {

    @Override
    public String label() {
        return "flame-" + transport.label() + (archives == null ? "-no-archive" : "");
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
        if (archives == null) {
            backend.classArchives(false);
        } else {
            backend.classArchiveDirectory(archives);
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
