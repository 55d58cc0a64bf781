package io.flame4j.internal.link;

import io.flame4j.FlameException;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.Tls;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.PeerName;
import io.flame4j.internal.wire.Protocol;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parent's TLS, of one listener. Thread-safe. */
interface TlsServer {

    /**
     * What a place asks for; null when that is nothing. Warns of what leaves the machine in the clear.
     *
     * @param clock monotonic nanoseconds
     * @throws FlameException when there is something wrong with the user's files
     */
    static @Nullable TlsServer of(ListenAt place, LongSupplier clock) {
        if (!(place instanceof ListenAt.Tcp tcp)) {
            return null;
        }
        if (tcp.tls() instanceof Tls.Ephemeral ephemeral) {
            return new EphemeralTls(ephemeral.limits());
        }
        if (tcp.tls() instanceof Tls.Custom custom) {
            return new CustomTls(custom);
        }
        if (tcp.tls() instanceof Tls.Mutual mutual) {
            return new MutualTls(mutual, clock);
        }
        if (!tcp.isLoopback()) {
            Logger log = LoggerFactory.getLogger(TlsServer.class);
            log.warn(
                    "Runners dial {} without TLS: who is on the way can read and change calls and results, and pose as"
                            + " the parent. Use Tls.ephemeral() unless the network encrypts by itself.",
                    tcp.advertisedHost());
        }
        return null;
    }

    /** Begins to prepare what takes a while, on a thread of its own, which ends with that. */
    void prepare();

    /** For a connection; null as long as it cannot be had, which is before any runner is started. Does not block. */
    @Nullable
    SSLEngine engine();

    /** How many bytes are read of one who has not said who it is. */
    default int allowance() {
        return Protocol.MAX_BEFORE_HELLO;
    }

    /** What a runner's certificate must be called; null when runners show none. */
    default @Nullable PeerName runner() {
        return null;
    }

    /**
     * What a runner that is about to be started is told. Blocks until that is known.
     *
     * @throws RunnerBootException when it cannot be had
     */
    ParentTls await() throws InterruptedException;
}
