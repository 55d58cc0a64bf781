package io.flame4j.internal.link;

import java.io.Closeable;
import java.nio.channels.SelectionKey;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does the arithmetic of TLS handshakes on one thread beside the listener's, so that a crowd of strangers does not hold
 * up heartbeats. How long one takes depends on the key and the curve: with the keys that parents make it is milliseconds,
 * and more in a JVM that has just started; a large RSA key of a user's takes longer. What is left of strangers that were
 * dropped meanwhile is not done, so that those who came after them do not wait for it. The thread ends when it has had
 * nothing to do for a while.
 */
final class HandshakeTasks implements Closeable {

    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor executor;
    private final Queue<SelectionKey> done = new ConcurrentLinkedQueue<>();

    HandshakeTasks(String threadName) {
        executor = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, threadName);
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a task, and then hands the key out by {@link #poll()}; neither when the key has been cancelled by the time that
     * its turn comes.
     */
    void run(Runnable task, SelectionKey key) {
        try {
            executor.execute(() -> {
                if (!key.isValid()) {
                    return;
                }
                try {
                    task.run();
                } finally {
                    done.add(key);
                    key.selector().wakeup();
                }
            });
        } catch (RejectedExecutionException e) {
            // The listener is being closed, and this connection with it.
            done.add(key);
        }
    }

    /** The key of a task that is done, or null. */
    @Nullable
    SelectionKey poll() {
        return done.poll();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
