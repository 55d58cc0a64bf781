package io.flame4j.internal.link;

import io.flame4j.backend.ListenAt;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.WireAddress;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts runners, checks that they are who they say, reads their control connections and keeps the heartbeats, for all
 * pools that have a {@link RunnerPort} of it. One thread does all of it and owns every field that is not final or said to
 * be another's; the other threads only use {@link #admission()}, {@link ControlChannel#send} and what {@link RunnerPort}
 * does. A connection that has not proved itself costs no thread.
 */
final class RunnerListener {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerListener.class);

    /** Most connections that have not proved themselves yet; more wait in the system's backlog. */
    private static final int MAX_STRANGERS = 64;

    private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

    private final ListenSocket socket;
    private final Selector selector;
    private final SelectionKey acceptKey;
    private final Admission admission;
    private final LongSupplier clock;
    private final Consumer<RunnerListener> onEnd;
    private final Thread thread;

    /** The pools. Changed under its own monitor; nobody joins once it has been empty. */
    private final CopyOnWriteArrayList<RunnerPort> ports = new CopyOnWriteArrayList<>();

    /** Pools that have left and may still have connections. */
    private final Queue<RunnerPort> leaving = new ConcurrentLinkedQueue<>();

    /** A pool has come or gone. */
    private volatile boolean portsChanged;

    /** Nobody joins any more, and the thread ends. Written under the monitor of {@link #ports}. */
    private volatile boolean closed;

    /** Everything is closed. Guarded by {@link #ports}. */
    private boolean over;

    /** Null when connections are not under TLS. */
    private final @Nullable TlsServer tls;

    private final @Nullable HandshakeTasks handshakes;

    private final List<HandOver> handOvers = new ArrayList<>();
    private final RefusalLog refusals;

    /** The keys of connections that have not proved themselves yet, the oldest first. */
    private final Set<SelectionKey> strangers = new LinkedHashSet<>();

    private long nextPass;

    /** When to accept connections again after that has failed; 0 when it has not. */
    private long acceptAgainAt;

    private RunnerListener(
            ListenSocket socket,
            @Nullable TlsServer tls,
            String threadName,
            LongSupplier clock,
            Consumer<RunnerListener> onEnd)
            throws IOException {
        this.socket = socket;
        this.tls = tls;
        this.handshakes = tls == null ? null : new HandshakeTasks(threadName + "-tls");
        this.clock = clock;
        this.onEnd = onEnd;
        this.admission = new Admission();
        this.refusals = new RefusalLog(socket.address());
        selector = Selector.open();
        socket.channel().configureBlocking(false);
        acceptKey = socket.channel().register(selector, SelectionKey.OP_ACCEPT);
        thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
    }

    /**
     * Binds and begins to listen.
     *
     * @param at where
     * @param pool the name of the first pool
     * @param heartbeatNanos how often each of that pool's runners is told that the parent is there
     * @param clock monotonic nanoseconds
     * @param onEnd is called by the listener's thread when it has ended, and its socket is gone
     * @return the first pool's part
     */
    static RunnerPort start(
            ListenAt at, String pool, long heartbeatNanos, LongSupplier clock, Consumer<RunnerListener> onEnd) {
        ListenSocket socket = ListenSocket.bind(at);
        try {
            TlsServer tls = TlsServer.of(socket.place(), clock);
            if (tls != null) {
                tls.prepare();
            }
            RunnerListener listener = new RunnerListener(socket, tls, threadName(socket, pool), clock, onEnd);
            RunnerPort port = new RunnerPort(listener, heartbeatNanos);
            listener.ports.add(port);
            listener.nextPass = clock.getAsLong() + listener.passNanos();
            listener.thread.start();
            return port;
        } catch (IOException e) {
            closeQuietly(socket);
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            closeQuietly(socket);
            throw e;
        }
    }

    private static String threadName(ListenSocket socket, String pool) {
        return socket.address() instanceof WireAddress.Tcp tcp
                ? "flame4j-listener-" + tcp.port()
                : "flame4j-" + pool + "-listener";
    }

    /** Takes another pool in; null when this is ending, or has failed. */
    @Nullable
    RunnerPort open(long heartbeatNanos) {
        synchronized (ports) {
            if (closed) {
                return null;
            }
            RunnerPort port = new RunnerPort(this, heartbeatNanos);
            ports.add(port);
            portsChanged = true;
            selector.wakeup();
            return port;
        }
    }

    /** A pool has no more use for this. Idempotent. */
    void leave(RunnerPort port) {
        admission.forgetAll(port);
        synchronized (ports) {
            if (!ports.remove(port)) {
                return;
            }
            leaving.add(port);
            closed |= ports.isEmpty();
            if (over) {
                port.gone();
            }
        }
        selector.wakeup();
    }

    /** Where runners dial. */
    WireAddress address() {
        return socket.address();
    }

    /** As {@link RunnerPort#tls()}. */
    @Nullable
    ParentTls tls() throws InterruptedException {
        return tls == null ? null : tls.await();
    }

    /** Who may come in. */
    Admission admission() {
        return admission;
    }

    /** Twice in the shortest of the heartbeats; as long as there is a pool. */
    private long passNanos() {
        long shortest = Long.MAX_VALUE;
        for (RunnerPort port : ports) {
            shortest = Math.min(shortest, port.heartbeatNanos());
        }
        return shortest / 2;
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(Math.max(1, untilDue(clock.getAsLong()) / 1_000_000 + 1));
                if (closed) {
                    return;
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
                resumeHandshakes();
                handOver();
                long now = clock.getAsLong();
                followPorts(now);
                dropSilentStrangers(now);
                acceptAgain(now);
                if (now - nextPass >= 0) {
                    pass(now);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            if (!closed) {
                LOG.error("The listener for runners at {} failed; runners cannot connect any more", address(), e);
            }
        } finally {
            closeAll();
        }
    }

    /** Lets go of what belongs to pools that have left, and keeps time for those that have come. */
    private void followPorts(long now) {
        for (RunnerPort port = leaving.poll(); port != null; port = leaving.poll()) {
            for (SelectionKey key : new ArrayList<>(selector.keys())) {
                if (key.attachment() instanceof ControlChannel control && control.port() == port) {
                    closeKey(key);
                }
            }
            port.gone();
        }
        if (portsChanged) {
            portsChanged = false;
            nextPass = Math.min(nextPass, now + passNanos());
        }
    }

    private long untilDue(long now) {
        long rest = nextPass - now;
        if (acceptAgainAt != 0) {
            rest = Math.min(rest, acceptAgainAt - now);
        }
        for (SelectionKey oldest : strangers) {
            return Math.min(rest, ((Stranger) oldest.attachment()).deadline() - now);
        }
        return rest;
    }

    private void serve(SelectionKey key) {
        try {
            if (!key.isValid()) {
                return;
            }
            if (key == acceptKey) {
                accept();
            } else if (key.attachment() instanceof Stranger stranger) {
                listenTo(stranger, key);
            } else if (key.attachment() instanceof ControlChannel control) {
                if (key.isReadable()) {
                    control.read(clock.getAsLong());
                }
                if (key.isValid() && key.isWritable()) {
                    control.flush();
                }
            }
        } catch (IOException | CancelledKeyException e) {
            drop(key, String.valueOf(e.getMessage()), false);
        } catch (RuntimeException | Error e) {
            if (key.attachment() instanceof Stranger) {
                // Anybody can be one, and must not fill the log: it is refused and counted with the others.
                LOG.debug("Unexpected failure while listening to a stranger; closing its connection", e);
            } else {
                LOG.error("Unexpected failure while serving a runner's connection; closing it", e);
            }
            drop(key, e.toString(), false);
        }
    }

    private void listenTo(Stranger stranger, SelectionKey key) throws IOException {
        switch (stranger.read()) {
            case WAITING -> {}
            case TASKS -> {
                key.interestOps(0);
                Objects.requireNonNull(handshakes).run(stranger.tls()::runTasks, key);
            }
            case INTRODUCED -> admit(key, stranger);
        }
    }

    private void resumeHandshakes() {
        for (SelectionKey key = nextHandshake(); key != null; key = nextHandshake()) {
            if (key.isValid()) {
                key.interestOps(SelectionKey.OP_READ);
                serve(key);
            }
        }
    }

    private @Nullable SelectionKey nextHandshake() {
        return handshakes == null ? null : handshakes.poll();
    }

    private void accept() {
        while (strangers.size() < MAX_STRANGERS) {
            SocketChannel channel;
            try {
                channel = socket.channel().accept();
            } catch (IOException | RuntimeException | Error e) {
                // Out of file descriptors, most likely. The connection stays in the backlog and would wake us at once.
                LOG.warn("Could not accept a connection at {}, trying again soon: {}", address(), e.toString());
                acceptAgainAt = clock.getAsLong() + ACCEPT_PAUSE_NANOS;
                break;
            }
            if (channel == null) {
                return;
            }
            greet(channel);
        }
        acceptKey.interestOpsAnd(~SelectionKey.OP_ACCEPT);
    }

    /** Whatever is wrong with this connection must not be taken for a failure of the listening socket. */
    private void greet(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            WireAddress.tune(channel);
            Stranger stranger = new Stranger(
                    secured(channel),
                    tls == null ? null : tls.runner(),
                    clock.getAsLong() + Protocol.HELLO_TIMEOUT.toNanos());
            strangers.add(channel.register(selector, SelectionKey.OP_READ, stranger));
        } catch (IOException | RuntimeException | Error e) {
            LOG.debug("A connection was gone before it was looked at: {}", e.toString());
            closeQuietly(channel);
        }
    }

    private ByteChannel secured(SocketChannel channel) throws IOException {
        if (tls == null) {
            return channel;
        }
        SSLEngine engine = tls.engine();
        if (engine == null) {
            throw new IOException("it came before there was a certificate, and so before any runner was started");
        }
        return new TlsChannel(channel, engine, tls.allowance());
    }

    private void acceptAgain(long now) {
        if (acceptAgainAt != 0 && now - acceptAgainAt >= 0) {
            acceptAgainAt = 0;
            acceptKey.interestOpsOr(SelectionKey.OP_ACCEPT);
        }
    }

    private void noLongerStranger(SelectionKey key) {
        strangers.remove(key);
        if (acceptKey.isValid() && acceptAgainAt == 0) {
            acceptKey.interestOpsOr(SelectionKey.OP_ACCEPT);
        }
    }

    private void admit(SelectionKey key, Stranger stranger) throws IOException {
        Hello hello = stranger.hello();
        ByteChannel channel = stranger.channel();
        if (hello instanceof Hello.Control control) {
            Admission.Host host = admitOrReject(control, channel);
            ControlChannel connection = new ControlChannel(channel, key, host, clock.getAsLong());
            key.attach(connection);
            stranger.trust();
            noLongerStranger(key);
            host.endpoint().onControl(connection, control);
        } else {
            Hello.Slot slot = (Hello.Slot) hello;
            RunnerEndpoint endpoint = admission.admit(slot);
            key.cancel();
            key.attach(null);
            stranger.trust();
            noLongerStranger(key);
            handOvers.add(new HandOver(endpoint, slot, channel));
        }
    }

    private Admission.Host admitOrReject(Hello.Control hello, ByteChannel channel) throws IOException {
        try {
            return admission.admit(hello);
        } catch (IOException e) {
            reject(channel, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** Gives the new slot connections to those they are for, once their keys have left the selector. */
    private void handOver() throws IOException {
        if (handOvers.isEmpty()) {
            return;
        }
        selector.selectNow();
        for (HandOver next : handOvers) {
            try {
                LayeredChannel.socketOf(next.channel).configureBlocking(true);
                next.endpoint.onSlot(next.hello, next.channel);
            } catch (IOException | RuntimeException | Error e) {
                LOG.warn("Could not take over {}: {}", next.hello, e.toString());
                closeQuietly(next.channel);
            }
        }
        handOvers.clear();
    }

    private record HandOver(RunnerEndpoint endpoint, Hello.Slot hello, ByteChannel channel) {}

    /** Closes a connection and tells whom it concerns. */
    private void drop(SelectionKey key, String why, boolean silent) {
        Object attachment = key.attachment();
        closeKey(key);
        if (attachment instanceof Stranger stranger) {
            noLongerStranger(key);
            refusals.refused(stranger.peer(), why, clock.getAsLong());
        } else if (attachment instanceof ControlChannel control) {
            try {
                control.endpoint().onControlClosed(why, silent);
            } catch (RuntimeException | Error e) {
                // The other runners depend on this thread as well.
                LOG.error("Unexpected failure at the end of a runner's connection", e);
            }
        }
    }

    /** Whatever lies over the socket may have a last word. */
    private static void closeKey(SelectionKey key) {
        if (key.attachment() instanceof Stranger stranger) {
            closeQuietly(stranger.channel());
        } else if (key.attachment() instanceof ControlChannel control) {
            control.close();
        }
        key.attach(null);
        key.cancel();
        closeQuietly(key.channel());
    }

    private void dropSilentStrangers(long now) {
        for (SelectionKey key : List.copyOf(strangers)) {
            if (now - ((Stranger) key.attachment()).deadline() < 0) {
                return;
            }
            drop(key, "it did not say who it is within " + Protocol.HELLO_TIMEOUT.toSeconds() + " s", false);
        }
    }

    /** What is done twice per heartbeat: heartbeats, silence. */
    private void pass(long now) {
        long late = now - nextPass;
        long period = passNanos();
        nextPass = now + period;
        refusals.flush(now);
        List<SelectionKey> keys = new ArrayList<>(selector.keys());
        for (SelectionKey key : keys) {
            if (key.attachment() instanceof ControlChannel control) {
                if (late > control.heartbeatNanos()) {
                    control.forgive(now);
                }
                long silence = now - control.lastHeard();
                if (silence > 3 * control.heartbeatNanos()) {
                    drop(key, "nothing was heard of it for " + silence / 1_000_000 + " ms", true);
                } else {
                    control.beat(now, period);
                }
            }
        }
    }

    /** Waits until the thread has ended and the socket is gone. */
    void join(long millis) throws InterruptedException {
        thread.join(millis);
    }

    private void closeAll() {
        synchronized (ports) {
            closed = true;
        }
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            closeKey(key);
        }
        if (handshakes != null) {
            handshakes.close();
        }
        closeQuietly(socket);
        closeQuietly(selector);
        onEnd.accept(this);
        synchronized (ports) {
            over = true;
            leaving.forEach(RunnerPort::gone);
        }
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LOG.debug("Closing {} failed: {}", closeable, e.toString());
        }
    }

    /** Sends a last word to a peer that is about to be dropped; it is small enough for an empty socket buffer. */
    static void reject(ByteChannel channel, String message) throws IOException {
        channel.write(new ControlFrame.Reject(message).encode());
    }
}
