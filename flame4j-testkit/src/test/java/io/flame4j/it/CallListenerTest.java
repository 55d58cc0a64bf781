package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallListener;
import io.flame4j.CallOptions;
import io.flame4j.CallOutcome;
import io.flame4j.CallReport;
import io.flame4j.CallTimeoutException;
import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.MapOptions;
import io.flame4j.Placed;
import io.flame4j.PoolListener;
import io.flame4j.PoolSaturatedException;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerLostException;
import io.flame4j.TaskSerializationException;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is told of each call. */
class CallListenerTest extends PoolTests {

    /** Writes down what it hears of calls and pools. */
    private static final class Recorder implements PoolListener, CallListener {
        final List<CallReport> reports = new CopyOnWriteArrayList<>();
        final AtomicInteger starts = new AtomicInteger();
        final List<String> sent = new CopyOnWriteArrayList<>();
        final List<String> pools = new CopyOnWriteArrayList<>();

        @Override
        public void onOpen(FlamePool pool) {
            pools.add("open " + pool.name() + " " + pool.stats().max());
        }

        @Override
        public void onClose(FlamePool pool) {
            pools.add("close " + pool.name());
        }

        @Override
        public CallListener onCall(String pool) {
            starts.incrementAndGet();
            return this;
        }

        @Override
        public void onSent(String runnerId) {
            sent.add(runnerId);
        }

        @Override
        public void onEnd(CallReport report) {
            reports.add(report);
        }

        CallReport only() {
            assertThat(reports).hasSize(1);
            return reports.get(0);
        }

        CallOutcome outcome() {
            return only().outcome();
        }
    }

    private final FaultyBackend backend = new FaultyBackend();
    private final Recorder recorder = new Recorder();
    private final Gate gate = Gate.create();

    @Test
    void aCallIsReportedWithItsTimesAndSizes() throws Exception {
        FlamePool pool = start(processes().max(1).listener(recorder));
        byte[] picture = new byte[100_000];
        int length = pool.call(() -> {
                    Thread.sleep(50);
                    return new byte[picture.length / 2];
                })
                .length;
        assertThat(length).isEqualTo(50_000);
        CallReport report = recorder.only();
        assertThat(report.pool()).isEqualTo(pool.name());
        assertThat(report.task())
                .isEqualTo("lambda in " + CallListenerTest.class.getName() + ".aCallIsReportedWithItsTimesAndSizes");
        assertThat(report.outcome()).isEqualTo(CallOutcome.SUCCEEDED);
        assertThat(report.failure()).isNull();
        assertThat(report.runnerId()).isEqualTo(pool.name() + "-1");
        assertThat(recorder.sent).containsExactly(pool.name() + "-1");
        assertThat(report.attempts()).isEqualTo(1);
        // It waited for a JVM to boot, and its task slept.
        assertThat(report.queueWait()).isGreaterThan(Duration.ofMillis(50));
        assertThat(report.taskTime().orElseThrow()).isGreaterThanOrEqualTo(Duration.ofMillis(49));
        assertThat(report.total())
                .isGreaterThanOrEqualTo(
                        report.queueWait().plus(report.taskTime().orElseThrow()));
        assertThat(report.overheadNanos()).isEqualTo(report.totalNanos() - report.taskNanos());
        assertThat(report.bytesSent()).isBetween(100_000L, 110_000L);
        assertThat(report.bytesReceived()).isBetween(50_000L, 51_000L);
    }

    @Test
    void everyKindOfCallIsReportedOnce() throws Exception {
        FlamePool pool = start(local().max(1).listener(recorder));
        pool.callAsync(() -> 1).get(60, TimeUnit.SECONDS);
        assertThat(recorder.reports).hasSize(1);
        pool.cast(() -> {});
        eventually(() -> assertThat(recorder.reports).hasSize(2));
        assertThat(pool.map(List.of(1, 2, 3), i -> i + 1)).containsExactly(2, 3, 4);
        assertThat(recorder.reports).hasSize(5);
        try (Placed<StringBuilder> placed = pool.place(() -> new StringBuilder("a"))) {
            assertThat(recorder.reports).hasSize(6);
            assertThat(placed.call(StringBuilder::length)).isEqualTo(1);
            assertThat(placed.callAsync(StringBuilder::length).get(60, TimeUnit.SECONDS))
                    .isEqualTo(1);
        }
        assertThat(recorder.reports).hasSize(8).allSatisfy(report -> {
            assertThat(report.outcome()).isEqualTo(CallOutcome.SUCCEEDED);
            assertThat(report.taskNanos()).isNotNegative();
            assertThat(report.bytesSent()).isPositive();
            assertThat(report.bytesReceived()).isPositive();
        });
    }

