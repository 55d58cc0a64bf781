package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks that are interrupted: those that do not care, and those that come after. */
class InterruptTest extends PoolTestBase {

    @Test
    void aTaskThatIgnoresItsInterruptCostsTheRunnerAndNobodyElse() {
        start(Backends.PROCESS_UNIX.pool().max(2).maxConcurrency(3).interruptGrace(Duration.ofMillis(300)));
        String where = directory.toString();
        CompletableFuture<Long> neighbour = hold("neighbour");
        long first = Jobs.awaitRun(directory, "neighbour");

        Duration deadline = Duration.ofSeconds(3);
        long began = System.nanoTime();
        CompletableFuture<Long> stubborn = pool.callAsync(
                () -> Jobs.holdStubbornly(where, "stubborn"),
                CallOptions.defaults().timeout(deadline));
        assertThat(Jobs.awaitRun(directory, "stubborn")).isEqualTo(first);
        assertThat(failureOf(stubborn)).isInstanceOf(CallTimeoutException.class);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("the caller of a stubborn task with a deadline of 3 s had its timeout after "
                + took.toMillis() + " ms");
        assertThat(took).isBetween(deadline, deadline.plusSeconds(20));

        awaitStats(
                "the runner to be condemned", stats -> watch.shrinks.toString().contains("CONDEMNED"));
        long second = pool.call(Jobs::pid);
        assertThat(second).isNotEqualTo(first);
        assertThat(neighbour).isNotDone();
        Jobs.go(directory, "neighbour");
        assertThat(valueOf(neighbour)).isEqualTo(first);
        Processes.awaitEnd(first, Jobs.LONG);
        assertServes("after", 3);
        assertThat(watch.losses).isEmpty();
    }

    @Test
    void aCancelledTaskThatIgnoresItsInterruptCostsTheRunnerToo() {
        start(Backends.PROCESS_UNIX.pool().max(1).maxConcurrency(1).interruptGrace(Duration.ofMillis(300)));
        String where = directory.toString();
        CompletableFuture<Long> stubborn = pool.callAsync(() -> Jobs.holdStubbornly(where, "stubborn"));
        long first = Jobs.awaitRun(directory, "stubborn");
        stubborn.cancel(true);
        // Queued behind the stubborn one, and served by the next runner.
        assertThat(pool.<Long, RuntimeException>call(Jobs::pid)).isNotEqualTo(first);
        Processes.awaitEnd(first, Jobs.LONG);
    }

    /** Says on which thread it ran; fails when that has been interrupted. */
    private static String threadWithoutInterrupt() {
        if (Thread.interrupted()) {
            throw new IllegalStateException("interrupted by somebody else's cancel");
        }
        return Thread.currentThread().getName();
    }

    private static void awaitInterrupt(String directory, String job) {
        Jobs.mark(directory, job);
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Jobs.mark(directory, job + "-interrupted");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCAL", "PROCESS_UNIX"})
    void noInterruptReachesTheCallsThatComeAfter(Backends backend) {
        start(backend.pool().max(1).maxConcurrency(1));
        String where = directory.toString();
        String thread = pool.call(InterruptTest::threadWithoutInterrupt);
        for (int round = 0; round < 5; round++) {
            String job = "cancelled-" + round;
            CompletableFuture<Integer> call = pool.callAsync(() -> {
                awaitInterrupt(where, job);
                return 0;
            });
            Jobs.awaitRun(directory, job);
            call.cancel(true);
            for (int i = 0; i < 1_000; i++) {
                assertThat(pool.call(InterruptTest::threadWithoutInterrupt)).isEqualTo(thread);
            }
            assertThat(Jobs.runs(directory, job + "-interrupted")).hasSize(1);
        }
    }

    /** The cancel comes at any moment of the call: in the queue, before the task, in it, after it. */
    @ParameterizedTest
    @EnumSource(names = {"LOCAL", "PROCESS_UNIX"})
    void aCancelAtAnyMomentLeavesTheSlotInOrder(Backends backend) {
        start(backend.pool().max(1).maxConcurrency(2));
        List<Throwable> wrong = new ArrayList<>();
        int cancelled = 0;
        for (int round = 0; round < 1_000; round++) {
            CompletableFuture<String> call = pool.callAsync(InterruptTest::threadWithoutInterrupt);
            spin(ThreadLocalRandom.current().nextInt(200_000));
            if (call.cancel(true)) {
                cancelled++;
            } else if (call.isCompletedExceptionally()) {
                wrong.add(failureOf(call));
            }
            assertThat(pool.call(InterruptTest::threadWithoutInterrupt)).isNotNull();
        }
        System.out.println(cancelled + " of 1000 calls were cancelled in time");
        assertThat(wrong).allMatch(CancellationException.class::isInstance);
        awaitStats("all slots to be free", stats -> stats.busySlots() == 0);
        assertServes("after", 2);
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
