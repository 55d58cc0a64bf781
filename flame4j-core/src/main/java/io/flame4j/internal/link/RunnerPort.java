package io.flame4j.internal.link;

import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.ListenAt;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.WireAddress;
import java.io.Closeable;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One pool's part of a listener: where its runners dial, who of them may come in, and how often they hear from it. Pools
 * whose backends want to listen at equal TCP places have a listener in common, with one port and one thread; it ends with
 * the last of them. A Unix-domain socket is each pool's own. Thread-safe.
 */
public final class RunnerPort implements Closeable {

    /** How long the listener that had a place before is waited for. */
    private static final long END_MILLIS = 5_000;

    /** The listeners that pools share. An entry leaves when its listener's thread ends. */
    private static final Map<ListenAt, RunnerListener> SHARED = new ConcurrentHashMap<>();

    /** Held while a listener is looked for and started, so that nobody else binds the same place meanwhile. */
    private static final Object OPENING = new Object();

    private final RunnerListener listener;
    private final long heartbeatNanos;
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile boolean closed;

    RunnerPort(RunnerListener listener, long heartbeatNanos) {
        this.listener = listener;
        this.heartbeatNanos = heartbeatNanos;
    }

    /**
     * Listens for a pool.
     *
     * @param at where
     * @param pool the name of the pool
     * @param heartbeatNanos how often each of its runners is told that the parent is there
     * @param clock monotonic nanoseconds, the same for all pools
     */
    public static RunnerPort open(ListenAt at, String pool, long heartbeatNanos, LongSupplier clock) {
        if (at instanceof ListenAt.UnixSocket) {
            return RunnerListener.start(at, pool, heartbeatNanos, clock, ended -> {});
        }
        synchronized (OPENING) {
            RunnerListener present = SHARED.get(at);
            RunnerPort port = present == null ? null : present.open(heartbeatNanos);
            if (port == null) {
                if (present != null) {
                    awaitEnd(present);
                }
                port = RunnerListener.start(at, pool, heartbeatNanos, clock, ended -> SHARED.remove(at, ended));
                SHARED.put(at, port.listener);
            }
            return port;
        }
    }

    /** Its port is free only then. */
    private static void awaitEnd(RunnerListener ending) {
        try {
            ending.join(END_MILLIS);
        } catch (InterruptedException e) {
            // Whether the port is free will show.
            Thread.currentThread().interrupt();
        }
    }

    /** Where runners dial. */
    public WireAddress address() {
        return listener.address();
    }

    /**
     * How a runner that is started now will know this parent, or null when connections are not under TLS. May block while
     * a certificate is being made.
     *
     * @throws RunnerBootException when it cannot be had
     */
    public @Nullable ParentTls tls() throws InterruptedException {
        return listener.tls();
    }

    /**
     * Lets a runner in from now on, unless this is closed.
     *
     * @param bound whether it is let in only once {@link #comesFrom} has told where it comes from; until then its
     *     connection waits
     * @throws IllegalStateException when another pool expects a runner with this id
     */
    public void expect(String runnerId, byte[] token, byte[] slotKey, RunnerEndpoint endpoint, boolean bound) {
        listener.admission().expect(runnerId, token, slotKey, new Admission.Host(this, endpoint), bound);
    }

    /** Tells where a runner that is expected comes from; none for anywhere. The first word counts. Does not block. */
    public void comesFrom(String runnerId, Set<InetAddress> addresses) {
        listener.admission().comesFrom(runnerId, this, addresses);
        listener.lookAtParked();
    }

    /** How many connections the listener, which pools may share, has refused so far, by kind. */
    public Map<Refusal, Long> refused() {
        return listener.refused();
    }

    /** Lets a runner of this pool in no more; its open connections are not touched. */
    public void forget(String runnerId) {
        listener.admission().forget(runnerId, this);
        listener.lookAtParked();
    }

    /** Completes when all has been read that runners had sent by now, the ends of their connections included. */
    public CompletableFuture<@Nullable Void> caughtUp() {
        return listener.caughtUp();
    }

    long heartbeatNanos() {
        return heartbeatNanos;
    }

    /**
     * Lets nobody in any more and closes every control connection of the pool's runners; the listener ends when this was
     * the last one. Does not wait. Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        listener.leave(this);
    }

    boolean isClosed() {
        return closed;
    }

    /** Nothing of the pool is left in the listener. */
    void gone() {
        gone.countDown();
    }

    /**
     * Waits until nothing of the pool is left in the listener, and socket and thread are gone if it was the last one. The
     * listener's own thread does not wait.
     *
     * @param millis at most so long
     */
    public void join(long millis) throws InterruptedException {
        long end = listener.now() + TimeUnit.MILLISECONDS.toNanos(millis);
        if (!listener.isOwnThread() && gone.await(millis, TimeUnit.MILLISECONDS) && listener.isClosed()) {
            // Not 0, which would be for ever.
            listener.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - listener.now())));
        }
    }
}
