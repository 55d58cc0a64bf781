package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.ProcessBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A runner that ends while it has calls: what those see, what the others see, and how the pool goes on. */
class RunnerLossTest extends PoolTestBase {

    /** From the kill to the failure of the call: long before a heartbeat is missed, however busy the machine. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    @Test
    void aKilledRunnerFailsItsOwnCallsAtOnceAndNoOthers() {
        start(Backends.PROCESS_UNIX.pool().min(2).max(2).maxConcurrency(2).heartbeat(Duration.ofMinutes(1)));
        Map<CompletableFuture<Long>, Long> calls = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Long> call = hold("held-" + i);
            calls.put(call, Jobs.awaitRun(directory, "held-" + i));
        }
        long victim = calls.values().iterator().next();
        assertThat(calls.values()).filteredOn(pid -> pid == victim).hasSize(2);

        long killed = System.nanoTime();
        Processes.kill(victim);
        calls.forEach((call, pid) -> {
            if (pid == victim) {
                assertThat(failureOf(call)).isInstanceOfSatisfying(RunnerLostException.class, lost -> {
                    assertThat(lost.reason()).isEqualTo(Reason.EXITED);
                    assertThat(lost.getMessage()).contains("SIGKILL", "137", "process " + victim);
                });
            }
        });
        Duration took = Duration.ofNanos(System.nanoTime() - killed);
        System.out.println("calls on a killed runner failed after " + took.toMillis() + " ms");
        assertThat(took).isLessThan(AT_ONCE);

        for (int i = 0; i < 4; i++) {
            Jobs.go(directory, "held-" + i);
        }
        calls.forEach((call, pid) -> {
            if (pid != victim) {
                assertThat(valueOf(call)).isEqualTo(pid);
            }
        });
        for (int i = 0; i < 4; i++) {
            assertThat(Jobs.runs(directory, "held-" + i))
                    .as("no call ran twice")
                    .hasSize(1);
        }
        awaitStats("the lost runner to be replaced", stats -> stats.ready() == 2);
        assertServes("after", 4);
        assertThat(watch.losses).hasSize(1);
    }

    @Test
    void theLossTellsWhatTheRunnerSaidLast() {
        start(Backends.PROCESS_UNIX.pool().max(1));
        String where = directory.toString();
        CompletableFuture<Long> call = pool.callAsync(() -> {
            System.out.println("the disk is on fire");
            return Jobs.hold(where, "held");
        });
        Processes.kill(Jobs.awaitRun(directory, "held"));
        assertThat(failureOf(call)).isInstanceOf(RunnerLostException.class).hasMessageContaining("the disk is on fire");
    }

    @Test
    void aRetryRunsTheTaskElsewhereOnceMore() {
        start(Backends.PROCESS_UNIX.pool().min(1).max(2).maxConcurrency(2));
        String where = directory.toString();
        CompletableFuture<Long> call = pool.callAsync(
                () -> Jobs.hold(where, "job"), CallOptions.defaults().retries(1));
        long first = Jobs.awaitRun(directory, "job");
        Processes.kill(first);
        List<Long> runs = new ArrayList<>(Jobs.awaitRuns(directory, "job", 2));
        Jobs.go(directory, "job");
        long second = valueOf(call);
        assertThat(second).isNotEqualTo(first);
        assertThat(runs).containsExactlyInAnyOrder(first, second);
        assertThat(Jobs.runs(directory, "job")).hasSize(2);
    }

    @Test
    void retriesAreUsedUp() {
        start(Backends.PROCESS_UNIX.pool().max(2).maxConcurrency(2));
        String where = directory.toString();
        CompletableFuture<Long> call = pool.callAsync(
                () -> Jobs.hold(where, "job"), CallOptions.defaults().retries(1));
        long first = Jobs.awaitRun(directory, "job");
        Processes.kill(first);
        Jobs.awaitRuns(directory, "job", 2).stream().filter(pid -> pid != first).forEach(Processes::kill);
        assertThat(failureOf(call)).isInstanceOf(RunnerLostException.class);
        assertThat(Jobs.runs(directory, "job")).hasSize(2);
    }

    @Test
    void queuedCallersAreServedByANewBootWhenTheOnlyRunnerDies() {
        start(Backends.PROCESS_UNIX.pool().max(1).maxConcurrency(1));
        CompletableFuture<Long> running = hold("running");
        long first = Jobs.awaitRun(directory, "running");
        List<CompletableFuture<Long>> queued = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            queued.add(pool.callAsync(Jobs::pid));
        }
        assertThat(pool.stats().queued()).isEqualTo(12);
        long killed = System.nanoTime();
        Processes.kill(first);
        assertThat(failureOf(running)).isInstanceOf(RunnerLostException.class);
        assertThat(queued.stream().map(PoolTestBase::valueOf).distinct())
                .hasSize(1)
                .doesNotContain(first);
        System.out.println("12 queued callers were served within " + (System.nanoTime() - killed) / 1_000_000
                + " ms after the only runner died");
    }

    @Test
    void anExitOfTheTaskIsALossWithItsExitCode() {
        start(Backends.PROCESS_UNIX.pool().max(1));
        assertThat(failureOf(pool.callAsync(() -> {
                    System.exit(3);
                    return "never";
                })))
                .isInstanceOfSatisfying(RunnerLostException.class, lost -> {
                    assertThat(lost.reason()).isEqualTo(Reason.EXITED);
                    assertThat(lost.getMessage())
                            .contains("it exited with code 3")
                            .contains("a task, or a library that it uses, has called System.exit");
                });
        assertThat(failureOf(pool.callAsync(() -> {
                    Runtime.getRuntime().halt(4);
                    return "never";
                })))
                .isInstanceOf(RunnerLostException.class)
                .hasMessageContaining("it exited with code 4")
                .hasMessageContaining("Runtime.halt; have it throw an exception instead");
        assertThat(pool.call(() -> "next")).isEqualTo("next");
    }

    @Test
    void memoryThatRunsOutIsThrownAndCostsTheRunner() {
        start(Backends.PROCESS_UNIX.pool().max(2).maxConcurrency(2));
        CompletableFuture<Long> neighbour = hold("neighbour");
        long first = Jobs.awaitRun(directory, "neighbour");
        Throwable failure = failureOf(pool.callAsync(() -> new long[1 << 28].length));
        assertThat(failure).isExactlyInstanceOf(OutOfMemoryError.class).hasMessageContaining("heap");

        long next = pool.call(Jobs::pid);
        assertThat(next).as("new calls go to another runner").isNotEqualTo(first);
        Jobs.go(directory, "neighbour");
        assertThat(valueOf(neighbour)).isEqualTo(first);
        Processes.awaitEnd(first, Jobs.LONG);
        assertThat(watch.losses).isEmpty();
    }

    @Test
    void aJvmThatEndsForWantOfMemorySaysWhatToRaise() {
        start(FlamePool.builder("memory")
                .backend(ProcessBackend.builder()
                        .heap("32m")
                        .jvmOptions("-XX:+ExitOnOutOfMemoryError")
                        .build())
                .timeout(Jobs.LONG)
                .max(1));
        assertThat(failureOf(pool.callAsync(() -> new long[1 << 28].length)))
                .isInstanceOfSatisfying(
                        RunnerLostException.class,
                        lost -> assertThat(lost.reason()).isEqualTo(Reason.OUT_OF_MEMORY))
                .hasMessageContaining("ran out of memory (exit code 3). Give runners more (heap of")
                .hasMessageContaining("Terminating due to java.lang.OutOfMemoryError: Java heap space");
    }

    private static int depth(int level) {
        return level == Integer.MAX_VALUE ? 0 : depth(level + 1) + 1;
    }

    @Test
    void aStackThatOverflowsIsJustThrown() {
        start(Backends.PROCESS_UNIX.pool().max(1));
        long first = pool.call(Jobs::pid);
        assertThat(failureOf(pool.callAsync(() -> depth(0)))).isExactlyInstanceOf(StackOverflowError.class);
        assertThat(pool.<Long, RuntimeException>call(Jobs::pid)).isEqualTo(first);
    }
}
