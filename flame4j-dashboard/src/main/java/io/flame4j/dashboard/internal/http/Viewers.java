package io.flame4j.dashboard.internal.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who looks, each with the thread that serves it: so many at most. One to which nothing could be written for a while gives
 * its place to a new one. Thread-safe; {@code this} guards the list.
 */
final class Viewers {

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long NOT_WRITING = Long.MIN_VALUE;

    private final int most;
    private final LongSupplier nanoTime;
    private final List<Viewer> list = new ArrayList<>();

    Viewers(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
    }

    /** One who looks; the thread that asked for it serves it, and closes this. */
    final class Viewer implements AutoCloseable {

        private final Thread thread = Thread.currentThread();
        private volatile long writingSince = NOT_WRITING;

        void writes() {
            writingSince = nanoTime.getAsLong();
        }

        void hasWritten() {
            writingSince = NOT_WRITING;
        }

        private boolean isStuck(long now) {
            long since = writingSince;
            return since != NOT_WRITING && now - since > STUCK_NANOS;
        }

        @Override
        public void close() {
            synchronized (Viewers.this) {
                list.remove(this);
            }
        }
    }

    /** A place for the calling thread to serve one; null when all are taken. */
    synchronized @Nullable Viewer admit() {
        if (list.size() >= most) {
            long now = nanoTime.getAsLong();
            list.stream().filter(viewer -> viewer.isStuck(now)).findFirst().ifPresent(viewer -> {
                list.remove(viewer);
                // Which closes the connection that it is stuck on.
                viewer.thread.interrupt();
            });
        }
        if (list.size() >= most) {
            return null;
        }
        Viewer viewer = new Viewer();
        list.add(viewer);
        return viewer;
    }

    synchronized int count() {
        return list.size();
    }

    int most() {
        return most;
    }
}
