package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.PoolClosedException;
import io.flame4j.RunnerLostException;
import io.flame4j.testkit.FaultyBackend;
import io.flame4j.testkit.LeakCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a pool. */
class CloseTest extends PoolTests {

    private final FaultyBackend backend = new FaultyBackend();
    private final Gate gate = Gate.create();

    private static Background<String> closing(FlamePool pool) {
        return inBackground(() -> {
            pool.close();
            return "closed";
        });
    }

    private static void awaitClosed(FlamePool pool) {
        eventually(() -> assertThatThrownBy(() -> pool.callAsync(() -> "")).isInstanceOf(PoolClosedException.class));
    }

    @ParameterizedTest
    @EnumSource
    void afterACloseNothingIsLeft(Backends backends) {
        FlamePool pool = start(backends.pool().max(2).min(1));
        pool.call(() -> "used");
        List<ProcessHandle> children = ProcessHandle.current().children().toList();
        pool.close();
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        // The thread that told the end of the last runner is about to end.
        eventually(() -> assertThat(threadsOf(pool.name())).allMatch(name -> name.endsWith("-events")));
        assertThat(LeakCheck.socketDirectories(ProcessHandle.current().pid())).isEmpty();
        assertThat(pool.stats().runners()).isEmpty();
        pool.close();
        pool.shutdownNow();
    }

