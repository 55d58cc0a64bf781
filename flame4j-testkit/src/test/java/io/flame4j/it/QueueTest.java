package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.CallTimeoutException.Phase;
import io.flame4j.FlamePool;
import io.flame4j.PoolSaturatedException;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that have to wait for a slot. */
class QueueTest extends PoolTests {

    private static final CallOptions BRIEF = CallOptions.defaults().timeout(Duration.ofMillis(60));

    private final FaultyBackend backend = new FaultyBackend();
    private final Gate gate = Gate.create();
    private final Gate later = Gate.create();

    /** A pool of one slot, which is taken until the gate opens. */
    private FlamePool full(int maxQueued) {
        FlamePool pool = start(on(backend).min(1).max(1).maxConcurrency(1).maxQueued(maxQueued));
        Gate here = gate;
        pool.cast(() -> here.pass(""));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        return pool;
    }

    @Test
    void oneMoreThanMaxQueuedIsRefused() throws Exception {
        FlamePool pool = full(2);
        CompletableFuture<String> one = pool.callAsync(() -> "one");
        CompletableFuture<String> two = pool.callAsync(() -> "two");
        assertThat(pool.stats().queued()).isEqualTo(2);
        assertThatThrownBy(() -> pool.call(() -> "three"))
                .isInstanceOf(PoolSaturatedException.class)
                .hasMessageContaining("Pool '" + pool.name() + "'")
                .hasMessageContaining("1 of 1 slots")
                .hasMessageContaining("2 calls wait")
                .hasMessageContaining("maxQueued");
        assertThatThrownBy(() -> pool.callAsync(() -> "three")).isInstanceOf(PoolSaturatedException.class);
        assertThatThrownBy(() -> pool.cast(() -> {})).isInstanceOf(PoolSaturatedException.class);
        assertThat(pool.stats().calls().rejected()).isEqualTo(3);
        gate.open();
        assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(two.get(60, TimeUnit.SECONDS)).isEqualTo("two");
    }

    @Test
    void withoutAQueueACallNeedsAFreeSlot() {
        FlamePool pool = full(0);
        assertThatThrownBy(() -> pool.call(() -> "no")).isInstanceOf(PoolSaturatedException.class);
        gate.open();
        eventually(() -> assertThat(pool.stats().busySlots()).isZero());
        assertThat(pool.call(() -> "yes")).isEqualTo("yes");
    }

    @Test
    void withoutAQueueCallsWaitForRunnersThatMayBootForThem() {
        FlamePool pool = start(on(backend).max(2).maxConcurrency(1).maxQueued(0));
        assertThat(pool.call(() -> "cold")).isEqualTo("cold");
        assertThat(pool.stats().calls().rejected()).isZero();
    }

