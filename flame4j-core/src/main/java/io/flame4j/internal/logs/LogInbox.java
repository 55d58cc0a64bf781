package io.flame4j.internal.logs;

import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.ILoggerFactory;

/**
 * Takes the logs of a pool's runners from the listener's thread, which must not be held up, and logs them on a thread of its
 * own, which the parent's log may block. What waits is bounded for each runner and for all; what is beyond, or comes faster
 * than a runner that keeps to the rules would send it, is counted and said. The thread ends when there is nothing to log.
 */
public final class LogInbox {

    /** Bytes that may wait to be logged, of one runner and of all of them. */
    static final int MAX_WAITING = 512 * 1024;

    static final int MAX_WAITING_OF_ALL = 8 << 20;

    /** What one runner may send in the long run: a bit more than runners do. */
    static final int BYTES_PER_SECOND = 2 * LogOutbox.BYTES_PER_SECOND;

    /** What a batch that waits costs beside its bytes. */
    private static final int OVERHEAD = 128;

    /** A runner says how many events it has left out, and may say anything. */
    private static final long MOST_LEFT = 1L << 32;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** At most that much of its allowance may a runner save up, for what it sends when it ends. */
    private static final long MOST_SAVED = 2 * SECOND;

    private static final long BETWEEN_REPORTS = 5 * SECOND;

    private final LongSupplier clock;
    private final LogPrinter printer;
    private final AtomicInteger waitingOfAll = new AtomicInteger();
    private final ThreadPoolExecutor executor;

    public LogInbox(String pool, ILoggerFactory loggers, LongSupplier clock) {
        this.clock = clock;
        this.printer = new LogPrinter(pool, loggers);
        this.executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(null, task, "flame4j-" + pool + "-logs", 0, false);
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    /** The log of one runner. */
    public final class Runner {

        private final String id;
        private final AtomicInteger waiting = new AtomicInteger();
        private final AtomicLong dropped = new AtomicLong();
        private final AtomicBoolean reportDue = new AtomicBoolean();

        /** Belongs to the listener's thread: until when what was sent so far would have taken. */
        private long paidUntil;

        /** Belong to the thread that logs. */
        private long nextReport;

        private boolean malformed;

        private Runner(String id) {
            this.id = id;
            paidUntil = clock.getAsLong() - MOST_SAVED;
            nextReport = clock.getAsLong();
        }

        /** Takes a batch. The listener's thread; does not block. */
        public void accept(long left, byte[] batch) {
            dropped.addAndGet(Math.min(Math.max(0, left), MOST_LEFT));
            if (batch.length == 0) {
                return;
            }
            long now = clock.getAsLong();
            long paid = Math.max(paidUntil, now - MOST_SAVED) + cost(batch) * SECOND / BYTES_PER_SECOND;
            if (paid > now || !takeRoom(cost(batch))) {
                dropped.addAndGet(count(batch));
                submitReport();
                return;
            }
            paidUntil = paid;
            submit(batch);
        }

        /** The runner has ended: what was left out and not yet said is said. */
        public void end() {
            if (waiting.get() == 0 && dropped.get() == 0) {
                // Mostly, and then no thread is to be started for it.
                return;
            }
            try {
                executor.execute(() -> report(true));
            } catch (RejectedExecutionException e) {
                // The pool is closed, and logs no more.
            }
        }

        /** So that it is said even if the runner sends nothing but what is too much. */
        private void submitReport() {
            if (reportDue.compareAndSet(false, true)) {
                try {
                    executor.execute(() -> {
                        reportDue.set(false);
                        report(false);
                    });
                } catch (RejectedExecutionException e) {
                    // The pool is closed, and logs no more.
                }
            }
        }

        private void submit(byte[] batch) {
            try {
                executor.execute(() -> print(batch));
            } catch (RejectedExecutionException e) {
                giveBack(cost(batch));
            }
        }

        private boolean takeRoom(int bytes) {
            boolean room = waiting.addAndGet(bytes) <= MAX_WAITING;
            room &= waitingOfAll.addAndGet(bytes) <= MAX_WAITING_OF_ALL;
            if (!room) {
                giveBack(bytes);
            }
            return room;
        }

        private void giveBack(int bytes) {
            waiting.addAndGet(-bytes);
            waitingOfAll.addAndGet(-bytes);
        }

        private void print(byte[] batch) {
            try {
                ByteReader in = new ByteReader(batch);
                int count = in.readVarInt();
                for (int i = 0; i < count; i++) {
                    printer.print(id, LogBatch.read(in));
                }
            } catch (IOException e) {
                if (!malformed) {
                    malformed = true;
                    printer.warn(
                            id, "sends log events that make no sense, of which this is the first: " + e.getMessage());
                }
            } finally {
                giveBack(cost(batch));
            }
            report(false);
        }

        private void report(boolean last) {
            long now = clock.getAsLong();
            if (dropped.get() > 0 && (last || now >= nextReport)) {
                nextReport = now + BETWEEN_REPORTS;
                printer.warn(
                        id,
                        dropped.getAndSet(0) + " log events were left out, since it logs more than is forwarded: let it"
                                + " log less, or have the log of the runner itself collected");
            }
        }
    }

    /** Begins the log of a runner. */
    public Runner runner(String id) {
        return new Runner(id);
    }

    private static int cost(byte[] batch) {
        return batch.length + OVERHEAD;
    }

    /** How many events a batch claims to have; no more than fit. */
    private static long count(byte[] batch) {
        try {
            return Math.min(new ByteReader(batch).readVarInt() & 0xFFFF_FFFFL, batch.length / LogBatch.LEAST);
        } catch (IOException e) {
            return 1;
        }
    }

    /** Logs what is there, and takes nothing more. Does not wait. */
    public void close() {
        executor.shutdown();
    }
}
