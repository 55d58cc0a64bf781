package io.flame4j.internal.link;

import io.flame4j.Refusal;
import io.flame4j.backend.ListenAt;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.WireAddress;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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

    /** After a failure that is most likely over in a moment. */
    static final long PAUSE_NANOS = 100_000_000;

    private final ListenSocket socket;
    private final Selector selector;
    private final Reception reception;
    private final Admission admission;
    private final LongSupplier clock;
    private final Consumer<RunnerListener> onEnd;
    private final Thread thread;

    /** The pools. Changed under its own monitor; nobody joins once it has been empty. */
    private final CopyOnWriteArrayList<RunnerPort> ports = new CopyOnWriteArrayList<>();

    /** Pools that have left and may still have connections. */
    private final Queue<RunnerPort> leaving = new ConcurrentLinkedQueue<>();

    /** Those who wait until nothing is left to be read; each asked before this thread looks what there is. */
    private final Queue<CompletableFuture<@Nullable Void>> behind = new ConcurrentLinkedQueue<>();

    /** A pool has come or gone. */
    private volatile boolean portsChanged;

    /** Nobody joins any more, and the thread ends. Written under the monitor of {@link #ports}. */
    private volatile boolean closed;

    /** Everything is closed. Guarded by {@link #ports}. */
    private boolean over;

    /** Null when connections are not under TLS. */
    private final @Nullable TlsServer tls;

    private final RefusalLog refusals;

    private long nextPass;

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
        this.clock = clock;
        this.onEnd = onEnd;
        this.admission = new Admission();
        this.refusals = new RefusalLog(socket.address());
        selector = Selector.open();
        reception =
                new Reception(this, socket, selector, tls, pendingConnections, threadName, admission, refusals, clock);
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
            reception.lookAtParked();
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
        reception.lookAtParked();
        selector.wakeup();
    }

    /**
     * Completes when all has been read that runners had sent by now, the ends of their connections included. Any thread;
     * has completed on the listener's own, which reads nothing while it waits.
     */
    CompletableFuture<@Nullable Void> caughtUp() {
        if (isOwnThread()) {
            return CompletableFuture.completedFuture(null);
        }
        synchronized (ports) {
            if (over) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<@Nullable Void> rest = new CompletableFuture<>();
            behind.add(rest);
            selector.wakeup();
            return rest;
        }
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
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** Waits for something to do, and does it. What is left undone by a failure is for the next turn. */
    private void turn() throws IOException {
        int asked = behind.size();
        if (asked == 0) {
            selector.select(Math.max(1, untilDue(clock.getAsLong()) / 1_000_000 + 1));
        } else {
            selector.selectNow();
        }
        if (closed) {
            return;
        }
        if (selector.selectedKeys().isEmpty()) {
            for (; asked > 0; asked--) {
                behind.remove().complete(null);
            }
        }
        Iterator<SelectionKey> selected = selector.selectedKeys().iterator();
        while (selected.hasNext()) {
            SelectionKey key = selected.next();
            selected.remove();
            serve(key);
        }
        reception.goOn();
        long now = clock.getAsLong();
        followPorts(now);
        reception.keepTime(now);
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
        return Math.min(nextPass - now, reception.untilDue(now));
    }

    /** Something to do for one connection. */
    interface Service {
        void run() throws IOException;
    }

    /** Does what a connection is ready for. */
    void serve(SelectionKey key) {
        serve(key, () -> {
            if (!key.isValid()) {
                return;
            }
            if (key == reception.door()) {
                reception.accept();
            } else if (key.attachment() instanceof Stranger stranger) {
                reception.listenTo(stranger, key);
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
    void serve(SelectionKey key, Service service) {
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
            if (key == reception.door()) {
                // Without it nobody is let in any more.
                reception.pause(clock.getAsLong());
            } else {
                drop(key, Refusal.FAILED, e.toString(), false);
            }
        }
    }

    /** Closes a connection and tells whom it concerns. */
    void drop(SelectionKey key, Refusal kind, String why, boolean silent) {
        Object attachment = key.attachment();
        closeKey(key);
        if (attachment instanceof Stranger stranger) {
            reception.left(key);
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

    /** Nobody can join any more, and the thread ends. Any thread. */
    boolean isClosed() {
        return closed;
    }

    long now() {
        return clock.getAsLong();
    }

    /** Whether it is the listener's thread that asks, which must not wait for what only it can do. */
    boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    /** Waits until the thread has ended and the socket is gone, unless it is that thread which asks. */
    void join(long millis) throws InterruptedException {
        if (!isOwnThread()) {
            thread.join(millis);
        }
    }

    private void closeAll() {
        synchronized (ports) {
            closed = true;
        }
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            closeKey(key);
        }
        reception.close();
        closeQuietly(socket);
        closeQuietly(selector);
        onEnd.accept(this);
        synchronized (ports) {
            over = true;
            leaving.forEach(RunnerPort::gone);
        }
        behind.forEach(rest -> rest.complete(null));
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LOG.debug("Closing {} failed: {}", closeable, e.toString());
        }
    }
}
