package io.flame4j.benchmarks.limit;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** How two JVMs of the machine reach each other. */
public enum Transport {
    TCP,
    UNIX;

    /** A listening socket with its address as a child is told it. */
    record Listener(ServerSocketChannel channel, String address) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
            if (address.charAt(0) == '/') {
                Path file = Path.of(address);
                Files.deleteIfExists(file);
                Files.deleteIfExists(file.getParent());
            }
        }
    }

    Listener listen() throws IOException {
        if (this == UNIX) {
            Path file = Files.createTempDirectory("flame4j-bench").resolve("s");
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(file), 256);
            return new Listener(channel, file.toString());
        }
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.bind(loopback(0), 256);
        return new Listener(channel, Integer.toString(channel.socket().getLocalPort()));
    }

    static SocketChannel dial(String address) throws IOException {
        if (address.charAt(0) == '/') {
            return SocketChannel.open(UnixDomainSocketAddress.of(address));
        }
        return tune(SocketChannel.open(loopback(Integer.parseInt(address))));
    }

    private static InetSocketAddress loopback(int port) throws IOException {
        return new InetSocketAddress(Inet4Address.getByAddress(new byte[] {127, 0, 0, 1}), port);
    }

    static SocketChannel tune(SocketChannel channel) throws IOException {
        if (channel.getLocalAddress() instanceof InetSocketAddress) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        return channel;
    }
}
