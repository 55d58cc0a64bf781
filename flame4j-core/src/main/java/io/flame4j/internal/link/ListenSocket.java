package io.flame4j.internal.link;

import io.flame4j.FlameException;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.Tls;
import io.flame4j.internal.wire.WireAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound server socket and the address that runners dial. */
final class ListenSocket implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(ListenSocket.class);
    private static final int BACKLOG = 1024;

    /** Said once: where it is so, it is so for every pool. */
    private static final AtomicBoolean FELL_BACK = new AtomicBoolean();

    private final ListenAt place;
    private final ServerSocketChannel channel;
    private final WireAddress address;
    private final @Nullable SocketDirectory directory;

    private ListenSocket(
            ListenAt place, ServerSocketChannel channel, WireAddress address, @Nullable SocketDirectory directory) {
        this.place = place;
        this.channel = channel;
        this.address = address;
        this.directory = directory;
    }

    static ListenSocket bind(ListenAt at) {
        try {
            return at instanceof ListenAt.Tcp tcp ? bindTcp(tcp) : bindUnix();
        } catch (IOException e) {
            throw new FlameException(
                    "Cannot listen for runners at " + at + ": " + e.getMessage()
                            + ". Check that the address belongs to this machine and that the port is free.",
                    e);
        }
    }

    private static ListenSocket bindUnix() throws IOException {
        try {
            SocketDirectory directory = SocketDirectory.create();
            ServerSocketChannel channel = null;
            try {
                channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                channel.bind(UnixDomainSocketAddress.of(directory.socket()), BACKLOG);
                return new ListenSocket(
                        ListenAt.unixSocket(), channel, new WireAddress.Unix(directory.socket()), directory);
            } catch (IOException | UnsupportedOperationException e) {
                if (channel != null) {
                    channel.close();
                }
                directory.delete();
                throw e;
            }
        } catch (IOException | UnsupportedOperationException e) {
            if (FELL_BACK.compareAndSet(false, true)) {
                LOG.warn(
                        "No Unix-domain socket here ({}); listening on loopback TCP instead, with TLS, since other users"
                                + " of this machine can connect to that",
                        e.getMessage());
            }
            return bindTcp((ListenAt.Tcp) ListenAt.loopback(Tls.ephemeral()));
        }
    }

    private static ListenSocket bindTcp(ListenAt.Tcp tcp) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(tcp.bindHost(), tcp.port()), BACKLOG);
            int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            return new ListenSocket(tcp, channel, new WireAddress.Tcp(tcp.advertisedHost(), port), null);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Where it listens in fact. */
    ListenAt place() {
        return place;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    WireAddress address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (directory != null) {
            directory.delete();
        }
    }
}
