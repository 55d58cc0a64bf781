package io.flame4j.internal.link;

import io.flame4j.RunnerBootException;
import io.flame4j.backend.ListenAt;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.TlsEngines;
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
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts runners, checks that they are who they say, reads their control connections and keeps the heartbeats. One
 * thread does all of it and owns every field that is not final; the other threads only use {@link #admission()},
 * {@link ControlChannel#send} and {@link #close()}. A connection that has not proved itself costs no thread.
 */
public final class RunnerListener implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerListener.class);

    /** Most connections that have not proved themselves yet; more wait in the system's backlog. */
    private static final int MAX_STRANGERS = 64;

    private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

    private final ListenSocket socket;
    private final Selector selector;
    private final SelectionKey acceptKey;
    private final Admission admission;
    private final LongSupplier clock;
    private final long heartbeatNanos;
    private final Thread thread;
    private volatile boolean closed;

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
            ListenSocket socket, @Nullable TlsServer tls, String threadName, long heartbeatNanos, LongSupplier clock)
            throws IOException {
        this.socket = socket;
        this.tls = tls;
        this.handshakes = tls == null ? null : new HandshakeTasks(threadName + "-tls");
        this.clock = clock;
        this.heartbeatNanos = heartbeatNanos;
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
     * @param threadName the name of its thread
     * @param heartbeatNanos how often each runner is told that the parent is there
     * @param clock monotonic nanoseconds
     */
    public static RunnerListener start(ListenAt at, String threadName, long heartbeatNanos, LongSupplier clock) {
        ListenSocket socket = ListenSocket.bind(at);
        try {
            TlsServer tls = at instanceof ListenAt.Tcp tcp ? TlsServer.of(tcp.tls()) : null;
            if (tls != null) {
                tls.prepare();
            }
            RunnerListener listener = new RunnerListener(socket, tls, threadName, heartbeatNanos, clock);
            listener.nextPass = clock.getAsLong() + listener.passNanos();
            listener.thread.start();
            return listener;
        } catch (IOException e) {
            closeQuietly(socket);
            throw new UncheckedIOException(e);
        }
    }

    /** Where runners dial. */
    public WireAddress address() {
        return socket.address();
    }

    /**
     * The SHA-256 of the certificate that runners will see, or null when connections are not under TLS. May block while
     * it is being made.
     *
     * @throws RunnerBootException when it cannot be had
     */
    public byte @Nullable [] certificate() throws InterruptedException {
        return tls == null ? null : tls.await().sha256();
    }

    /** Who may come in. */
    public Admission admission() {
        return admission;
    }

    private long passNanos() {
        return heartbeatNanos / 2;
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
            Stranger stranger = new Stranger(secured(channel), clock.getAsLong() + Protocol.HELLO_TIMEOUT.toNanos());
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
        TlsIdentity identity = tls.ready();
        if (identity == null) {
            throw new IOException("it came before there was a certificate, and so before any runner was started");
        }
        return new TlsChannel(channel, TlsEngines.server(identity.context()), Protocol.MAX_BEFORE_HELLO);
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
            RunnerEndpoint endpoint = admitOrReject(control, channel);
            long now = clock.getAsLong();
            ControlChannel connection = new ControlChannel(channel, key, endpoint, heartbeatNanos, now);
            key.attach(connection);
            stranger.trust();
            noLongerStranger(key);
            endpoint.onControl(connection, control);
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

    private RunnerEndpoint admitOrReject(Hello.Control hello, ByteChannel channel) throws IOException {
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
        boolean wasStopped = now - nextPass > heartbeatNanos;
        nextPass = now + passNanos();
        refusals.flush(now);
        List<SelectionKey> keys = new ArrayList<>(selector.keys());
        for (SelectionKey key : keys) {
            if (key.attachment() instanceof ControlChannel control) {
                if (wasStopped) {
                    control.forgive(now);
                }
                long silence = now - control.lastHeard();
                if (silence > 3 * heartbeatNanos) {
                    drop(key, "nothing was heard of it for " + silence / 1_000_000 + " ms", true);
                } else {
                    control.beat();
                }
            }
        }
    }

    /** Stops listening and closes every connection that this still owns. Does not wait. Idempotent. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }

    /** Waits until the thread has ended and the socket is gone. */
    public void join(long millis) throws InterruptedException {
        thread.join(millis);
    }

    private void closeAll() {
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            closeKey(key);
        }
        if (handshakes != null) {
            handshakes.close();
        }
        closeQuietly(socket);
        closeQuietly(selector);
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
