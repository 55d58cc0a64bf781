package io.flame4j.benchmarks;

import io.flame4j.benchmarks.limit.RawHost;
import io.flame4j.benchmarks.limit.Transport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a machine can do without a library: bytes there and back, or JDK-serialized lambdas.
 *
 * @param transport over what
 * @param serialized whether lambdas are sent and run
 */
record LimitContender(Transport transport, boolean serialized) implements Contender {

    @Override
    public String label() {
        return (serialized ? "sock-" : "raw-") + transport.label();
    }

    @Override
    public Session open(int callers) {
        return new LimitSession(transport, serialized, callers + SPARE);
    }

    /** For the other measures of the same session: each takes connections of its own. */
    private static final int SPARE = 5;

    private static final class LimitSession implements Session {

        private final Transport transport;
        private final boolean serialized;
        private final int connections;
        private @Nullable RawHost host;

        LimitSession(Transport transport, boolean serialized, int connections) {
            this.transport = transport;
            this.serialized = serialized;
            this.connections = connections;
        }

        @Override
        public void start() throws IOException {
            host = RawHost.start(transport, connections);
        }

        private RawHost host() {
            if (host == null) {
                throw new IllegalStateException("not started");
            }
            return host;
        }

        @Override
        public Exchange noOp() throws IOException {
            return serialized ? host().sock() : host().ping();
        }

        @Override
        public Echo echo() throws IOException {
            return serialized ? host().sockEcho() : host().echo();
        }

        @Override
        public Lists lists() throws IOException, NotOfferedException {
            if (!serialized) {
                throw new NotOfferedException("bytes only");
            }
            return host().sockLists();
        }

        @Override
        public void close() throws IOException {
            if (host != null) {
                host.close();
            }
        }
    }
}
