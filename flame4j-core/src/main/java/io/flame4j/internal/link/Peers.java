package io.flame4j.internal.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a connection. */
final class Peers {

    private Peers() {}

    /**
     * The address of the other end; IPv4 is IPv4 also where a socket is for both. Null when there is none, as at
     * Unix-domain sockets, or it is gone already.
     */
    static @Nullable InetAddress addressOf(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
        } catch (IOException e) {
            // Gone: there is nothing to tell of it.
            return null;
        }
    }

    /** The same, but null where all peers have one address, so that it tells nothing of who they are. */
    static @Nullable InetAddress telling(@Nullable InetAddress address) {
        return address == null || address.isLoopbackAddress() ? null : address;
    }
}
