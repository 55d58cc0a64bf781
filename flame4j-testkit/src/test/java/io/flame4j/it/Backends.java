package io.flame4j.it;

import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.backend.Backend;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.ProcessBackend;
import java.util.concurrent.atomic.AtomicInteger;

/** The backends that every behaviour must hold on. */
enum Backends {
    LOCAL,
    PROCESS_UNIX,
    PROCESS_TCP,
    PROCESS_TLS;

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    Backend create() {
        return switch (this) {
            case LOCAL -> LocalBackend.create();
            case PROCESS_UNIX -> process(ProcessBackend.Transport.UNIX);
            case PROCESS_TCP -> process(ProcessBackend.Transport.TCP);
            case PROCESS_TLS -> ProcessBackend.builder().heap("64m").tls(true).build();
        };
    }

    /** A builder with a name of its own and small runners. */
    FlamePoolBuilder pool() {
        return FlamePool.builder("it-" + NUMBERS.incrementAndGet()).backend(create());
    }

    private static Backend process(ProcessBackend.Transport transport) {
        return ProcessBackend.builder().heap("64m").transport(transport).build();
    }
}
