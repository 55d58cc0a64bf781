package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.PoolStats;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a pool tells of itself. */
class ListenerTest extends PoolTests {

    /** Writes down what it hears, and then does what the test wants. */
    static class Recorder implements PoolListener {
        final List<String> events = new CopyOnWriteArrayList<>();

        private void heard(String event) {
            events.add(event);
            afterwards();
        }

        void afterwards() {}

        private static String number(String pool, String runner) {
            assertThat(runner).startsWith(pool + "-");
            return runner.substring(pool.length() + 1);
        }

        @Override
        public void onGrowStart(String pool, String runner, int runners) {
            heard("boot " + number(pool, runner) + " of " + runners);
        }

        @Override
        public void onGrowEnd(String pool, String runner, int runners, Duration bootTime) {
            heard("up " + number(pool, runner) + " of " + runners + (bootTime.isNegative() ? " negative" : ""));
        }

        @Override
        public void onBootFailed(String pool, String runner, RunnerBootException failure, Duration retryAfter) {
            heard("failed " + number(pool, runner) + ": " + failure.getMessage());
        }

        @Override
        public void onBootCancelled(String pool, String runner) {
            heard("cancelled " + number(pool, runner));
        }

        @Override
        public void onShrink(String pool, String runner, int runners, ShrinkReason reason) {
            heard("down " + number(pool, runner) + " leaves " + runners + " " + reason);
        }

        @Override
        public void onRunnerLost(String pool, String runner, RunnerLostException loss) {
            heard("lost " + number(pool, runner));
        }

        @Override
        public void onQueued(String pool, int queued) {
            heard("queued " + queued);
        }

        @Override
        public void onCastFailed(String pool, Throwable failure) {
            heard("cast failed: " + failure.getMessage());
        }
    }

    private final FaultyBackend backend = new FaultyBackend();
    private final Recorder recorder = new Recorder();
    private final Gate gate = Gate.create();

    @Test
    void theLifeOfARunnerIsToldInOrder() {
        FlamePool pool = start(
                on(backend).max(1).idleShutdownAfter(Duration.ofMillis(20)).listener(recorder));
        pool.call(() -> "x");
        eventually(() -> assertThat(recorder.events)
                .containsExactly("queued 1", "boot 1 of 1", "up 1 of 1", "down 1 leaves 0 IDLE"));
    }

    @Test
    void countsFollowTheRunners() {
        FlamePool pool = start(on(backend).min(3).max(3).bootParallelism(1).listener(recorder));
        pool.close();
        eventually(() -> assertThat(recorder.events)
                .containsExactly(
                        "boot 1 of 1",
                        "up 1 of 1",
                        "boot 2 of 2",
                        "up 2 of 2",
                        "boot 3 of 3",
                        "up 3 of 3",
                        "down 1 leaves 2 CLOSING",
                        "down 2 leaves 1 CLOSING",
                        "down 3 leaves 0 CLOSING"));
    }

    @Test
    void failedBootsAndLossesAreTold() {
        backend.on((spec, number) -> {
            if (number == 1) {
                throw FaultyBackend.transientFailure("no address left");
            }
            return backend.well(spec);
        });
        FlamePool pool = start(on(backend).max(1).listener(recorder));
        pool.call(() -> "x");
        backend.kill(pool.name() + "-2");
        eventually(() -> assertThat(recorder.events)
                .containsExactly(
                        "queued 1", "boot 1 of 1", "failed 1: no address left", "boot 2 of 1", "up 2 of 1", "lost 2"));
        assertThat(pool.stats().calls().lost()).isEqualTo(1);
    }

    @Test
    void aSingleUseRunnerLeavesAsOne() {
        FlamePool pool = start(on(backend).max(1).singleUse(true).listener(recorder));
        pool.call(() -> "x");
        eventually(() -> assertThat(recorder.events).endsWith("down 1 leaves 0 SINGLE_USE"));
    }

    @Test
    void cancelledBootsAreTold() throws Exception {
        CountDownLatch bothQueued = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        backend.on((spec, number) -> {
            (number == 1 ? bothQueued : never).await();
            return backend.well(spec);
        });
        FlamePool pool = start(on(backend).max(2).maxConcurrency(1).listener(recorder));
        Gate here = gate;
        CompletableFuture<String> one = pool.callAsync(() -> here.pass(""));
        CompletableFuture<String> two = pool.callAsync(() -> "");
        bothQueued.countDown();
        eventually(() -> assertThat(backend.starts()).isEqualTo(2));
        gate.open();
        one.get(60, TimeUnit.SECONDS);
        two.get(60, TimeUnit.SECONDS);
        // Boots have threads of their own: the second to start may be the first runner's.
        eventually(() ->
                assertThat(recorder.events).contains("queued 2").anyMatch(event -> event.startsWith("cancelled ")));
    }

