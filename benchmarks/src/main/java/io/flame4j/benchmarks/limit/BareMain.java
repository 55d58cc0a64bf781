package io.flame4j.benchmarks.limit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The least a runner could do: a JVM that dials back and returns each 64 bytes. It uses nothing but the JDK's channels, so
 * that what it costs is the start of the JVM.
 */
final class BareMain {

    private BareMain() {}

    /** Argument: a port on loopback, or the path of a Unix-domain socket. */
    public static void main(String[] args) throws IOException {
        String address = args[0];
        try (SocketChannel channel = address.charAt(0) == '/'
                ? SocketChannel.open(UnixDomainSocketAddress.of(address))
                : SocketChannel.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(address)))) {
            ByteBuffer frame = ByteBuffer.allocate(64);
            while (channel.read(frame) >= 0) {
                if (!frame.hasRemaining()) {
                    frame.flip();
                    while (frame.hasRemaining()) {
                        channel.write(frame);
                    }
                    frame.clear();
                }
            }
        }
    }
}
