package io.flame4j.it;

import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.WireAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A network between a pool and its runners that a test can break: wraps a backend that uses TCP, and lets its runners
 * dial a relay instead of the pool. Each connection can be found by what it is for, and cut or silenced.
 *
 * <p>Threads: one accepts, two carry each connection; all end with their sockets.
 */
final class LinkProxy implements Backend {

    private final Backend backend;
    private final ServerSocketChannel server;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile WireAddress upstream;

    LinkProxy(Backend backend) {
        this.backend = backend;
        try {
            server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept, "accept");
    }

    /** The connections that are open now and are of this kind. */
    List<Link> links(Predicate<Hello> kind) {
        return links.stream()
                .filter(link -> !link.closed && link.hello != null && kind.test(link.hello))
                .toList();
    }

    List<Link> slots() {
        return links(Hello.Slot.class::isInstance);
    }

    List<Link> controls() {
        return links(Hello.Control.class::isInstance);
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
        BootTicket ticket = BootTicket.parse(spec.environment().get(RunnerSpec.PARENT_VARIABLE));
        upstream = ticket.address();
        BootTicket rewritten = new BootTicket(
                ticket.pool(),
                ticket.runnerId(),
                new WireAddress.Tcp("127.0.0.1", server.socket().getLocalPort()),
                ticket.token(),
                ticket.version(),
                ticket.javaVersion(),
                ticket.parentPid(),
                ticket.failsafeMillis());
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.put(RunnerSpec.PARENT_VARIABLE, rewritten.encode());
        return backend.start(
                new RunnerSpec(spec.pool(), spec.runnerId(), environment, spec.bootTimeout(), spec.shutdownTimeout()));
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel runner = server.accept();
                SocketChannel parent = upstream.connect();
                WireAddress.tune(runner);
                Link link = new Link(runner, parent);
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

    /** One connection of a runner. {@code lock} guards {@code silent}. */
    static final class Link {

        private final SocketChannel runner;
        private final SocketChannel parent;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition spoken = lock.newCondition();
        private volatile Hello hello;
        private volatile boolean closed;
        private volatile boolean holding;
        private boolean silent;

        private Link(SocketChannel runner, SocketChannel parent) {
            this.runner = runner;
            this.parent = parent;
        }

        Hello hello() {
            return hello;
        }

        /** Closes both ends, as a device on the way that forgets the connection. */
        void cut() {
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
        void silence() {
            lock.lock();
            try {
                silent = true;
            } finally {
                lock.unlock();
            }
        }

        void unsilence() {
            lock.lock();
            try {
                silent = false;
                spoken.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Whether something was sent while it is silent. */
        boolean isHolding() {
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

        private void carry(SocketChannel from, SocketChannel to, boolean listen) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(64 * 1024);
            try {
                while (from.read(bytes.clear()) >= 0) {
                    bytes.flip();
                    if (listen && hello == null) {
                        // Written at once by the runner, so it comes in one piece over loopback.
                        hello = Hello.decode(bytes.duplicate());
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

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public ListenAt listenAt() {
        return backend.listenAt();
    }

    @Override
    public int bootParallelism() {
        return backend.bootParallelism();
    }

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
