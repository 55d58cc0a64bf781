package io.flame4j.benchmarks.limit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** How two JVMs of the machine reach each other. */
public enum Transport {
    TCP,
    UNIX,
    /** TLS 1.3 over TCP, by the JDK's own sockets. */
    TLS;

    private static final int BACKLOG = 1_024;

    /** Takes the next connection. */
    interface Accept {
        ByteChannel next() throws IOException;
    }

    /** A listening socket with its address as a child is told it. */
    record Listener(Accept accept, Closeable socket, String address) implements AutoCloseable {

        /** The next connection, of a process that may end before it makes one. */
        ByteChannel acceptFrom(Process process) throws IOException {
            CompletableFuture<Void> unused = process.onExit().thenAccept(ended -> {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            try {
                return accept.next();
            } catch (IOException e) {
                throw process.isAlive()
                        ? e
                        : new IOException("the JVM that should connect ended with exit code " + process.exitValue(), e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
            if (address.charAt(0) == '/') {
                Path file = Path.of(address);
                Files.deleteIfExists(file);
                Files.deleteIfExists(file.getParent());
            }
        }
    }

    /** As names of contenders have it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Listener listen() throws IOException {
        return switch (this) {
            case UNIX -> {
                Path file = Files.createTempDirectory("flame4j-bench").resolve("s");
                ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                channel.bind(UnixDomainSocketAddress.of(file), BACKLOG);
                yield new Listener(channel::accept, channel, file.toString());
            }
            case TCP -> {
                ServerSocketChannel channel = ServerSocketChannel.open();
                channel.bind(new InetSocketAddress(loopback(), 0), BACKLOG);
                yield new Listener(
                        () -> tune(channel.accept()),
                        channel,
                        Integer.toString(channel.socket().getLocalPort()));
            }
            case TLS -> {
                TlsIdentity identity = TlsIdentity.create();
                ServerSocket socket = identity.listen(loopback(), BACKLOG);
                yield new Listener(
                        () -> new TlsSocket(socket.accept()),
                        () -> {
                            socket.close();
                            identity.close();
                        },
                        identity.address(socket.getLocalPort()));
            }
        };
    }

    static ByteChannel dial(String address) throws IOException {
        if (address.charAt(0) == '/') {
            return SocketChannel.open(UnixDomainSocketAddress.of(address));
        }
        if (TlsIdentity.isAddress(address)) {
            return TlsIdentity.dial(loopback(), address);
        }
        return tune(SocketChannel.open(new InetSocketAddress(loopback(), Integer.parseInt(address))));
    }

    private static InetAddress loopback() throws IOException {
        return Inet4Address.getByAddress(new byte[] {127, 0, 0, 1});
    }

    private static SocketChannel tune(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }
}