    @Test
    void aCallOfAMapThatFindsTheQueueFullIsReportedOnce() {
        FlamePool pool =
                start(local().min(1).max(1).maxConcurrency(1).maxQueued(1).listener(recorder));
        List<Integer> inputs = IntStream.range(0, 60).boxed().toList();
        assertThat(pool.map(inputs, i -> i + 1, MapOptions.defaults().maxInFlight(10)))
                .hasSize(60);
        assertThat(recorder.reports).hasSize(60).extracting(CallReport::outcome).containsOnly(CallOutcome.SUCCEEDED);
        recorder.reports.clear();
        assertThat(pool.mapStream(
                        inputs.stream(), i -> i + 1, MapOptions.defaults().maxInFlight(10)))
                .hasSize(60);
        assertThat(recorder.reports).hasSize(60).extracting(CallReport::outcome).containsOnly(CallOutcome.SUCCEEDED);
        assertThat(recorder.starts.get()).isEqualTo(120);
    }

    @Test
    void progressCountsAsReceived() {
        FlamePool pool = start(local().max(1).listener(recorder));
        pool.call(
                () -> {
                    RunnerContext.current().progress(new byte[5_000]);
                    return 1;
                },
                CallOptions.defaults().onProgress(value -> {}));
        assertThat(recorder.only().bytesReceived()).isGreaterThan(5_000);
    }

