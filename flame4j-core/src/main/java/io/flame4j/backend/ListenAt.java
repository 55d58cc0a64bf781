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

    /**
     * A Unix-domain socket in a directory that only this user may enter. For runners on the same machine; about half
     * the latency of TCP. Where that cannot be had, the loopback address is used instead, with {@link Tls#ephemeral()}.
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
}
