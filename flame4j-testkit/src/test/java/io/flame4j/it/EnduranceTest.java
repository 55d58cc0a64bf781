package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.PoolStats;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many calls leave nothing behind. */
class EnduranceTest extends PoolTestBase {

    private static final int CALLS = 1_000_000;
    private static final int CALLERS = 4;

    /** What a million calls may add: less than a reference for each of them. */
    private static final long SPARE_BYTES = 3 << 20;

    /** Of the runner. */
    private static final AtomicLong EXECUTIONS = new AtomicLong();

    @Test
    @Timeout(600)
    void aMillionCallsLeaveNothingBehind() throws InterruptedException {
        start(Backends.PROCESS_UNIX.pool().max(1).maxConcurrency(CALLERS));
        run(CALLS / 20);
        long heapBefore = usedAfterCollection();
        int threadsBefore = Thread.activeCount();
        long began = System.nanoTime();
        run(CALLS);
        long took = System.nanoTime() - began;
        Awaitility.await("heap after a million calls, " + heapBefore + " bytes before")
                .until(EnduranceTest::usedAfterCollection, used -> used < heapBefore + SPARE_BYTES);
        System.out.println(CALLS + " calls from " + CALLERS + " threads took " + took / 1_000_000 + " ms; heap "
                + heapBefore / 1024 + " KiB before, " + usedAfterCollection() / 1024 + " KiB after");
        // A thread counts for a moment more when its executor has ended.
        Awaitility.await().until(Thread::activeCount, active -> active <= threadsBefore + 1);
        PoolStats stats = pool.stats();
        assertThat(stats.busySlots()).isZero();
        assertThat(stats.queued()).isZero();
        assertThat(stats.runners()).hasSize(1);
        assertThat(stats.calls().granted()).isEqualTo(CALLS + CALLS / 20);
        assertThat(pool.<Long, RuntimeException>call(() -> EXECUTIONS.get())).isEqualTo(CALLS + CALLS / 20);
        assertThat(pool.call(EnduranceTest::usedAfterCollection))
                .as("heap of the runner, which has 64 MiB")
                .isLessThan(24L << 20);
    }

    private void run(int calls) throws InterruptedException {
        AtomicLong left = new AtomicLong(calls);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            running.add(CompletableFuture.runAsync(
                    () -> {
                        while (left.getAndDecrement() > 0) {
                            pool.call(() -> {
                                EXECUTIONS.incrementAndGet();
                            });
                        }
                    },
                    callers));
        }
        running.forEach(CompletableFuture::join);
        callers.shutdown();
        assertThat(callers.awaitTermination(Jobs.LONG.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    private static long usedAfterCollection() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** As the other, but each call is cancelled or fails, which takes other ways. */
    @Test
    @Timeout(300)
    void callsThatFailOrAreCancelledLeaveNothingBehind() {
        start(Backends.PROCESS_UNIX.pool().max(1).maxConcurrency(CALLERS));
        fail(500);
        long heapBefore = usedAfterCollection();
        fail(10_000);
        Awaitility.await("heap, " + heapBefore + " bytes before")
                .until(EnduranceTest::usedAfterCollection, used -> used < heapBefore + SPARE_BYTES);
        awaitStats("all slots to be free", stats -> stats.busySlots() == 0 && stats.queued() == 0);
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    private void fail(int calls) {
        for (int i = 0; i < calls; i++) {
            CompletableFuture<Integer> thrown = pool.callAsync(() -> {
                throw new IllegalStateException("as expected");
            });
            CompletableFuture<Integer> cancelled = pool.callAsync(() -> 1);
            cancelled.cancel(true);
            assertThat(failureOf(thrown)).isInstanceOf(IllegalStateException.class);
        }
    }
}