    @Test
    void whatATaskThrowsIsItsFailureWhateverItIs() {
        FlamePool pool = start(local().max(1).listener(recorder));
        assertThatThrownBy(() -> pool.call(() -> {
                    throw new PoolSaturatedException("mine", null);
                }))
                .isInstanceOf(PoolSaturatedException.class);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.FAILED);
        assertThat(recorder.only().failure()).hasMessage("mine");
        assertThat(recorder.only().taskNanos()).isNotNegative();
    }

    @Test
    void whatCannotTravelIsReported() {
        FlamePool pool = start(local().max(1).listener(recorder));
        Object captured = new Object();
        assertThatThrownBy(() -> pool.call(captured::hashCode)).isInstanceOf(TaskSerializationException.class);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.SERIALIZATION);
        assertThat(recorder.only().runnerId()).isNull();
        assertThat(recorder.only().attempts()).isZero();
        recorder.reports.clear();
        assertThatThrownBy(() -> pool.call(Object::new)).isInstanceOf(ResultSerializationException.class);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.SERIALIZATION);
        assertThat(recorder.only().taskNanos()).isNotNegative();
    }

    @Test
    void timeoutsAreReported() {
        FlamePool pool = start(local().max(1).listener(recorder));
        assertThatThrownBy(() -> pool.call(
                        () -> Thread.sleep(600_000), CallOptions.defaults().timeout(Duration.ofMillis(200))))
                .isInstanceOf(CallTimeoutException.class);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.TIMED_OUT);
    }

    @Test
    void cancelledAndRejectedCallsAreReported() throws Exception {
        FlamePool pool =
                start(local().max(1).maxConcurrency(1).maxQueued(1).min(1).listener(recorder));
        Gate here = gate;
        CompletableFuture<String> running = pool.callAsync(() -> here.pass("a"));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        CompletableFuture<String> queued = pool.callAsync(() -> here.pass("b"));
        assertThatThrownBy(() -> pool.call(() -> "c")).isInstanceOf(PoolSaturatedException.class);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.REJECTED);
        recorder.reports.clear();
        queued.cancel(true);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.CANCELLED);
        assertThat(recorder.only().attempts()).isZero();
        recorder.reports.clear();
        running.cancel(true);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.CANCELLED);
        assertThat(recorder.only().runnerId()).isNotNull();
        gate.open();
    }

    @Test
    void interruptsAreReported() throws Exception {
        FlamePool pool = start(local().max(1).listener(recorder));
        Gate here = gate;
        Background<String> caller = inBackground(() -> pool.call(() -> here.pass("a")));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        caller.thread().interrupt();
        assertThat(caller.failure()).isInstanceOf(CallInterruptedException.class);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.INTERRUPTED);
        gate.open();
    }

    @Test
    void lossesAndRepeatedCallsAreReported() throws Exception {
        FlamePool pool = start(on(backend).max(1).listener(recorder));
        Gate here = gate;
        Background<String> caller = inBackground(() -> pool.call(() -> here.pass("a")));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        backend.kill(pool.name() + "-1");
        assertThat(caller.failure()).isInstanceOf(RunnerLostException.class);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.LOST);
        recorder.reports.clear();
        recorder.sent.clear();

        Gate second = Gate.create();
        Gate there = second;
        Background<String> again = inBackground(
                () -> pool.call(() -> there.pass("b"), CallOptions.defaults().retries(1)));
        eventually(() -> assertThat(recorder.sent).containsExactly(pool.name() + "-2"));
        eventually(() -> assertThat(second.inside()).isEqualTo(1));
        backend.kill(pool.name() + "-2");
        // Not before, or the task may still end well on the runner that is being killed.
        eventually(() -> assertThat(recorder.sent).hasSize(2));
        second.open();
        assertThat(again.get()).isEqualTo("b");
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.SUCCEEDED);
        assertThat(recorder.only().attempts()).isEqualTo(2);
        assertThat(recorder.only().runnerId()).isEqualTo(pool.name() + "-3");
        assertThat(recorder.sent).containsExactly(pool.name() + "-2", pool.name() + "-3");
    }

    @Test
    void aBootThatFailsForGoodIsReported() {
        backend.on((spec, number) -> {
            throw FaultyBackend.permanent("no such image");
        });
        FlamePool pool = start(on(backend).max(1).listener(recorder));
        assertThatThrownBy(() -> pool.call(() -> 1)).isInstanceOf(RunnerBootException.class);
        assertThat(recorder.outcome()).isEqualTo(CallOutcome.BOOT_FAILED);
        assertThat(recorder.only().queueNanos()).isPositive();
    }

    @Test
    void allListenersHearAndOneThatThrowsHarmsNobody() {
        Recorder other = new Recorder();
        PoolListener angry = new PoolListener() {
            @Override
            public CallListener onCall(String pool) {
                return new CallListener() {
                    @Override
                    public void onSent(String runnerId) {
                        throw new IllegalStateException("not again");
                    }

                    @Override
                    public void onEnd(CallReport report) {
                        throw new AssertionError("nor this");
                    }
                };
            }
        };
        FlamePool pool = start(local().max(1)
                .listener(angry)
                .listener(recorder)
                .listener(other)
                .listener(new PoolListener() {}));
        assertThat(pool.call(() -> 1)).isEqualTo(1);
        assertThat(recorder.reports).hasSize(1).isEqualTo(other.reports);
    }

    @Test
    void aListenerOfTheProcessHearsPoolsBeforeAndAfter() {
        FlamePool before = start(local().max(3));
        before.call(() -> 1);
        Flame.addListener(recorder);
        try {
            Flame.addListener(recorder);
            assertThat(recorder.pools).containsExactly("open " + before.name() + " 3");
            FlamePool after = start(local().max(4).min(1));
            assertThat(recorder.pools).endsWith("open " + after.name() + " 4").hasSize(2);
            before.call(() -> 1);
            after.call(() -> 1);
            assertThat(recorder.reports).extracting(CallReport::pool).containsExactly(before.name(), after.name());
            before.close();
            assertThat(recorder.pools).endsWith("close " + before.name()).hasSize(3);
            Flame.removeListener(recorder);
            after.call(() -> 1);
            after.close();
            assertThat(recorder.pools).hasSize(3);
            assertThat(recorder.reports).hasSize(2);
        } finally {
            Flame.removeListener(recorder);
        }
    }

    @Test
    void aPoolThatDoesNotStartClosesAgain() {
        backend.on((spec, number) -> {
            throw FaultyBackend.permanent("no such image");
        });
        assertThatThrownBy(() -> start(on(backend).min(1).max(1).listener(recorder)))
                .isInstanceOf(RunnerBootException.class);
        assertThat(recorder.pools).hasSize(2).last().asString().startsWith("close ");
    }

    @Test
    void aFloodOfQueuedCallsIsNotKeptForAListenerThatHangs() {
        CountDownLatch go = new CountDownLatch(1);
        List<Integer> heard = new CopyOnWriteArrayList<>();
        PoolListener slow = new PoolListener() {
            @Override
            public void onQueued(String pool, int queued) {
                heard.add(queued);
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        FlamePool pool = start(local().max(1).maxConcurrency(1).listener(slow));
        try {
            Gate here = gate;
            List<CompletableFuture<String>> calls = IntStream.range(0, 10_500)
                    .mapToObj(i -> pool.callAsync(() -> here.pass("")))
                    .toList();
            pool.shutdownNow();
            eventually(
                    () -> assertThat(calls).allSatisfy(call -> assertThat(call).isDone()));
        } finally {
            go.countDown();
        }
        eventually(() -> assertThat(heard).hasSizeBetween(9_990, 10_001));
    }
}
