package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.PoolClosedException;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Ends that were asked for: of a runner by its machine, and of a pool by its owner. */
class DrainTest extends PoolTestBase {

    @Test
    void aRunnerThatIsToldToEndFinishesItsCallsAndIsReplaced() {
        start(Backends.PROCESS_UNIX.pool().min(1).max(2).maxConcurrency(4));
        List<CompletableFuture<Long>> held = holdAll("held", 2);
        long first = Jobs.runs(directory, "held").get(0);
        Processes.terminate(first);
        awaitStats("the runner to drain", stats -> watch.shrinks.toString().contains("DRAINING"));
        long second = pool.call(Jobs::pid);
        assertThat(second).isNotEqualTo(first);
        awaitStats("a replacement", stats -> stats.ready() >= 1);
        Jobs.go(directory, "held");
        held.forEach(call -> assertThat(valueOf(call)).isEqualTo(first));
        Processes.awaitEnd(first, Jobs.LONG);
        awaitStats("the end of the first", stats -> stats.draining() == 0);
        assertThat(watch.losses).isEmpty();
        assertServes("after", 4);
    }

    @Test
    void noCallIsLostWhileRunnersAreToldToEnd() throws InterruptedException {
        start(Backends.PROCESS_UNIX.pool().min(2).max(4).maxConcurrency(2));
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong calls = new AtomicLong();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        ConcurrentHashMap<Long, Boolean> pids = new ConcurrentHashMap<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread caller = new Thread(() -> {
                while (!over.get()) {
                    try {
                        pids.put(pool.call(Jobs::pid), true);
                        calls.incrementAndGet();
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }
            });
            callers.add(caller);
            caller.start();
        }
        for (int round = 0; round < 12 && failures.isEmpty(); round++) {
            int seen = round;
            awaitStats("a runner to serve that was not told to end", stats -> pids.size() > seen);
            long pid = pids.entrySet().stream()
                    .filter(entry -> entry.getValue() && Processes.isAlive(entry.getKey()))
                    .map(java.util.Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow();
            Processes.terminate(pid);
            Processes.awaitEnd(pid, Jobs.LONG);
        }
        over.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failures).isEmpty();
        assertThat(calls.get()).isGreaterThan(12);
        assertThat(watch.losses).isEmpty();
        awaitStats("all slots to be free", stats -> stats.busySlots() == 0);
    }

    @Test
    void closingDeliversWhatFinishesMeanwhile() {
        start(Backends.PROCESS_UNIX.pool().max(2).maxConcurrency(2));
        List<CompletableFuture<Long>> running = holdAll("running", 4);
        List<Long> pids = Jobs.runs(directory, "running");
        CompletableFuture<Long> queued = pool.callAsync(Jobs::pid);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(pool::close);
        assertThat(failureOf(queued)).isInstanceOf(PoolClosedException.class);
        assertThatThrownBy(() -> pool.call(() -> "late")).isInstanceOf(PoolClosedException.class);
        assertThat(running).allSatisfy(call -> assertThat(call).isNotDone());
        Jobs.go(directory, "running");
        assertThat(running).allSatisfy(call -> assertThat(valueOf(call)).isPositive());
        valueOf(closing.thenApply(none -> true));
        assertThat(pids).as("processes after close()").noneMatch(Processes::isAlive);
        assertThat(watch.losses).isEmpty();
    }

    @Test
    void closingInterruptsWhatDoesNotFinishInTime() {
        start(Backends.PROCESS_UNIX.pool().max(1).shutdownTimeout(Duration.ofMillis(500)));
        CompletableFuture<Long> running = hold("running");
        long pid = Jobs.awaitRun(directory, "running");
        long began = System.nanoTime();
        pool.close();
        System.out.println(
                "close() with a shutdown timeout of 500 ms took " + (System.nanoTime() - began) / 1_000_000 + " ms");
        assertThat(failureOf(running))
                .isInstanceOfSatisfying(
                        RunnerLostException.class,
                        lost -> assertThat(lost.reason()).isEqualTo(Reason.SHUTDOWN));
        assertThat(Processes.isAlive(pid)).isFalse();
    }

    @Test
    void aTaskThatOutlivesTheDrainOfItsRunnerIsRunAgainElsewhereIfItMay() {
        start(Backends.PROCESS_UNIX.pool().max(2).maxConcurrency(2).shutdownTimeout(Duration.ofMillis(500)));
        String where = directory.toString();
        // Leaves no mark when it is interrupted: what is thrown has to come back before the runner ends.
        CompletableFuture<Long> once = pool.callAsync(() -> {
            Jobs.mark(where, "once");
            new CountDownLatch(1).await();
            return 0L;
        });
        long pid = Jobs.awaitRun(directory, "once");
        CompletableFuture<Long> again = pool.callAsync(
                () -> Jobs.hold(where, "again"), CallOptions.defaults().retries(2));
        Jobs.awaitRun(directory, "again");

        Processes.terminate(pid);

        assertThat(failureOf(once))
                .isInstanceOfSatisfying(
                        RunnerLostException.class,
                        lost -> assertThat(lost.reason()).isEqualTo(Reason.EVICTED))
                .hasMessageContaining("told to end")
                .hasMessageContaining("shutdownTimeout")
                .hasCauseInstanceOf(InterruptedException.class);
        Jobs.awaitRuns(directory, "again", 2);
        Jobs.go(directory, "again");
        assertThat(valueOf(again)).isNotEqualTo(pid);
    }

    @Test
    void shuttingDownNowFailsWhatRunsAndLeavesNoProcess() {
        start(Backends.PROCESS_UNIX.pool().max(2).maxConcurrency(2));
        List<CompletableFuture<Long>> running = holdAll("running", 4);
        CompletableFuture<Long> repeatable =
                pool.callAsync(Jobs::pid, CallOptions.defaults().retries(3));
        pool.shutdownNow();
        assertThat(running)
                .allSatisfy(call -> assertThat(failureOf(call))
                        .isInstanceOfSatisfying(
                                RunnerLostException.class,
                                lost -> assertThat(lost.reason()).isEqualTo(Reason.SHUTDOWN)));
        assertThat(failureOf(repeatable)).isInstanceOf(PoolClosedException.class);
        assertThat(Jobs.runs(directory, "running")).hasSize(4).noneMatch(Processes::isAlive);
    }

    @Test
    void shuttingDownWhileRunnersBootLeavesNoProcess() {
        for (int round = 0; round < 5; round++) {
            start(Backends.PROCESS_UNIX.pool().max(4).maxConcurrency(1).bootParallelism(4));
            List<CompletableFuture<Long>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(hold("never"));
            }
            int enough = round;
            awaitStats("boots", stats -> ProcessHandle.current().children().count() >= enough);
            pool.shutdownNow();
            assertThat(ProcessHandle.current().descendants().filter(child -> Processes.isAlive(child.pid())))
                    .isEmpty();
            assertThat(calls)
                    .allSatisfy(call -> assertThat(failureOf(call))
                            .isInstanceOfAny(PoolClosedException.class, RunnerLostException.class));
        }
    }
}
