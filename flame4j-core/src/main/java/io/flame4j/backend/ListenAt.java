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
     * A TCP port. Pools of this JVM whose backends give equal ones share the port, and the thread that serves it, as long
     * as any of them is open; so a fixed port does for any number of pools.
     *
     * @param bindHost the local address to bind, such as {@code 127.0.0.1} or {@code 0.0.0.0}
     * @param port the port, 0 for any free one
     * @param advertisedHost the address that runners dial
     * @param tls whether what goes over it is encrypted
     */
    record Tcp(String bindHost, int port, String advertisedHost, Tls tls) implements ListenAt {

        /**
         * A TCP port without TLS.
         *
         * @param bindHost the local address to bind
         * @param port the port, 0 for any free one
         * @param advertisedHost the address that runners dial
         */
        public Tcp(String bindHost, int port, String advertisedHost) {
            this(bindHost, port, advertisedHost, Tls.none());
        }

        /** Checks. */
        public Tcp {
            Objects.requireNonNull(bindHost, "bindHost");
            Objects.requireNonNull(advertisedHost, "advertisedHost");
            Objects.requireNonNull(tls, "tls");
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
        return loopback(Tls.none());
    }

    /**
     * Any free TCP port of the loopback address.
     *
     * @param tls whether what goes over it is encrypted
     * @return the place
     */
    static ListenAt loopback(Tls tls) {
        return new Tcp("127.0.0.1", 0, "127.0.0.1", tls);
    }
}
