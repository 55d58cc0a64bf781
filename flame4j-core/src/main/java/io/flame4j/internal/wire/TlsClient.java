package io.flame4j.internal.wire;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The TLS of one who dials. Thread-safe. */
public interface TlsClient {

    /**
     * A fresh engine that knows which side it is.
     *
     * @throws IOException when what this side needs for it cannot be had now
     */
    SSLEngine engine() throws IOException;

    /**
     * Dials, and puts TLS over the connection; the first write shakes hands.
     *
     * <p>The engine is brought as far as its first word before there is a connection. In a fresh JVM that loads the JDK's
     * TLS and makes a key, which takes a quarter of a second of processor time, and many times as long where a pod may use
     * a tenth of a processor; the parent waits only so long for those who have not said who they are.
     */
    default TlsChannel dial(WireAddress address) throws IOException {
        return dial(address, null);
    }

    /** The same with somebody who may end it. */
    default TlsChannel dial(WireAddress address, WireAddress.@Nullable Attempt attempt) throws IOException {
        SSLEngine engine = engine();
        engine.beginHandshake();
        SocketChannel socket = address.connect(attempt);
        try {
            return new TlsChannel(socket, engine, Long.MAX_VALUE);
        } catch (RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }
}
