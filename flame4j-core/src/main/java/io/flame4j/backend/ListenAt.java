package io.flame4j.backend;

import java.util.Objects;

/**
 * Where a parent listens for its runners.
 *
 * @since 0.1
 */
public sealed interface ListenAt {

    /**
     * A Unix-domain socket in a directory that only this user may enter. For runners on the same machine; about half
     * the latency of TCP.
     */
    record UnixSocket() implements ListenAt {}

    /**
     * A TCP port.
     *
     * @param bindHost the local address to bind, such as {@code 127.0.0.1} or {@code 0.0.0.0}
     * @param port the port, 0 for any free one
     * @param advertisedHost the address that runners dial
     */
    record Tcp(String bindHost, int port, String advertisedHost) implements ListenAt {

        /** Checks. */
        public Tcp {
            Objects.requireNonNull(bindHost, "bindHost");
            Objects.requireNonNull(advertisedHost, "advertisedHost");
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be 0 to 65535, but is " + port);
            }
        }
    }

    /**
     * A Unix-domain socket.
     *
     * @return the place
     */
    static ListenAt unixSocket() {
        return new UnixSocket();
    }

    /**
     * Any free TCP port of the loopback address.
     *
     * @return the place
     */
    static ListenAt loopback() {
        return new Tcp("127.0.0.1", 0, "127.0.0.1");
    }
}
