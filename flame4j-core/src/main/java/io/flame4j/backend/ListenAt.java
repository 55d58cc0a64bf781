package io.flame4j.backend;

import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a parent listens for its runners.
 *
 * @since 0.1
 */
public sealed interface ListenAt {

    /** How many connections that have not proved themselves yet may be open when nothing else is said. */
    int PENDING_CONNECTIONS = 64;

    /**
     * Most connections that are open and have not proved themselves yet.
     *
     * @return 1 to 4096
     */
    int pendingConnections();

    /**
     * A Unix-domain socket in a directory that only this user may enter. For runners on the same machine; about half
     * the latency of TCP. Where that cannot be had, the loopback address is used instead, with {@link Tls#ephemeral()}.
     *
     * @param pendingConnections as {@link Tcp#pendingConnections()}
     */
    record UnixSocket(int pendingConnections) implements ListenAt {

        /** A Unix-domain socket with {@link #PENDING_CONNECTIONS}. */
        public UnixSocket() {
            this(PENDING_CONNECTIONS);
        }

        /** Checks. */
        public UnixSocket {
            checkPending(pendingConnections);
        }
    }

    /**
     * A TCP port. Pools of this JVM whose backends give equal ones share the port, and the thread that serves it, as long
     * as any of them is open; so a fixed port does for any number of pools.
     *
     * @param bindHost the local address to bind, such as {@code 127.0.0.1} or {@code 0.0.0.0}
     * @param port the port, 0 for any free one
     * @param advertisedHost the address that runners dial
     * @param tls whether what goes over it is encrypted
     * @param pendingConnections most connections that are open and have not proved themselves yet, 1 to 4096. When there
     *     are more, the oldest of the address that has most of them is closed, and dials again. A runner opens up to eight
     *     at a time: with fewer than eight for each runner that may need many slots at once, busy runners take each
     *     other's places
     */
    record Tcp(String bindHost, int port, String advertisedHost, Tls tls, int pendingConnections) implements ListenAt {

        /**
         * A TCP port with {@link #PENDING_CONNECTIONS}.
         *
         * @param bindHost the local address to bind
         * @param port the port, 0 for any free one
         * @param advertisedHost the address that runners dial
         * @param tls whether what goes over it is encrypted
         */
        public Tcp(String bindHost, int port, String advertisedHost, Tls tls) {
            this(bindHost, port, advertisedHost, tls, PENDING_CONNECTIONS);
        }

        private static final Set<String> LOOPBACK = Set.of("localhost", "::1", "[::1]", "0:0:0:0:0:0:0:1");
        private static final Pattern LOOPBACK_V4 = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

        /**
         * A TCP port, with {@link Tls#ephemeral()} unless both hosts are loopback addresses.
         *
         * @param bindHost the local address to bind
         * @param port the port, 0 for any free one
         * @param advertisedHost the address that runners dial
         */
        public Tcp(String bindHost, int port, String advertisedHost) {
            this(
                    bindHost,
                    port,
                    advertisedHost,
                    isLoopback(bindHost) && isLoopback(advertisedHost) ? Tls.none() : Tls.ephemeral());
        }

        /** Checks. */
        public Tcp {
            Objects.requireNonNull(bindHost, "bindHost");
            Objects.requireNonNull(advertisedHost, "advertisedHost");
            Objects.requireNonNull(tls, "tls");
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be 0 to 65535, but is " + port);
            }
            checkPending(pendingConnections);
        }

        /**
         * Whether nobody but this machine can connect, and nothing leaves it. Told by the text; no name is looked up.
         *
         * @return whether both hosts are loopback addresses
         */
        public boolean isLoopback() {
            return isLoopback(bindHost) && isLoopback(advertisedHost);
        }

        private static boolean isLoopback(String host) {
            return LOOPBACK.contains(host.toLowerCase(Locale.ROOT))
                    || LOOPBACK_V4.matcher(host).matches();
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
     * Any free TCP port of the loopback address, without TLS.
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

    private static void checkPending(int connections) {
        if (connections < 1 || connections > 4_096) {
            throw new IllegalArgumentException("pendingConnections must be 1 to 4096, but is " + connections);
        }
    }
}