    @Test
    void firstComeFirstServed() throws Exception {
        FlamePool pool = full(100);
        Gate notes = later;
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            calls.add(pool.callAsync(() -> notes.note(number)));
        }
        gate.open();
        for (int i = 0; i < 20; i++) {
            assertThat(calls.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i + 1);
        }
        assertThat(later.notes())
                .isEqualTo(java.util.stream.IntStream.range(0, 20).boxed().toList());
    }

    @Test
    void aWaiterThatExpiresNeverRuns() throws Exception {
        FlamePool pool = full(100);
        Gate notes = later;
        CompletableFuture<Integer> late = pool.callAsync(() -> notes.note("late"), BRIEF);
        // What has passed is counted from a moment later than the deadline is.
        CallOptions brief = CallOptions.defaults().timeout(Duration.ofSeconds(3));
        assertThatThrownBy(() -> pool.call(() -> notes.note("late"), brief))
                .isInstanceOfSatisfying(CallTimeoutException.class, timeout -> {
                    assertThat(timeout.phase()).isEqualTo(Phase.QUEUED);
                    assertThat(timeout.elapsed()).isBetween(Duration.ofMillis(50), Duration.ofSeconds(30));
                })
                .hasMessageContaining("in the queue; the task never ran")
                .hasMessageContaining("1 of 1 slots")
                .hasStackTraceContaining("aWaiterThatExpiresNeverRuns");
        assertThatThrownBy(() -> late.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CallTimeoutException.class);
        assertThat(pool.stats().queued()).isZero();
        assertThat(pool.stats().calls().expired()).isEqualTo(2);
        gate.open();
        pool.call(() -> notes.note("after"));
        assertThat(later.notes()).containsExactly("after");
    }

    @Test
    void aDeadlineThatPassesDuringTheBootSaysSo() {
        backend.on((spec, number) -> FaultyBackend.silent(spec));
        FlamePool pool = start(on(backend).max(1));
        // Long enough to be waiting by then.
        CallOptions limit = CallOptions.defaults().timeout(Duration.ofSeconds(3));
        assertThatThrownBy(() -> pool.call(() -> "never", limit))
                .isInstanceOfSatisfying(
                        CallTimeoutException.class,
                        timeout -> assertThat(timeout.phase()).isEqualTo(Phase.BOOTING))
                .hasMessageContaining("waiting for a runner to boot; the task never ran")
                .hasMessageContaining("1 booting")
                .hasMessageContaining("Raise the timeout");
    }

    @Test
    void aDeadlineThatPassesWhileTheTaskRunsSaysSo() {
        FlamePool pool = start(on(backend).min(1).max(1));
        Gate here = gate;
        // Long enough to be on the runner by then.
        CallOptions limit = CallOptions.defaults().timeout(Duration.ofSeconds(5));
        assertThatThrownBy(() -> pool.call(() -> here.pass("never"), limit))
                .isInstanceOfSatisfying(
                        CallTimeoutException.class,
                        timeout -> assertThat(timeout.phase()).isEqualTo(Phase.RUNNING))
                .hasMessageMatching("Pool '" + pool.name() + "': the deadline of lambda in "
                        + "io\\.flame4j\\.it\\.QueueTest\\.aDeadlineThatPassesWhileTheTaskRunsSaysSo"
                        + "\\(QueueTest\\.java:\\d+\\) passed after it had been on runner " + pool.name()
                        + "-1 for .+ m?s\\. Its limit was 5\\.0 s, set for this call.*\\. The task has been interrupted\\."
                        + " Raise that limit, or .+\\.");
        eventually(() -> {
            assertThat(gate.inside()).isZero();
            assertThat(pool.stats().busySlots()).isZero();
        });
    }

    @Test
    void aTimeoutBeyondAllTimesIsNone() {
        FlamePool pool = start(on(backend).timeout(Duration.ofSeconds(Long.MAX_VALUE)));
        assertThat(pool.call(() -> "soon enough", CallOptions.defaults().timeout(Duration.ofSeconds(Long.MAX_VALUE))))
                .isEqualTo("soon enough");
        assertThat(pool.call(() -> "soon enough")).isEqualTo("soon enough");
    }

    @Test
    void anInterruptTakesTheCallerOutOfTheQueue() throws Exception {
        FlamePool pool = full(100);
        Gate notes = later;
        List<Boolean> flags = new ArrayList<>();
        Background<Integer> caller = inBackground(() -> {
            try {
                return pool.call(() -> notes.note("ran"));
            } finally {
                flags.add(Thread.currentThread().isInterrupted());
            }
        });
        eventually(() -> assertThat(pool.stats().queued()).isEqualTo(1));
        caller.thread().interrupt();
        assertThat(caller.failure())
                .isInstanceOf(CallInterruptedException.class)
                .hasMessageContaining("queue")
                .hasMessageContaining("did not run");
        assertThat(flags).containsExactly(true);
        assertThat(pool.stats().queued()).isZero();
        gate.open();
        pool.call(() -> notes.note("after"));
        assertThat(later.notes()).containsExactly("after");
    }

    @Test
    void aThreadThatIsInterruptedAlreadyDoesNotWait() throws Exception {
        FlamePool pool = full(100);
        Background<String> caller = inBackground(() -> {
            Thread.currentThread().interrupt();
            return pool.call(() -> "never");
        });
        assertThat(caller.failure()).isInstanceOf(CallInterruptedException.class);
        assertThat(pool.stats().queued()).isZero();
    }

    @Test
    void aCancelledWaiterNeverRuns() {
        FlamePool pool = full(100);
        Gate notes = later;
        CompletableFuture<Integer> hard = pool.callAsync(() -> notes.note("hard"));
        CompletableFuture<Integer> soft = pool.callAsync(() -> notes.note("soft"));
        assertThat(hard.cancel(true)).isTrue();
        assertThat(soft.cancel(false)).isTrue();
        assertThat(pool.stats().queued()).isZero();
        gate.open();
        pool.call(() -> notes.note("after"));
        assertThat(later.notes()).containsExactly("after");
        assertThat(hard).isCancelled();
    }

    @Test
    void aSoftCancelLetsARunningTaskFinish() {
        FlamePool pool = start(on(backend).max(1));
        Gate here = gate;
        Gate notes = later;
        CompletableFuture<Integer> call = pool.callAsync(() -> {
            here.pass("");
            return notes.note("done");
        });
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        assertThat(call.cancel(false)).isTrue();
        assertThat(call).isCancelled();
        gate.open();
        eventually(() -> {
            assertThat(later.notes()).containsExactly("done");
            assertThat(pool.stats().busySlots()).isZero();
        });
    }

    @Test
    void cancellingADependentStageDoesNotReachTheRunner() throws Exception {
        FlamePool pool = start(on(backend).max(1));
        Gate here = gate;
        CompletableFuture<String> call = pool.callAsync(() -> here.pass("whole"));
        CompletableFuture<Integer> stage = call.thenApply(String::length);
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        stage.cancel(true);
        gate.open();
        assertThat(call.get(60, TimeUnit.SECONDS)).isEqualTo("whole");
    }

    @Test
    void whatATaskCapturedIsTakenWhenItIsSubmitted() throws Exception {
        FlamePool pool = full(100);
        List<String> captured = new ArrayList<>(List.of("before"));
        CompletableFuture<Integer> call = pool.callAsync(() -> captured.size());
        byte[] bytes = new byte[100_000];
        CompletableFuture<Byte> large = pool.callAsync(() -> bytes[99_999]);
        captured.add("after");
        bytes[99_999] = 1;
        gate.open();
        assertThat(call.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(large.get(60, TimeUnit.SECONDS)).isZero();
    }
}
