package io.flame4j.testkit;

import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network between a pool and its runners that a test can break: wraps a backend whose runners are on this machine, and
 * lets them dial a relay instead of the pool. Each connection can be found by what it is for, and cut or silenced.
 *
 * <pre>{@code
 * LinkProxy network = new LinkProxy(ProcessBackend.create());
 * FlamePool pool = flame.pool().backend(network).build();
 * …
 * network.controls().get(0).cut();
 * }</pre>
 *
 * <p>Under TLS it cannot see what a connection is for, and takes the first one after the start of a runner for its control
 * connection: right as long as runners are started one after the other.
 *
 * <p>As every backend it belongs to one pool, which closes it. Thread-safe. Threads: one accepts, two carry each
 * connection; all are daemons and end with their sockets.
 *
 * @since 0.1
 */
public final class LinkProxy implements Backend {

    private static final Pattern ADDRESS = Pattern.compile("(^|;)address=([^;]*)");

    /** A first message says at this place which kind of connection it opens; see docs/PROTOCOL.md, handshake. */
    private static final int KIND_AT = 5;

    /** The first byte of one who speaks TLS. */
    private static final byte TLS = 22;

    private static final int CONTROL = 1;
    private static final int SLOT = 2;

    private volatile Backend backend;
    private final ServerSocketChannel server;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile @Nullable String upstream;

    /** A runner was started whose first connection has not been seen. */
    private final AtomicBoolean expectsControl = new AtomicBoolean();

    /**
     * Starts a relay.
     *
     * @param backend starts the runners, on this machine; is closed by this
     * @throws UncheckedIOException when this machine has no port left
     */
    public LinkProxy(Backend backend) {
        this.backend = Objects.requireNonNull(backend, "backend");
        try {
            server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept, "accept");
    }

    /**
     * The connections that carry calls, one at a time each. Runners open them when they are needed, and keep them.
     *
     * @return those that are open now, in the order they were opened
     */
    public List<Link> slots() {
        return links(SLOT);
    }

    /**
     * The connections over which runners are told what to do and show that they live, one for each runner.
     *
     * @return those that are open now, in the order they were opened
     */
    public List<Link> controls() {
        return links(CONTROL);
    }

    private List<Link> links(int kind) {
        return links.stream().filter(link -> !link.closed && link.kind == kind).toList();
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
        String ticket =
                Objects.requireNonNull(spec.environment().get(RunnerSpec.PARENT_VARIABLE), RunnerSpec.PARENT_VARIABLE);
        Matcher address = ADDRESS.matcher(ticket);
        if (!address.find()) {
            throw new IllegalArgumentException(RunnerSpec.PARENT_VARIABLE + " has no address");
        }
        upstream = URLDecoder.decode(address.group(2), StandardCharsets.UTF_8);
        expectsControl.set(true);
        String relay = URLEncoder.encode("tcp:127.0.0.1:" + server.socket().getLocalPort(), StandardCharsets.UTF_8);
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.put(
                RunnerSpec.PARENT_VARIABLE,
                ticket.substring(0, address.start(2)) + relay + ticket.substring(address.end(2)));
        return backend.start(
                new RunnerSpec(spec.pool(), spec.runnerId(), environment, spec.bootTimeout(), spec.shutdownTimeout()));
    }

    private static SocketChannel dial(String address) throws IOException {
        if (address.startsWith("unix:")) {
            return SocketChannel.open(UnixDomainSocketAddress.of(Path.of(address.substring("unix:".length()))));
        }
        int colon = address.lastIndexOf(':');
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(
                address.substring("tcp:".length(), colon), Integer.parseInt(address.substring(colon + 1))));
        return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel runner = server.accept();
                runner.setOption(StandardSocketOptions.TCP_NODELAY, true);
                // Runners know of this port only after a start has said where the pool is.
                SocketChannel parent = dial(Objects.requireNonNull(upstream));
                Link link = new Link(runner, parent, expectsControl);
                links.add(link);
                thread(() -> link.carry(runner, parent, true), "up");
                thread(() -> link.carry(parent, runner, false), "down");
            }
        } catch (IOException e) {
            // The end of the proxy, or of the pool behind it.
            close();
        }
    }

    private static void thread(Runnable work, String name) {
        Thread thread = new Thread(work, "link-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * One connection of a runner. Thread-safe.
     *
     * @since 0.1
     */
    public static final class Link {

        private final SocketChannel runner;
        private final SocketChannel parent;
        private final AtomicBoolean expectsControl;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition spoken = lock.newCondition();
        private volatile int kind;
        private volatile boolean closed;
        private volatile boolean holding;

        /** Guarded by {@link #lock}. */
        private boolean silent;

        private Link(SocketChannel runner, SocketChannel parent, AtomicBoolean expectsControl) {
            this.runner = runner;
            this.parent = parent;
            this.expectsControl = expectsControl;
        }

        /** Closes both ends, as a device on the way that forgets the connection. Idempotent. */
        public void cut() {
            closed = true;
            try (runner;
                    parent) {
                // closing is all
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                // Last, so that what was held back stays unsaid.
                unsilence();
            }
        }

        /** Swallows nothing, but passes nothing on until {@link #unsilence()}. */
        public void silence() {
            lock.lock();
            try {
                silent = true;
            } finally {
                lock.unlock();
            }
        }

        /** Passes on what was held back, and what comes. */
        public void unsilence() {
            lock.lock();
            try {
                silent = false;
                spoken.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /**
         * Whether something was sent while it is silent, and is held back.
         *
         * @return whether it was
         */
        public boolean isHolding() {
            return holding;
        }

        private void awaitSpoken() {
            lock.lock();
            try {
                while (silent) {
                    holding = true;
                    spoken.awaitUninterruptibly();
                }
                holding = false;
            } finally {
                lock.unlock();
            }
        }

        private int kindOf(ByteBuffer first) {
            if (first.get(0) == TLS) {
                return expectsControl.getAndSet(false) ? CONTROL : SLOT;
            }
            return first.get(KIND_AT);
        }

        private void carry(SocketChannel from, SocketChannel to, boolean listen) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(64 * 1024);
            try {
                while (from.read(bytes.clear()) >= 0) {
                    bytes.flip();
                    if (listen && kind == 0 && bytes.remaining() > KIND_AT) {
                        // Written at once by the runner, so it comes in one piece over loopback.
                        kind = kindOf(bytes);
                    }
                    awaitSpoken();
                    while (bytes.hasRemaining()) {
                        to.write(bytes);
                    }
                }
            } catch (IOException e) {
                // One side is gone: the other is to hear of it.
            } finally {
                cut();
            }
        }
    }

    /** As the backend behind this. */
    @Override
    public String name() {
        return backend.name();
    }

    /** This, with the pool's own backend behind it. */
    @Override
    public Backend forPool(String pool) {
        backend = backend.forPool(pool);
        return this;
    }

    /** As the backend behind this. */
    @Override
    public Duration lossDetailsWithin() {
        return backend.lossDetailsWithin();
    }

    /** As the backend behind this. */
    @Override
    public void awaitRoom() throws InterruptedException {
        backend.awaitRoom();
    }

    /** As the backend behind this. */
    @Override
    public ListenAt listenAt() {
        return backend.listenAt();
    }

    /** As the backend behind this. */
    @Override
    public int bootParallelism() {
        return backend.bootParallelism();
    }

    /** Cuts all connections, stops accepting others, and closes the backend behind this. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        links.forEach(Link::cut);
        backend.close();
    }
}
