package io.flame4j.internal.wire;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** The TLS of one who dials. Thread-safe. */
public interface TlsClient {

    /**
     * TLS over a connected socket. The first write shakes hands.
     *
     * @throws IOException when what this side needs for it cannot be had now
     */
    TlsChannel over(SocketChannel socket) throws IOException;
}
