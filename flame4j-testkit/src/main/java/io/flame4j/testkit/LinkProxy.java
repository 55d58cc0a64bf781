package io.flame4j.testkit;

import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.testkit.FrameCounter.Framing;
import io.flame4j.testkit.LinkFault.Direction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
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
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network between a pool and its runners that a test can break: wraps a backend whose runners are on this machine, and
 * lets them dial a relay instead of the pool. Each connection can be found by what it is for, and do wrong all that
 * {@link LinkFault} knows: be late, narrow, silent, corrupt, broken, now or at a chosen place.
 *
 * <pre>{@code
 * LinkProxy network = new LinkProxy(ProcessBackend.create());
 * FlamePool pool = flame.pool().backend(network).build();
 * …
 * network.controls().get(0).cut();
 * }</pre>
 *
 * <p>Under TLS it cannot see what a connection is for, and takes the first one after the start of a runner for its control
 * connection: right as long as runners are started one after the other. Corruption is found under TLS alone.
 *
 * <p>As every backend it belongs to one pool, which closes it. Thread-safe. Threads: one accepts, four carry each
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

    private volatile Consumer<Link> onOpen = link -> {};

    /** Of the thread that accepts. */
    private int opened;

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

    /**
     * Is shown each connection that a runner opens from now on, before anything is passed on, so that faults can be
     * injected that are there from its first byte.
     *
     * <pre>{@code
     * network.onOpen(link -> link.inject(LinkFault.random(new SplittableRandom(seed + link.number()), 100_000)));
     * }</pre>
     *
     * @param action runs on the thread that reads the connection, which waits for it; must not throw
     * @return this
     */
    public LinkProxy onOpen(Consumer<Link> action) {
        onOpen = Objects.requireNonNull(action, "action");
        return this;
    }

    private List<Link> links(int kind) {
        return links.stream().filter(link -> link.kind == kind).toList();
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
                relay(server.accept());
            }
        } catch (IOException e) {
            // The end of the proxy, or of the pool behind it.
            close();
        }
    }

    private void relay(SocketChannel runner) throws IOException {
        String address = upstream;
        if (address == null) {
            // No runner: those know of this port only after a start has said where the pool is.
            runner.close();
            return;
        }
        SocketChannel parent;
        try {
            runner.setOption(StandardSocketOptions.TCP_NODELAY, true);
            parent = dial(address);
        } catch (IOException e) {
            runner.close();
            throw e;
        }
        Link link = new Link(runner, parent, this, ++opened);
        links.add(link);
        link.open();
        if (!server.isOpen()) {
            // Closed meanwhile, by one who did not know of this connection.
            link.cut();
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
        private final LinkProxy proxy;
        private final int number;
        private final LinkFlow up;
        private final LinkFlow down;
        private final AtomicBoolean closed = new AtomicBoolean();
        private volatile int kind;

        private Link(SocketChannel runner, SocketChannel parent, LinkProxy proxy, int number) {
            this.runner = runner;
            this.parent = parent;
            this.proxy = proxy;
            this.number = number;
            LinkFlow.Ends ends = new LinkFlow.Ends() {
                @Override
                public void cut() {
                    Link.this.cut();
                }

                @Override
                public void reset() {
                    Link.this.reset();
                }
            };
            up = new LinkFlow(Direction.TO_PARENT, ends);
            down = new LinkFlow(Direction.TO_RUNNER, ends);
        }

        private void open() {
            thread(() -> up.read(runner, this::listen), "up");
            thread(() -> up.pass(parent), "up-out");
            thread(() -> down.read(parent, bytes -> {}), "down");
            thread(() -> down.pass(runner), "down-out");
        }

        /**
         * Which connection it is.
         *
         * @return how many this proxy had seen with it, from 1
         */
        public int number() {
            return number;
        }

        /**
         * Whether it is a runner's control connection.
         *
         * @return whether it is; else it carries calls
         */
        public boolean isControl() {
            return kind == CONTROL;
        }

        /**
         * Lets something go wrong, at once or where the fault says. Faults of several kinds add up, and one of a kind takes
         * the place of the one before, once its place is reached.
         *
         * @param fault what
         */
        public void inject(LinkFault fault) {
            Objects.requireNonNull(fault, "fault");
            up.inject(fault);
            down.inject(fault);
        }

        /** Ends all faults that last, forgets those that wait for their place, and passes on what was held back. */
        public void heal() {
            up.heal();
            down.heal();
        }

        /** Closes both ends, as {@link LinkFault#cut()}. Idempotent. */
        public void cut() {
            end(false);
        }

        /** Closes both ends with RST, as {@link LinkFault#reset()}. Idempotent. */
        public void reset() {
            end(true);
        }

        private void end(boolean hard) {
            // First: to whoever comes second it is gone, too.
            proxy.links.remove(this);
            if (!closed.compareAndSet(false, true)) {
                return;
            }
            try (runner;
                    parent) {
                if (hard) {
                    resetOnClose(runner);
                    resetOnClose(parent);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                // Last, so that what was held back stays unsaid.
                up.end();
                down.end();
            }
        }

        private static void resetOnClose(SocketChannel channel) throws IOException {
            if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
                try {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                } catch (ClosedChannelException e) {
                    // It has ended already, and nobody is left to be told.
                }
            }
        }

        /** Passes nothing on until {@link #unsilence()}, as {@link LinkFault#silence()} in both directions. */
        public void silence() {
            up.silence(true);
            down.silence(true);
        }

        /**
         * Passes nothing on in one direction until {@link #unsilence()}.
         *
         * @param direction which
         */
        public void silence(Direction direction) {
            (direction == Direction.TO_PARENT ? up : down).silence(true);
        }

        /** Passes on what was held back, and what comes. */
        public void unsilence() {
            up.silence(false);
            down.silence(false);
        }

        /**
         * Whether something was sent while it is silent, and is held back.
         *
         * @return whether it was
         */
        public boolean isHolding() {
            return up.isHolding() || down.isHolding();
        }

        /** Sees what it is for by the first bytes of the runner, which come in one piece over loopback. */
        private void listen(ByteBuffer bytes) {
            if (kind != 0 || bytes.remaining() <= KIND_AT) {
                return;
            }
            boolean tls = bytes.get(0) == TLS;
            int seen = tls ? (proxy.expectsControl.getAndSet(false) ? CONTROL : SLOT) : bytes.get(KIND_AT);
            Framing framing = tls ? Framing.TLS : seen == CONTROL ? Framing.CONTROL : Framing.SLOT;
            up.framed(tls ? null : Framing.HELLO, framing);
            down.framed(null, framing);
            kind = seen;
            proxy.onOpen.accept(this);
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

    @Override
    public String whyNoRoom() {
        return backend.whyNoRoom();
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
