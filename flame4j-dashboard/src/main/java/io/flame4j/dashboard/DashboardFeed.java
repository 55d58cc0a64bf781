package io.flame4j.dashboard;

import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.dashboard.internal.state.Board;
import io.flame4j.dashboard.internal.state.Envelope;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live page without a server: follows all pools of this process and tells what the page shows. An application that has
 * a web server of its own serves these states and the {@link DashboardContent} under a URL of its own, behind its own
 * authentication, which nothing here replaces.
 *
 * <p>One daemon thread, {@code flame4j-dashboard}, looks at the pools once a second, and a few times a second while
 * somebody {@linkplain #awaitNewer waits} for states. States are not kept: whoever is slow misses those in between. Memory is
 * bounded: five minutes of samples, the last 50 failures and the present runners of each pool that is open or was closed in
 * these minutes. While a feed is open, the pools measure every call, as they do for any listener.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class DashboardFeed implements AutoCloseable {

    /** What those who look may do. */
    public enum Access {
        /** Look. */
        READ_ONLY,
        /** Look, and change how many runners pools may have. */
        RESIZE
    }

    private static final Logger LOG = LoggerFactory.getLogger(DashboardFeed.class);

    private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Access access;
    private final Board board;
    private final InstantSource clock;
    private final Thread thread = new Thread(this::run, "flame4j-dashboard");

    /** Held while a state is made; taken before {@link #lock}. */
    private final ReentrantLock refreshing = new ReentrantLock();

    /** Guards the fields below; nothing else is done under it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private Envelope newest;
    private long newestNanos;
    private int waiting;
    private boolean closed;

    private DashboardFeed(Access access, Board board, InstantSource clock) {
        this.access = access;
        this.board = board;
        this.clock = clock;
        newest = Envelope.first(access == Access.RESIZE, board.write(), clock.millis());
        newestNanos = System.nanoTime();
        thread.setDaemon(true);
    }

    /**
     * Begins to follow all pools of this process.
     *
     * @param access what those who look may do
     * @return the feed; close it to end its thread
     */
    public static DashboardFeed open(Access access) {
        Board board = new Board(InstantSource.system());
        DashboardFeed feed = of(access, board, InstantSource.system());
        Flame.addListener(board);
        return feed;
    }

    /** Follows what the board is told. */
    static DashboardFeed of(Access access, Board board, InstantSource clock) {
        DashboardFeed feed = new DashboardFeed(access, board, clock);
        feed.thread.start();
        return feed;
    }

    /**
     * The newest state, not older than a quarter of a second; makes it if need be, or waits for who does. After {@link #close} it is the last one.
     *
     * @return the state
     */
    public DashboardState newest() {
        refreshIfOld();
        lock.lock();
        try {
            return state();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a state that is newer than one that was seen. There is one at least every second while a pool is open.
     *
     * @param version the version that was seen, 0 for none
     * @param timeout how long to wait
     * @return the newest state; empty when the time is up or the feed is closed
     * @throws InterruptedException when the thread is interrupted
     */
    public Optional<DashboardState> awaitNewer(long version, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        // While nobody looked, no states were made.
        refreshIfOld();
        lock.lockInterruptibly();
        try {
            waiting++;
            changed.signalAll();
            while (!closed && newest.version() <= version) {
                if (left <= 0) {
                    return Optional.empty();
                }
                left = changed.awaitNanos(left);
            }
            return closed ? Optional.empty() : Optional.of(state());
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /**
     * Changes how many runners a pool may have, as {@link FlamePool#resize} does.
     *
     * @param pool the pool's name
     * @param min fewest runners
     * @param max most runners
     * @throws UnsupportedOperationException when this feed is {@link Access#READ_ONLY}
     * @throws IllegalArgumentException when there is no such pool, or the numbers are not possible
     */
    public void resize(String pool, int min, int max) {
        if (access != Access.RESIZE) {
            throw new UnsupportedOperationException(
                    "This dashboard is read-only: open it with allowResize(true), or Access.RESIZE, to resize pools");
        }
        FlamePool found = board.pool(pool);
        if (found == null) {
            throw new IllegalArgumentException("No pool of that name is open");
        }
        found.resize(min, max);
    }

    /**
     * Whether it is closed: there will be no newer state.
     *
     * @return true once {@link #close} was called
     */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread and lets go of the pools; waiting threads return. Further calls do nothing. */
    @Override
    public void close() {
        Flame.removeListener(board);
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the thread

    private void run() {
        long start = System.nanoTime();
        long nextSample = start;
        try {
            while (true) {
                long now = System.nanoTime();
                if (now - nextSample >= 0) {
                    guarded(board::sample);
                    nextSample += SAMPLE_NANOS * (1 + (now - nextSample) / SAMPLE_NANOS);
                }
                if (!pauseAndLook(nextSample)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            LOG.trace("The dashboard is closed", e);
        }
    }

    /** Until the next sample or, when somebody waits, the next state, which is then made. False when closed. */
    private boolean pauseAndLook(long nextSample) throws InterruptedException {
        boolean refresh;
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = System.nanoTime();
                long untilSample = nextSample - now;
                long untilPush = newestNanos + PUSH_NANOS - now;
                refresh = waiting > 0 && untilPush <= 0;
                if (closed) {
                    return false;
                }
                if (refresh || untilSample <= 0) {
                    break;
                }
                // A signal says that somebody waits now, or is this thread's own.
                long left = changed.awaitNanos(waiting > 0 ? Math.min(untilSample, untilPush) : untilSample);
                LOG.trace("{} ns early", left);
            }
        } finally {
            lock.unlock();
        }
        if (refresh) {
            guarded(this::refresh);
        }
        return true;
    }

    private void refreshIfOld() {
        if (isOld()) {
            guarded(this::refresh);
        }
    }

    private boolean isOld() {
        lock.lock();
        try {
            return !closed && System.nanoTime() - newestNanos >= PUSH_NANOS;
        } finally {
            lock.unlock();
        }
    }

    /** One at a time, from the look at the pools to the new version: an older look must not become a newer version. */
    private void refresh() {
        refreshing.lock();
        try {
            // Somebody else may have made one meanwhile.
            if (isOld()) {
                publish(board.write());
            }
        } finally {
            refreshing.unlock();
        }
    }

    private void publish(String pools) {
        lock.lock();
        try {
            newestNanos = System.nanoTime();
            Envelope next = newest.next(pools, clock.millis());
            if (next != newest) {
                newest = next;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private DashboardState state() {
        return new DashboardState(newest.version(), newest.json());
    }

    /** The page is there to show what goes wrong: a pool that cannot be looked at must not end it. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.warn("The dashboard could not look at the pools; it tries again", e);
        }
    }
}