    @Test
    void everyCallIsRefusedAfterwards() {
        FlamePool pool = start(on(backend));
        pool.close();
        List<ThrowingCallable> calls = List.of(
                () -> pool.call(() -> "x"),
                () -> pool.call(() -> {}),
                () -> pool.callAsync(() -> "x"),
                () -> pool.cast(() -> {}),
                () -> pool.map(List.of(1), number -> number),
                () -> pool.mapStream(Stream.of(1), number -> number),
                () -> pool.place(() -> "x"),
                () -> pool.resize(0, 1));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call)
                    .isInstanceOf(PoolClosedException.class)
                    .hasMessageContaining("Pool '" + pool.name() + "' is closed");
        }
        assertThat(pool.name()).startsWith("test-");
        assertThat(pool.stats().ready()).isZero();
        assertThat(backend.starts()).isZero();
    }

    @Test
    void runningCallsFinishAndThoseWhoWaitAreRefused() throws Exception {
        FlamePool pool = start(on(backend).max(1).maxConcurrency(1));
        Gate here = gate;
        Background<String> running = inBackground(() -> pool.call(() -> here.pass("finished")));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        Background<String> waiting = inBackground(() -> pool.call(() -> "never"));
        CompletableFuture<String> waitingAsync = pool.callAsync(() -> "never");
        eventually(() -> assertThat(pool.stats().queued()).isEqualTo(2));
        Background<String> closing = closing(pool);
        assertThat(waiting.failure()).isInstanceOf(PoolClosedException.class);
        assertThatThrownBy(() -> waitingAsync.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(PoolClosedException.class);
        assertThat(closing.isDone()).isFalse();
        gate.open();
        assertThat(running.get()).isEqualTo("finished");
        assertThat(closing.get()).isEqualTo("closed");
    }

    @Test
    void aSecondCloseWaitsForTheFirst() throws Exception {
        CompletableFuture<Void> mayEnd = new CompletableFuture<>();
        FaultyBackend slow = new FaultyBackend().onClose(mayEnd::join);
        FlamePool pool = start(on(slow).min(1));
        Background<String> first = closing(pool);
        eventually(() -> assertThat(slow.isClosed()).isTrue());
        Background<String> second = closing(pool);
        Background<String> third = inBackground(() -> {
            pool.shutdownNow();
            return "shut down";
        });
        for (Background<String> other : List.of(second, third)) {
            eventually(() -> assertThat(other.isDone()
                            || other.thread().getState() == Thread.State.WAITING
                            || other.thread().getState() == Thread.State.BLOCKED)
                    .isTrue());
            assertThat(other.isDone()).isFalse();
        }
        mayEnd.complete(null);
        assertThat(second.get()).isEqualTo("closed");
        assertThat(third.get()).isEqualTo("shut down");
        assertThatThrownBy(() -> Flame.pool(pool.name())).isInstanceOf(IllegalArgumentException.class);
        assertThat(first.get()).isEqualTo("closed");
    }

    @Test
    void manyClosesAtOnceAreOne() throws Exception {
        FlamePool pool = start(on(backend).min(2).max(2));
        List<Background<String>> closers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            closers.add(closing(pool));
        }
        for (Background<String> closer : closers) {
            assertThat(closer.get()).isEqualTo("closed");
        }
        assertThat(backend.live()).isZero();
    }

    @Test
    void closeWhileRunnersBootCancelsTheBoots() throws Exception {
        backend.on((spec, number) -> FaultyBackend.silent(spec));
        FlamePool pool = start(on(backend).max(3).maxConcurrency(1));
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(pool.callAsync(() -> "never"));
        }
        eventually(() -> assertThat(backend.live()).isEqualTo(3));
        pool.close();
        assertThat(backend.live()).isZero();
        for (CompletableFuture<String> call : calls) {
            assertThatThrownBy(() -> call.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(PoolClosedException.class);
        }
    }

    @Test
    void aPoolThatIsClosedWhileItIsBuiltIsNotHandedOut() throws Exception {
        backend.on((spec, number) -> FaultyBackend.silent(spec));
        FlamePoolBuilder builder =
                FlamePool.builder("stillborn").backend(backend).min(1);
        Background<FlamePool> building = inBackground(builder::build);
        eventually(() -> assertThat(backend.live()).isEqualTo(1));
        Flame.pool("stillborn").close();
        assertThat(building.failure()).isInstanceOf(PoolClosedException.class);
    }

    @Test
    void anInterruptedBuildLeavesNothing() throws Exception {
        backend.on((spec, number) -> FaultyBackend.silent(spec));
        Background<FlamePool> building = inBackground(() -> on(backend).min(1).build());
        eventually(() -> assertThat(backend.live()).isEqualTo(1));
        building.thread().interrupt();
        assertThat(building.failure()).isInstanceOf(io.flame4j.CallInterruptedException.class);
        assertThat(backend.live()).isZero();
        assertThat(backend.isClosed()).isTrue();
    }

    @Test
    void anInterruptOfCloseEndsEverythingAtOnce() throws Exception {
        FlamePool pool = start(on(backend).max(1));
        Gate here = gate;
        Background<String> running = inBackground(() -> pool.call(() -> here.pass("never")));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Background<String> closing = inBackground(() -> {
            pool.close();
            flag.set(Thread.currentThread().isInterrupted());
            return "closed";
        });
        awaitClosed(pool);
        closing.thread().interrupt();
        assertThat(closing.get()).isEqualTo("closed");
        assertThat(flag).hasValue(true);
        assertThat(running.failure())
                .isInstanceOfSatisfying(
                        RunnerLostException.class,
                        lost -> assertThat(lost.reason()).isEqualTo(RunnerLostException.Reason.SHUTDOWN));
    }

    @Test
    void aCallThatTakesLongerThanTheShutdownTimeoutIsCutOff() throws Exception {
        FlamePool pool = start(on(backend).max(1).shutdownTimeout(Duration.ofMillis(100)));
        Gate here = gate;
        Background<String> running = inBackground(() -> pool.call(() -> here.pass("never")));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        pool.close();
        assertThat(running.failure())
                .isInstanceOfSatisfying(
                        RunnerLostException.class,
                        lost -> assertThat(lost.reason()).isEqualTo(RunnerLostException.Reason.SHUTDOWN))
                .hasMessageContaining("was shut down");
        eventually(() -> assertThat(gate.inside()).isZero());
    }

    @Test
    void aBackendThatFailsToCloseDoesNotKeepTheRestFromClosing() {
        FaultyBackend broken = new FaultyBackend().onClose(() -> {
            throw new IllegalStateException("no answer from the API server");
        });
        FlamePool pool = start(on(broken).min(1));
        pool.close();
        assertThatThrownBy(() -> Flame.pool(pool.name())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTaskMayBeFollowedByTheCloseOfItsPool() throws Exception {
        FlamePool pool = start(on(backend).max(1));
        pool.callAsync(() -> "last").thenRun(pool::close).get(60, TimeUnit.SECONDS);
        assertThat(backend.live()).isZero();
    }

    @Test
    void whatFollowsARefusedCallDoesNotHoldUpThePool() throws Exception {
        FlamePool pool = start(on(backend).max(1).maxConcurrency(1));
        Gate here = gate;
        CompletableFuture<String> running = pool.callAsync(() -> here.pass("finished"));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        // The stage blocks; the deadline of the next call must pass in time all the same.
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CallOptions brief = CallOptions.defaults().timeout(Duration.ofMillis(40));
        CompletableFuture<Void> stage = pool.callAsync(() -> "never", brief).handle((value, failure) -> {
            blocked.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        });
        blocked.await();
        assertThatThrownBy(() -> pool.call(() -> "never", brief)).isInstanceOf(CallTimeoutException.class);
        end.countDown();
        stage.get(60, TimeUnit.SECONDS);
        gate.open();
        assertThat(running.get(60, TimeUnit.SECONDS)).isEqualTo("finished");
    }
}
