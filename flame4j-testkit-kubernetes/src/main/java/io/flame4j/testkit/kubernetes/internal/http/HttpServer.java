package io.flame4j.testkit.kubernetes.internal.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server on loopback.
 *
 * <p>Threads, all daemons: one accepts; each connection has one that reads requests and handles them, and a stream one
 * more that writes to it. All end in {@link #close()}, which waits for them.
 *
 * <p>The monitor guards which threads and connections there are; no I/O under it but closing sockets.
 */
public final class HttpServer implements AutoCloseable {

    /** Handles requests. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Handles one request. Called on the thread of its connection.
         *
         * @param request what is asked for
         * @param exchange takes the answer
         * @throws IOException when the client is gone
         * @throws InterruptedException when the server is closed
         */
        void handle(HttpRequest request, Exchange exchange) throws IOException, InterruptedException;
    }

    private static final int BACKLOG = 1024;

    private final ServerSocket socket;
    private final String name;
    private final Handler handler;
    private final AtomicInteger number = new AtomicInteger();
    private final Set<Thread> threads = new HashSet<>();
    private final Set<Connection> connections = new HashSet<>();
    private boolean closed;

    /**
     * Starts a server.
     *
     * @param port its port, or 0 for any
     * @param name begins the names of its threads
     * @param handler handles the requests, on several threads
     * @throws IOException when the port is taken
     */
    public HttpServer(int port, String name, Handler handler) throws IOException {
        this(new ServerSocket(), port, name, handler);
    }

    /**
     * Starts a server on a socket of some kind.
     *
     * @param socket is not bound yet; closed with this
     * @param port its port, or 0 for any
     * @param name begins the names of its threads
     * @param handler handles the requests, on several threads
     * @throws IOException when the port is taken
     */
    public HttpServer(ServerSocket socket, int port, String name, Handler handler) throws IOException {
        this.socket = socket;
        this.name = name;
        this.handler = handler;
        socket.setReuseAddress(true);
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        start("accept", this::accept);
    }

    public int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = socket.accept();
                client.setTcpNoDelay(true);
                Connection connection = new Connection(this, client, handler);
                if (!add(connection)) {
                    connection.cut();
                    return;
                }
                start("connection-" + number.incrementAndGet(), () -> serve(connection));
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
                // Of one client, such as one that was gone before it was accepted.
            }
        }
    }

    private void serve(Connection connection) {
        try {
            connection.serve();
        } finally {
            connection.cut();
            remove(connection);
        }
    }

    /** Starts a thread that {@link #close()} interrupts and waits for, unless that has been called already. */
    final boolean start(String role, Runnable task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } finally {
                        synchronized (this) {
                            threads.remove(Thread.currentThread());
                        }
                    }
                },
                name + "-" + role);
        thread.setDaemon(true);
        synchronized (this) {
            if (closed) {
                return false;
            }
            threads.add(thread);
            thread.start();
            return true;
        }
    }

    private synchronized boolean add(Connection connection) {
        return !closed && connections.add(connection);
    }

    private synchronized void remove(Connection connection) {
        connections.remove(connection);
    }

    /**
     * Ends the streams that are open now.
     *
     * @return how many
     */
    public int cutStreams() {
        List<Connection> streams;
        synchronized (this) {
            streams = connections.stream().filter(Connection::isStreaming).toList();
        }
        streams.forEach(Connection::cut);
        return streams.size();
    }

    /** Cuts all connections, and returns when all threads have ended. The port is free then. */
    @Override
    public void close() {
        List<Thread> running;
        List<Connection> open;
        synchronized (this) {
            closed = true;
            running = new ArrayList<>(threads);
            open = new ArrayList<>(connections);
        }
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("The server socket of " + name + " cannot be closed: " + e.getMessage(), e);
        }
        open.forEach(Connection::cut);
        boolean interrupted = false;
        for (Thread thread : running) {
            thread.interrupt();
            while (thread.isAlive() && thread != Thread.currentThread()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
