package io.flame4j.kubernetes.internal.api;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A timer whose time passes when a test says so. What is due then happens on the test's thread. */
final class ManualTimer implements ApiTimer {

    private record Due(long at, long order, Runnable action) {}

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private long now;
    private long order;

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized Task schedule(Runnable action, Duration delay) {
        Due due = new Due(now + delay.toNanos(), order++, action);
        queue.add(due);
        return () -> cancel(due);
    }

    private synchronized void cancel(Due due) {
        queue.remove(due);
    }

    synchronized int scheduled() {
        return queue.size();
    }

    /** Whether something is to happen after exactly that time. */
    synchronized boolean isScheduledIn(Duration time) {
        return queue.stream().anyMatch(due -> due.at() - now == time.toNanos());
    }

    void advance(Duration time) {
        long end = nanos() + time.toNanos();
        while (true) {
            Due next;
            synchronized (this) {
                next = queue.peek();
                if (next == null || next.at() > end) {
                    now = end;
                    return;
                }
                queue.remove();
                now = next.at();
            }
            next.action().run();
        }
    }

    @Override
    public synchronized void close() {
        queue.clear();
    }
}
