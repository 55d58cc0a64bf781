package io.flame4j.internal.link;

import io.flame4j.Refusal;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.WireAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where connections come in: accepts them, bounds how many there are that have not said who they are, hears what they say,
 * and hands over those that may come in. A part of {@link RunnerListener}, whose thread does all of it and owns every field
 * that is not final or said to be another's.
 */
final class Reception {

    private static final Logger LOG = LoggerFactory.getLogger(RunnerListener.class);

    /** Connections that are accepted before others get their turn. */
    private static final int ACCEPTED_AT_ONCE = 64;

    /** Connections of one runner that wait until it is known where it is: more than it makes. */
    private static final int MOST_PARKED = 4;

    private final RunnerListener listener;
    private final ListenSocket socket;
    private final Selector selector;
    private final SelectionKey door;
    private final Admission admission;
    private final RefusalLog refusals;
    private final LongSupplier clock;

    /** Null when connections are not under TLS. */
    private final @Nullable TlsServer tls;

    private final @Nullable HandshakeTasks handshakes;
    private final Queue<HandOver> handOvers = new ArrayDeque<>();

    /** The keys of connections that have not proved themselves yet. */
    private final Crowd<SelectionKey> strangers;

    /** Those that have shown a token, of whose runner it is not known yet where it is. */
    private final Set<SelectionKey> parked = new LinkedHashSet<>();

    /** Of a runner it is known now where it is, or it is not expected any more. */
    private volatile boolean guestsChanged;

    /** When to accept connections again after that has failed, or found no room; 0 when it has not. */
    private long acceptAgainAt;

    /** Whether it has found no room, so that it goes on when there is some. */
    private boolean noRoom;

    /**
     * Opens the door.
     *
     * @param pendingConnections how many may be in that have not said who they are
     * @param threadName the listener's, for those that belong to it
     */
    Reception(
            RunnerListener listener,
            ListenSocket socket,
            Selector selector,
            @Nullable TlsServer tls,
            int pendingConnections,
            String threadName,
            Admission admission,
            RefusalLog refusals,
            LongSupplier clock)
            throws IOException {
        this.listener = listener;
        this.socket = socket;
        this.selector = selector;
        this.tls = tls;
        this.handshakes = tls == null ? null : new HandshakeTasks(threadName + "-tls");
        this.admission = admission;
        this.refusals = refusals;
        this.clock = clock;
        this.strangers = new Crowd<>(pendingConnections, this::addressesOfRunners);
        socket.channel().configureBlocking(false);
        door = socket.channel().register(selector, SelectionKey.OP_ACCEPT);
    }

    /** The key of the listening socket. */
    SelectionKey door() {
        return door;
    }

    /** Something has changed for connections that wait to be admitted. Any thread, which wakes the listener's. */
    void lookAtParked() {
        guestsChanged = true;
    }

    /** Goes on with those for whom something has happened beside their connection. */
    void goOn() throws IOException {
        resumeHandshakes();
        handOver();
        admitParked();
    }

    /** Does what is due. */
    void keepTime(long now) {
        dropSilentStrangers(now);
        acceptAgain(now);
    }

    /** Nanoseconds until something is due; the longest there are when nothing is. */
    long untilDue(long now) {
        long rest = acceptAgainAt == 0 ? Long.MAX_VALUE : acceptAgainAt - now;
        for (SelectionKey oldest : strangers.keys()) {
            return Math.min(rest, ((Stranger) oldest.attachment()).deadline() - now);
        }
        return rest;
    }

    /** Accepts nothing for a moment: what keeps it from that would wake the thread at once. */
    void pause(long now) {
        acceptAgainAt = now + RunnerListener.PAUSE_NANOS;
        door.interestOpsAnd(~SelectionKey.OP_ACCEPT);
    }

    /** Ends the threads of this. */
    void close() {
        if (handshakes != null) {
            handshakes.close();
        }
    }

    /** Reads what one has to say. */
    void listenTo(Stranger stranger, SelectionKey key) throws IOException {
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
                listener.serve(key);
            }
        }
    }

    private @Nullable SelectionKey nextHandshake() {
        return handshakes == null ? null : handshakes.poll();
    }

    /** Takes in those who knock. */
    void accept() {
        for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
            long now = clock.getAsLong();
            if (strangers.isFull() && strangers.victim(now) == null) {
                noRoom = true;
                acceptAgainAt = now + Crowd.SILENT_NANOS / 5;
                door.interestOpsAnd(~SelectionKey.OP_ACCEPT);
                return;
            }
            SocketChannel channel;
            try {
                channel = socket.channel().accept();
            } catch (IOException | RuntimeException | Error e) {
                // Out of file descriptors, most likely. The connection stays in the backlog and would wake us at once.
                LOG.warn("Could not accept a connection at {}, trying again soon: {}", socket.address(), e.toString());
                pause(now);
                return;
            }
            if (channel == null) {
                return;
            }
            boolean welcome = false;
            try {
                welcome = makesRoom(channel, now);
            } catch (RuntimeException | Error e) {
                LOG.warn("Could not take in a connection at {}: {}", socket.address(), e.toString());
            }
            if (welcome) {
                greet(channel);
            } else {
                RunnerListener.closeQuietly(channel);
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
            listener.drop(victim, Refusal.CROWDED, "it did not say who it is, and others wanted its place", false);
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
            RunnerListener.closeQuietly(channel);
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
            door.interestOpsOr(SelectionKey.OP_ACCEPT);
        }
    }

    /** It has proved itself, or is gone. */
    void left(SelectionKey key) {
        strangers.remove(key);
        if (noRoom && door.isValid()) {
            noRoom = false;
            acceptAgainAt = 0;
            door.interestOpsOr(SelectionKey.OP_ACCEPT);
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
            left(key);
            host.endpoint().onControl(connection, control);
        } else {
            Hello.Slot slot = (Hello.Slot) hello;
            RunnerEndpoint endpoint = admission.admit(slot, stranger.address());
            key.cancel();
            key.attach(null);
            stranger.trust();
            left(key);
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
                Stranger.reject(stranger.channel(), mayKnow ? String.valueOf(e.getMessage()) : Guest.NO_TOKEN);
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
        left(key);
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
                listener.serve(key, () -> admitIfAlive(key, stranger));
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
                RunnerListener.closeQuietly(next.channel);
            }
        }
    }

    private record HandOver(RunnerEndpoint endpoint, Hello.Slot hello, ByteChannel channel) {}

    private void dropSilentStrangers(long now) {
        for (SelectionKey key : List.copyOf(strangers.keys())) {
            if (now - ((Stranger) key.attachment()).deadline() < 0) {
                return;
            }
            listener.drop(
                    key,
                    Refusal.SILENT,
                    "it did not say who it is within " + Protocol.HELLO_TIMEOUT.toSeconds() + " s",
                    false);
        }
    }
}