    @Test
    void aCastThatFailsIsTold() {
        FlamePool pool = start(on(backend).max(1).listener(recorder));
        pool.cast(() -> {
            throw new IllegalStateException("nobody is listening");
        });
        eventually(() -> assertThat(recorder.events).endsWith("cast failed: nobody is listening"));
        Recorder unharmed = recorder;
        assertThat(pool.call(() -> "fine")).isEqualTo("fine");
        assertThat(unharmed.events)
                .filteredOn(event -> event.startsWith("cast"))
                .hasSize(1);
    }

    @Test
    void aListenerThatThrowsDoesNoHarm() {
        Recorder angry = new Recorder() {
            @Override
            void afterwards() {
                throw new IllegalStateException("not again");
            }
        };
        FlamePool pool = start(on(backend)
                .max(1)
                .singleUse(true)
                .idleShutdownAfter(Duration.ofMillis(20))
                .listener(angry));
        assertThat(pool.call(() -> "one")).isEqualTo("one");
        assertThat(pool.call(() -> "two")).isEqualTo("two");
        eventually(() -> assertThat(angry.events)
                .filteredOn(event -> event.startsWith("up"))
                .hasSize(2));
    }

    @Test
    void aListenerThatHangsDelaysLaterEventsAndNothingElse() {
        CountDownLatch go = new CountDownLatch(1);
        Recorder slow = new Recorder() {
            @Override
            void afterwards() {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        FlamePool pool = start(on(backend).max(1).listener(slow));
        try {
            for (int i = 0; i < 20; i++) {
                assertThat(pool.call(() -> "quick")).isEqualTo("quick");
            }
            eventually(() -> assertThat(slow.events).isNotEmpty());
            assertThat(slow.events).containsExactly("queued 1");
            pool.close();
        } finally {
            go.countDown();
        }
        eventually(() -> assertThat(slow.events)
                .containsExactly("queued 1", "boot 1 of 1", "up 1 of 1", "down 1 leaves 0 CLOSING"));
    }

    @Test
    void theStatisticsAddUp() throws Exception {
        FlamePool pool = start(on(backend).max(2).maxConcurrency(3).listener(recorder));
        assertThat(pool.stats()).satisfies(empty -> {
            assertThat(empty.pool()).isEqualTo(pool.name());
            assertThat(empty.min()).isZero();
            assertThat(empty.max()).isEqualTo(2);
            assertThat(empty.slots()).isZero();
            assertThat(empty.bootTime()).isZero();
            assertThat(empty.runners()).isEmpty();
            assertThat(empty.calls()).isEqualTo(new PoolStats.Totals(0, 0, 0, 0, 0, 0, 0));
        });
        Gate here = gate;
        List<CompletableFuture<String>> calls = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(pool.callAsync(() -> here.pass("")));
        }
        eventually(() -> assertThat(gate.inside()).isEqualTo(6));
        PoolStats full = pool.stats();
        assertThat(full.ready()).isEqualTo(2);
        assertThat(full.slots()).isEqualTo(6);
        assertThat(full.busySlots()).isEqualTo(6);
        assertThat(full.queued()).isEqualTo(2);
        assertThat(full.runners()).extracting(PoolStats.RunnerStats::busySlots).containsExactly(3, 3);
        assertThat(full.runners()).extracting(PoolStats.RunnerStats::state).containsOnly(PoolStats.State.READY);
        gate.open();
        for (CompletableFuture<String> call : calls) {
            call.get(60, TimeUnit.SECONDS);
        }
        PoolStats after = pool.stats();
        assertThat(after.busySlots()).isZero();
        assertThat(after.queued()).isZero();
        assertThat(after.calls().granted()).isEqualTo(8);
        assertThat(after.runners().stream()
                        .mapToLong(PoolStats.RunnerStats::served)
                        .sum())
                .isEqualTo(8);
        // Boots begin on threads of their own: the second runner may be the older one.
        assertThat(after.runners())
                .extracting(PoolStats.RunnerStats::age)
                .allSatisfy(age -> assertThat(age).isPositive());
    }
}
