package io.flame4j.benchmarks.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The only address that anything here listens at. */
final class Loopback {

    static final String HOST = "127.0.0.1";

    private Loopback() {}

    static InetAddress address() throws IOException {
        return InetAddress.getByName(HOST);
    }

    static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(new InetSocketAddress(address(), port), 1_024);
        return socket;
    }

    /** A port for a library that must be told one. */
    static int freePort() throws IOException {
        try (ServerSocket socket = listen(0)) {
            return socket.getLocalPort();
        }
    }
}
