package io.flame4j.internal.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a parent listens, as runners dial it; see docs/PROTOCOL.md, the ticket. */
public sealed interface WireAddress {

    /**
     * A Unix-domain socket.
     *
     * @param path the socket file
     */
    record Unix(Path path) implements WireAddress {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * A TCP port.
     *
     * @param host a name or address, without brackets
     * @param port the port
     */
    record Tcp(String host, int port) implements WireAddress {
        @Override
        public String toString() {
            return "tcp:" + host + ":" + port;
        }
    }

    /** Reads what {@link #toString()} gives. */
    static WireAddress parse(String text) {
        if (text.startsWith("unix:")) {
            return new Unix(Path.of(text.substring(5)));
        }
        int colon = text.lastIndexOf(':');
        if (text.startsWith("tcp:") && colon > 4) {
            return new Tcp(text.substring(4, colon), Integer.parseInt(text.substring(colon + 1)));
        }
        throw new IllegalArgumentException(
                "The parent's address '" + text + "' is malformed: expected unix:/path or tcp:host:port");
    }

    /** The address to connect to; looks a host name up, which may block. */
    default SocketAddress toSocketAddress() {
        if (this instanceof Unix unix) {
            return UnixDomainSocketAddress.of(unix.path());
        }
        Tcp tcp = (Tcp) this;
        return new InetSocketAddress(tcp.host(), tcp.port());
    }

    /** Dials, blocking for as long as the system tries. */
    default SocketChannel connect() throws IOException {
        return connect(null);
    }

    /** Is told of a connection before it is made, so that the attempt can be ended by closing it. */
    interface Attempt {
        void begun(SocketChannel channel);
    }

    /** The same with somebody who may end it. */
    default SocketChannel connect(@Nullable Attempt attempt) throws IOException {
        SocketChannel channel =
                this instanceof Unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        try {
            if (attempt != null) {
                attempt.begun(channel);
            }
            channel.connect(toSocketAddress());
            tune(channel);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** No delay for small frames, and a watch on peers that vanish without a word. */
    static void tune(SocketChannel channel) throws IOException {
        if (channel.getRemoteAddress() instanceof InetSocketAddress) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        }
    }
}
