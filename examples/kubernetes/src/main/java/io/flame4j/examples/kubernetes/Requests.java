package io.flame4j.examples.kubernetes;

import java.time.Duration;

/** Counts the requests that are being answered, so that a stop can wait for them. Thread-safe. */
final class Requests {

    // Both guarded by this.
    private int running;
    private boolean stopped;

    /** Begins a request; {@link #end} must follow. False when no more are taken. */
    synchronized boolean begin() {
        if (stopped) {
            return false;
        }
        running++;
        return true;
    }

    synchronized void end() {
        running--;
        notifyAll();
    }

    /** Takes no more requests, and waits until none is running. False when there still are some after that time. */
    synchronized boolean stop(Duration atMost) throws InterruptedException {
        stopped = true;
        long deadline = System.nanoTime() + atMost.toNanos();
        while (running > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
        }
        return true;
    }
}
