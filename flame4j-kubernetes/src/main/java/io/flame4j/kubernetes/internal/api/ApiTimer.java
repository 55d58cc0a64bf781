package io.flame4j.kubernetes.internal.api;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time, and things to do later. */
interface ApiTimer extends AutoCloseable {

    /** Something that is to happen later. */
    interface Task {
        /** It need not happen any more. */
        void cancel();
    }

    /** A monotonic clock. */
    long nanos();

    /** Runs something that does not block, after a while. When the timer is closed before, it does not happen. */
    Task schedule(Runnable action, Duration delay);

    @Override
    void close();

    /** A clock without a thread, for who looks after its time limits itself: what is scheduled never happens. */
    static ApiTimer clockOnly() {
        return new ApiTimer() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Task schedule(Runnable action, Duration delay) {
                return () -> {};
            }

            @Override
            public void close() {}
        };
    }

    /** A timer with one thread of that name. */
    static ApiTimer withThread(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRejectedExecutionHandler((task, closed) -> {});
        return new ApiTimer() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Task schedule(Runnable action, Duration delay) {
                var future = executor.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
                return () -> future.cancel(false);
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }
}
