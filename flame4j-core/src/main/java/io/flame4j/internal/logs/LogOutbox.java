package io.flame4j.internal.logs;

import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.logs.RunnerLogEvent;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a runner has logged and not yet sent. Any thread may put an event in, which never waits: what finds no room is counted
 * and left out. The thread of this, which {@link #run} is for, sends it, so much in a second and no more: a task that logs
 * without end must not take the control connection from heartbeats, nor the parent from its other runners.
 *
 * <p>{@code lock} guards {@code flushing} and nothing else.
 */
public final class LogOutbox implements Consumer<RunnerLogEvent>, Runnable {

    static final int MAX_EVENTS = 4_096;

    /** Of the events that wait; about two megabytes. */
    static final int MAX_CHARACTERS = 1 << 20;

    /** What is sent in a second; the rest waits, and then finds no room. */
    static final int BYTES_PER_SECOND = 1 << 20;

    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A batch that has so much is sent. With the longest event it still fits a control frame. */
    private static final int FULL = 12 * 1024;

    /** Takes a batch to the parent. */
    @FunctionalInterface
    public interface Courier {

        /**
         * Sends a batch.
         *
         * @param dropped events that were left out since the last one
         * @param batch count and events; empty to say that there will be some
         * @return false when there is nobody to send it to any more
         */
        boolean send(long dropped, byte[] batch);
    }

    private final Courier courier;
    private final LongSupplier clock;
    private final Runnable refresh;
    private final ConcurrentLinkedQueue<LogBatch.Entry> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicInteger characters = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition drained = lock.newCondition();
    private volatile boolean flushing;
    private volatile boolean idle;
    private volatile boolean ended;
    private volatile @Nullable Thread thread;

    /**
     * An empty one.
     *
     * @param refresh is run about once a second
     */
    public LogOutbox(Courier courier, Runnable refresh, LongSupplier clock) {
        this.courier = courier;
        this.refresh = refresh;
        this.clock = clock;
    }

    @Override
    public void accept(RunnerLogEvent event) {
        if (ended || Thread.currentThread() == thread) {
            // What sending itself logs would have no end.
            return;
        }
        LogBatch.Entry entry = LogBatch.bounded(event);
        if (!takeRoom(entry.characters())) {
            dropped.incrementAndGet();
            return;
        }
        waiting.add(entry);
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    private boolean takeRoom(int size) {
        boolean room = characters.addAndGet(size) <= MAX_CHARACTERS;
        room &= events.incrementAndGet() <= MAX_EVENTS;
        if (!room) {
            characters.addAndGet(-size);
            events.decrementAndGet();
        }
        return room;
    }

    /**
     * Tells the parent that there will be events, before the first task runs: until it knows, it logs lines of the runner's
     * output in their place. May wait for the connection.
     */
    public void announce() {
        courier.send(0, new byte[0]);
    }

    /** Sends until {@link #end}, or until nobody is there to send to. */
    @Override
    public void run() {
        thread = Thread.currentThread();
        boolean heard = true;
        long next = clock.getAsLong();
        long refreshAt = next + REFRESH_NANOS;
        while (heard && !ended) {
            if (clock.getAsLong() >= refreshAt) {
                refresh.run();
                refreshAt = clock.getAsLong() + REFRESH_NANOS;
            }
            byte[] batch = nextBatch();
            if (batch == null) {
                rest(refreshAt);
                continue;
            }
            heard = courier.send(dropped.getAndSet(0), batch);
            next = Math.max(next, clock.getAsLong()) + batch.length * TimeUnit.SECONDS.toNanos(1) / BYTES_PER_SECOND;
            pause(next);
        }
        end();
        tellDrained();
    }

    private byte @Nullable [] nextBatch() {
        if (waiting.peek() == null) {
            return null;
        }
        ByteWriter out = new ByteWriter(1024);
        int count = 0;
        while (out.size() < FULL) {
            LogBatch.Entry entry = waiting.poll();
            if (entry == null) {
                break;
            }
            events.decrementAndGet();
            characters.addAndGet(-entry.characters());
            LogBatch.write(entry.event(), out);
            count++;
        }
        ByteWriter batch = new ByteWriter(1024);
        batch.writeVarInt(count);
        batch.append(out);
        return batch.toByteArray();
    }

    /** Waits until there is something to send, or to do. */
    private void rest(long until) {
        lock.lock();
        try {
            // Under the lock, or an event and a flush that come between the look and the word would count as sent.
            if (waiting.peek() == null) {
                tellDrained();
            }
        } finally {
            lock.unlock();
        }
        idle = true;
        for (long rest = until - clock.getAsLong();
                rest > 0 && waiting.peek() == null && !ended && !flushing;
                rest = until - clock.getAsLong()) {
            LockSupport.parkNanos(this, rest);
            // A task that interrupts every thread it finds must not make this one spin.
            Thread.interrupted();
        }
        idle = false;
    }

    private void pause(long until) {
        for (long rest = until - clock.getAsLong(); rest > 0 && !flushing && !ended; rest = until - clock.getAsLong()) {
            LockSupport.parkNanos(this, rest);
            Thread.interrupted();
        }
    }

    private void tellDrained() {
        lock.lock();
        try {
            flushing = false;
            drained.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until what there is has been sent, at most so long, and without the pauses. */
    public void flush(long nanos) {
        long rest = nanos;
        lock.lock();
        try {
            flushing = true;
            LockSupport.unpark(thread);
            while (flushing && !ended && rest > 0) {
                rest = drained.awaitNanos(rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Takes and sends nothing more. */
    public void end() {
        ended = true;
        LockSupport.unpark(thread);
    }
}
