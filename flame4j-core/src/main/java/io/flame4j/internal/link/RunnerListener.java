package io.flame4j.internal.link;

import io.flame4j.Refusal;
import io.flame4j.backend.ListenAt;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.WireAddress;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
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

    /** Connections that are accepted before others get their turn. */
    private static final int ACCEPTED_AT_ONCE = 64;

    /** Connections of one runner that wait until it is known where it is: more than it makes. */
    private static final int MOST_PARKED = 4;

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

    private final Queue<HandOver> handOvers = new ArrayDeque<>();
    private final RefusalLog refusals;

    /** The keys of connections that have not proved themselves yet. */
    private final Crowd<SelectionKey> strangers;

    /** Those that have shown a token, of whose runner it is not known yet where it is. */
    private final Set<SelectionKey> parked = new LinkedHashSet<>();

    /** Of a runner it is known now where it is, or it is not expected any more. */
    private volatile boolean guestsChanged;

    private long nextPass;

    /** When to accept connections again after that has failed, or found no room; 0 when it has not. */
    private long acceptAgainAt;

    /** Whether it has found no room, so that it goes on when there is some. */
    private boolean noRoom;

    private RunnerListener(
            ListenSocket socket,
            @Nullable TlsServer tls,
            int pendingConnections,
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
        this.strangers = new Crowd<>(pendingConnections, this::addressesOfRunners);
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
            RunnerListener listener =
                    new RunnerListener(socket, tls, at.pendingConnections(), threadName(socket, pool), clock, onEnd);
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
            guestsChanged = true;
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

    /** How many connections were refused so far, by kind. Any thread. */
    Map<Refusal, Long> refused() {
        return refusals.counts();
    }

    /** Something has changed for connections that wait to be admitted. Any thread. */
    void lookAtParked() {
        guestsChanged = true;
        selector.wakeup();
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
                try {
                    turn();
                } catch (RuntimeException | Error e) {
                    goOnAfter(e);
                }
            }
        } catch (IOException e) {
            if (!closed) {
                LOG.error("The listener for runners at {} failed; runners cannot connect any more", address(), e);
                for (SelectionKey key : new ArrayList<>(selector.keys())) {
                    drop(key, Refusal.FAILED, "the parent can no longer listen to its runners: " + e, false);
                }
            }
        } finally {
            closeAll();
        }
    }

    /** Most likely there is no memory for a moment. Without this thread all runners are lost, and no other is let in. */
    private void goOnAfter(Throwable e) {
        try {
            LOG.error("The listener for runners at {} has met a failure, and goes on", address(), e);
        } catch (RuntimeException | Error again) {
            // Nor for telling so.
        }
        LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
    }

    /** Waits for something to do, and does it. What is left undone by a failure is for the next turn. */
    private void turn() throws IOException {
        selector.select(Math.max(1, untilDue(clock.getAsLong()) / 1_000_000 + 1));
        if (closed) {
            return;
        }
        Iterator<SelectionKey> selected = selector.selectedKeys().iterator();
        while (selected.hasNext()) {
            SelectionKey key = selected.next();
            selected.remove();
            serve(key);
        }
        resumeHandshakes();
        handOver();
        admitParked();
        long now = clock.getAsLong();
        followPorts(now);
        dropSilentStrangers(now);
        acceptAgain(now);
        if (now - nextPass >= 0) {
            pass(now);
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
        for (SelectionKey oldest : strangers.keys()) {
            return Math.min(rest, ((Stranger) oldest.attachment()).deadline() - now);
        }
        return rest;
    }

    private interface Service {
        void run() throws IOException;
    }

    private void serve(SelectionKey key) {
        serve(key, () -> {
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
        });
    }

    /** Whatever is wrong with one connection ends that one only. */
    private void serve(SelectionKey key, Service service) {
        try {
            service.run();
        } catch (IOException | CancelledKeyException e) {
            drop(key, Stranger.kindOf(e), String.valueOf(e.getMessage()), false);
        } catch (RuntimeException | Error e) {
            if (key.attachment() instanceof Stranger) {
                // Anybody can be one, and must not fill the log: it is refused and counted with the others.
                LOG.debug("Unexpected failure while listening to a stranger; closing its connection", e);
            } else {
                LOG.error("Unexpected failure while serving a runner's connection; closing it", e);
            }
            if (key == acceptKey) {
                // Without it nobody is let in any more.
                acceptAgainAt = clock.getAsLong() + ACCEPT_PAUSE_NANOS;
                acceptKey.interestOpsAnd(~SelectionKey.OP_ACCEPT);
            } else {
                drop(key, Refusal.FAILED, e.toString(), false);
            }
        }
    }

    private void listenTo(Stranger stranger, SelectionKey key) throws IOException {
        switch (stranger.read()) {
            case WAITING -> notePatience(key);
            case TASKS -> {
                notePatience(key);
                key.interestOps(0);
                Objects.requireNonNull(handshakes).run(stranger.tls()::runTasks, key);
            }
            case INTRODUCED -> admit(key, stranger);
        }
    }

    /** Without TLS, a hello that does not come whole is none of a runner's. */
    private void notePatience(SelectionKey key) {
        if (tls != null) {
            strangers.heard(key);
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
        for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
            long now = clock.getAsLong();
            if (strangers.isFull() && strangers.victim(now) == null) {
                noRoom = true;
                acceptAgainAt = now + Crowd.SILENT_NANOS / 5;
                acceptKey.interestOpsAnd(~SelectionKey.OP_ACCEPT);
                return;
            }
            SocketChannel channel;
            try {
                channel = socket.channel().accept();
            } catch (IOException | RuntimeException | Error e) {
                // Out of file descriptors, most likely. The connection stays in the backlog and would wake us at once.
                LOG.warn("Could not accept a connection at {}, trying again soon: {}", address(), e.toString());
                acceptAgainAt = now + ACCEPT_PAUSE_NANOS;
                acceptKey.interestOpsAnd(~SelectionKey.OP_ACCEPT);
                return;
            }
            if (channel == null) {
                return;
            }
            boolean welcome = false;
            try {
                welcome = makesRoom(channel, now);
            } catch (RuntimeException | Error e) {
                LOG.warn("Could not take in a connection at {}: {}", address(), e.toString());
            }
            if (welcome) {
                greet(channel);
            } else {
                closeQuietly(channel);
            }
        }
    }

    /** Looks where a connection comes from, before anything is read of it. */
    private boolean makesRoom(SocketChannel channel, long now) {
        InetAddress from = Peers.telling(Peers.addressOf(channel));
        if (strangers.isTooFast(from, now)) {
            refusals.refused(
                    Refusal.CROWDED,
                    Stranger.peerOf(channel),
                    "its address opens more than " + Crowd.RATE + " connections in a second",
                    now);
            return false;
        }
        boolean ownPlace = strangers.hasItsShare(from, now);
        SelectionKey victim =
                ownPlace ? strangers.oldestOf(from, now) : strangers.isFull() ? strangers.victim(now) : null;
        if (victim != null) {
            drop(victim, Refusal.CROWDED, "it did not say who it is, and others wanted its place", false);
        } else if (strangers.isFull()) {
            refusals.refused(
                    Refusal.CROWDED,
                    Stranger.peerOf(channel),
                    "its address has too many connections that have not said who they are",
                    now);
            return false;
        }
        return true;
    }

    private Set<InetAddress> addressesOfRunners() {
        Set<InetAddress> all = new HashSet<>();
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof ControlChannel && key.channel() instanceof SocketChannel channel) {
                InetAddress address = Peers.telling(Peers.addressOf(channel));
                if (address != null) {
                    all.add(address);
                }
            }
        }
        return all;
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
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ, stranger);
            strangers.add(key, Peers.telling(stranger.address()), clock.getAsLong());
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
            noRoom = false;
            acceptKey.interestOpsOr(SelectionKey.OP_ACCEPT);
        }
    }

    private void noLongerStranger(SelectionKey key) {
        strangers.remove(key);
        if (noRoom && acceptKey.isValid()) {
            noRoom = false;
            acceptAgainAt = 0;
            acceptKey.interestOpsOr(SelectionKey.OP_ACCEPT);
        }
    }

    private void admit(SelectionKey key, Stranger stranger) throws IOException {
        Hello hello = stranger.hello();
        ByteChannel channel = stranger.channel();
        if (hello instanceof Hello.Control control) {
            Admission.Host host = admitOrReject(control, stranger);
            if (host == null) {
                park(key, control.runnerId());
                return;
            }
            ControlChannel connection = new ControlChannel(channel, key, host, clock.getAsLong());
            key.attach(connection);
            stranger.trust();
            noLongerStranger(key);
            host.endpoint().onControl(connection, control);
        } else {
            Hello.Slot slot = (Hello.Slot) hello;
            RunnerEndpoint endpoint = admission.admit(slot, stranger.address());
            key.cancel();
            key.attach(null);
            stranger.trust();
            noLongerStranger(key);
            handOvers.add(new HandOver(endpoint, slot, channel));
        }
    }

    private Admission.@Nullable Host admitOrReject(Hello.Control hello, Stranger stranger) throws IOException {
        try {
            return admission.admit(hello, stranger.address());
        } catch (RefusedException e) {
            boolean mayKnow = e.kind() == Refusal.OTHER_VERSION;
            // A runner whose address was translated must not take it for final: it tries on, and its pool says why.
            if (e.kind() != Refusal.WRONG_ADDRESS) {
                reject(stranger.channel(), mayKnow ? String.valueOf(e.getMessage()) : Guest.NO_TOKEN);
            }
            throw e;
        }
    }

    /** It has shown a token, and does not count as a stranger; how long it waits is up to the boot. */
    private void park(SelectionKey key, String runnerId) throws RefusedException {
        long waiting = parked.stream()
                .filter(each -> each.attachment() instanceof Stranger other
                        && other.hello().runnerId().equals(runnerId))
                .count();
        if (waiting >= MOST_PARKED) {
            throw new RefusedException(Refusal.CROWDED, "too many connections wait with the token of " + runnerId);
        }
        key.interestOps(0);
        parked.add(key);
        noLongerStranger(key);
    }

    private void admitParked() {
        if (!guestsChanged) {
            return;
        }
        guestsChanged = false;
        // The newest first: a runner dials anew when its connection breaks, and a broken one must not use up its token.
        List<SelectionKey> all = new ArrayList<>(parked);
        Collections.reverse(all);
        for (SelectionKey key : all) {
            parked.remove(key);
            if (key.isValid() && key.attachment() instanceof Stranger stranger) {
                key.interestOps(SelectionKey.OP_READ);
                serve(key, () -> admitIfAlive(key, stranger));
            }
        }
    }

    private void admitIfAlive(SelectionKey key, Stranger stranger) throws IOException {
        if (stranger.channel().read(ByteBuffer.allocate(1)) != 0) {
            throw new EOFException("its connection ended while it waited to be let in");
        }
        admit(key, stranger);
    }

    /** Gives the new slot connections to those they are for, once their keys have left the selector. */
    private void handOver() throws IOException {
        if (handOvers.isEmpty()) {
            return;
        }
        selector.selectNow();
        for (HandOver next = handOvers.poll(); next != null; next = handOvers.poll()) {
            try {
                LayeredChannel.socketOf(next.channel).configureBlocking(true);
                next.endpoint.onSlot(next.hello, next.channel);
            } catch (IOException | RuntimeException | Error e) {
                LOG.warn("Could not take over {}: {}", next.hello, e.toString());
                closeQuietly(next.channel);
            }
        }
    }

    private record HandOver(RunnerEndpoint endpoint, Hello.Slot hello, ByteChannel channel) {}

    /** Closes a connection and tells whom it concerns. */
    private void drop(SelectionKey key, Refusal kind, String why, boolean silent) {
        Object attachment = key.attachment();
        closeKey(key);
        if (attachment instanceof Stranger stranger) {
            noLongerStranger(key);
            refusals.refused(kind, stranger.peer(), why, clock.getAsLong());
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
        for (SelectionKey key : List.copyOf(strangers.keys())) {
            if (now - ((Stranger) key.attachment()).deadline() < 0) {
                return;
            }
            drop(
                    key,
                    Refusal.SILENT,
                    "it did not say who it is within " + Protocol.HELLO_TIMEOUT.toSeconds() + " s",
                    false);
        }
    }

    /** What is done twice per heartbeat, and when a runner has been silent for too long: heartbeats, silence. */
    private void pass(long now) {
        long late = now - nextPass;
        long period = passNanos();
        long next = now + period;
        nextPass = next;
        refusals.flush(now);
        List<SelectionKey> keys = new ArrayList<>(selector.keys());
        for (SelectionKey key : keys) {
            if (key.attachment() instanceof ControlChannel control) {
                if (late > control.heartbeatNanos()) {
                    control.forgive(now);
                }
                long silence = now - control.lastHeard();
                long patience = 3 * control.heartbeatNanos();
                if (silence >= patience) {
                    drop(key, Refusal.SILENT, "nothing was heard of it for " + silence / 1_000_000 + " ms", true);
                } else {
                    next = Math.min(next, now + patience - silence);
                    control.beat(now, period);
                }
            }
        }
        nextPass = next;
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
