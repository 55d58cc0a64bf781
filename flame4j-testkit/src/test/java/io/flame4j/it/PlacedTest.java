package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.Placed;
import io.flame4j.PoolClosedException;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerLostException;
import io.flame4j.testkit.FaultyBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Objects that live on a runner. */
class PlacedTest extends PoolTests {

    /** Not serializable, not thread-safe, and says when it is closed. */
    static final class Counter implements AutoCloseable {
        private final Gate notes;
        private int count;

        Counter(Gate notes) {
            this.notes = notes;
        }

        int next() {
            return ++count;
        }

        @Override
        public void close() {
            notes.note("closed on " + Thread.currentThread().getName());
        }
    }

    private final FaultyBackend backend = new FaultyBackend();
    private final Gate notes = Gate.create();
    private final Gate gate = Gate.create();

    private FlamePool one() {
        return start(on(backend).max(1).maxConcurrency(2));
    }

    private Placed<Counter> counter(FlamePool pool) {
        Gate here = notes;
        return pool.place(() -> new Counter(here));
    }

    private void awaitFree(FlamePool pool) {
        eventually(() -> assertThat(pool.stats().busySlots()).isZero());
        assertThat(pool.call(() -> "usable")).isEqualTo("usable");
    }

    @ParameterizedTest
    @EnumSource
    void theObjectKeepsItsStateBetweenCalls(Backends backends) {
        FlamePool pool = start(backends.pool().max(1));
        try (Placed<List<String>> list = pool.place(() -> new ArrayList<String>())) {
            list.call(texts -> texts.add("one"));
            list.call(texts -> texts.add("two"));
            String all = list.call(texts -> String.join(" ", texts));
            assertThat(all).isEqualTo("one two");
            assertThat(list.runnerId()).isEqualTo(pool.name() + "-1");
            assertThat(pool.stats().busySlots()).isEqualTo(1);
        }
        awaitFree(pool);
    }

    @Test
    void factoryAndCallsShareOneThread() throws Exception {
        FlamePool pool = one();
        List<Thread> threads = java.util.Collections.synchronizedList(new ArrayList<>());
        THREADS = threads;
        try (Placed<String> placed = pool.place(() -> {
            THREADS.add(Thread.currentThread());
            return "object";
        })) {
            List<CompletableFuture<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(placed.callAsync(object -> THREADS.add(Thread.currentThread())));
                boolean added = placed.call(object -> THREADS.add(Thread.currentThread()));
                assertThat(added).isTrue();
            }
            for (CompletableFuture<Boolean> call : calls) {
                call.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(threads).hasSize(21);
        assertThat(new HashSet<>(threads)).hasSize(1);
    }

    private static volatile List<Thread> THREADS = List.of();

    @Test
    void callsOfManyThreadsRunOneAfterTheOther() throws Exception {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            List<Background<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.add(inBackground(() -> {
                    int last = 0;
                    for (int call = 0; call < 50; call++) {
                        last = counter.call(Counter::next);
                    }
                    return last;
                }));
            }
            int most = 0;
            for (Background<Integer> caller : callers) {
                most = Math.max(most, caller.get());
            }
            assertThat(most).isEqualTo(400);
        }
    }

    @Test
    void asynchronousCallsKeepTheirOrder() throws Exception {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(counter.callAsync(Counter::next));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(calls.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anActionReturnsNothing(Backends backends) {
        FlamePool pool = start(backends.pool().max(1));
        String added = "one";
        try (Placed<List<String>> list = pool.place(() -> new ArrayList<>())) {
            list.run(texts -> texts.add(added));
            int size = list.call(List::size);
            assertThat(size).isEqualTo(1);
            list.run(texts -> texts.clear());
            list.run(List::clear);
            size = list.call(List::size);
            assertThat(size).isZero();
            assertThatThrownBy(() -> list.run(texts -> {
                        throw new IOException("no room");
                    }))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("no room");
        }
    }

    @Test
    void anAsynchronousCallHasItsOwnOptions() {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            Gate here = gate;
            CompletableFuture<String> late = counter.callAsync(
                    object -> here.pass("never"), CallOptions.defaults().timeout(Duration.ofMillis(60)));
            assertThatThrownBy(() -> late.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(CallTimeoutException.class);
            assertThatThrownBy(() -> counter.callAsync(
                            Counter::next, CallOptions.defaults().retries(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("retries(1)");
        }
    }

    @Test
    void aDetachedCallGoesOnWhenItIsCancelled() {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            Gate here = gate;
            CompletableFuture<Integer> call = counter.callAsync(
                    object -> {
                        here.pass("in");
                        return here.note("done");
                    },
                    CallOptions.defaults().detached());
            eventually(() -> assertThat(gate.inside()).isEqualTo(1));
            assertThat(call.cancel(true)).isTrue();
            gate.open();
            eventually(() -> assertThat(gate.notes()).containsExactly("done"));
        }
    }

    @Test
    void closeClosesTheObjectOnItsThreadAndReturnsTheSlot() {
        FlamePool pool = one();
        Placed<Counter> counter = counter(pool);
        int first = counter.call(Counter::next);
        assertThat(first).isEqualTo(1);
        counter.close();
        counter.close();
        assertThat(counter.onExit().toCompletableFuture()).isCompletedWithValue(null);
        eventually(() -> assertThat(notes.notes()).hasSize(1));
        assertThat(notes.notes().get(0)).asString().contains(pool.name() + "-1-slot-");
        assertThatThrownBy(() -> counter.call(Counter::next))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
        awaitFree(pool);
        assertThat(backend.starts()).isEqualTo(1);
    }

    @Test
    void closeInterruptsACallThatIsUnderWay() throws Exception {
        FlamePool pool = one();
        Placed<Counter> counter = counter(pool);
        Gate here = gate;
        CompletableFuture<String> stuck = counter.callAsync(object -> here.pass("never"));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        counter.close();
        eventually(() -> {
            assertThat(gate.inside()).isZero();
            assertThat(notes.notes()).hasSize(1);
        });
        assertThat(stuck.handle((value, failure) -> failure).get(60, TimeUnit.SECONDS))
                .isInstanceOf(java.util.concurrent.CancellationException.class)
                .hasMessageContaining("was closed while a call on it was under way");
        awaitFree(pool);
    }

    @Test
    void theObjectSurvivesACancelledCall() throws Exception {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            int before = counter.call(Counter::next);
            Gate here = gate;
            CompletableFuture<String> call = counter.callAsync(object -> here.pass("never"));
            eventually(() -> assertThat(gate.inside()).isEqualTo(1));
            assertThat(call.cancel(true)).isTrue();
            int after = counter.call(Counter::next);
            assertThat(after).isEqualTo(before + 1);
            assertThat(notes.notes()).isEmpty();
        }
        awaitFree(pool);
    }

    @Test
    void theObjectSurvivesACallThatRanOutOfTime() {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            Gate here = gate;
            assertThatThrownBy(() -> counter.call(
                            object -> here.pass("never"), CallOptions.defaults().timeout(Duration.ofMillis(60))))
                    .isInstanceOfSatisfying(
                            CallTimeoutException.class,
                            timeout -> assertThat(timeout.phase()).isEqualTo(CallTimeoutException.Phase.RUNNING));
            int next = counter.call(Counter::next);
            assertThat(next).isEqualTo(1);
        }
        awaitFree(pool);
    }

    @Test
    void aCallThatWaitsForItsTurnTooLongSaysSo() {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            Gate here = gate;
            counter.callAsync(object -> here.pass("never"));
            eventually(() -> assertThat(gate.inside()).isEqualTo(1));
            assertThatThrownBy(() ->
                            counter.call(Counter::next, CallOptions.defaults().timeout(Duration.ofMillis(60))))
                    .isInstanceOfSatisfying(
                            CallTimeoutException.class,
                            timeout -> assertThat(timeout.phase()).isEqualTo(CallTimeoutException.Phase.QUEUED))
                    .hasMessageContaining("one after the other");
        }
    }

    @Test
    void whatAFunctionThrowsArrivesAndTheObjectGoesOn() {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            assertThatThrownBy(() -> counter.call(object -> {
                        throw new IOException("no " + object.next());
                    }))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("no 1");
            int next = counter.call(Counter::next);
            assertThat(next).isEqualTo(2);
        }
    }

    @Test
    void aFactoryThatThrowsGivesTheSlotBack() {
        FlamePool pool = one();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> pool.place(PlacedTest::failingFactory))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("no model here");
            assertThat(pool.stats().busySlots()).isZero();
        }
        awaitFree(pool);
        assertThat(backend.starts()).isEqualTo(1);
    }

    private static Object failingFactory() throws IOException {
        throw new IOException("no model here");
    }

    @Test
    void aFactoryThatIsTooSlowGivesTheSlotBack() {
        FlamePool pool = one();
        Gate here = gate;
        assertThatThrownBy(() -> pool.place(
                        () -> here.pass("late"), CallOptions.defaults().timeout(Duration.ofMillis(60))))
                .isInstanceOf(CallTimeoutException.class);
        awaitFree(pool);
    }

    @Test
    void aFactoryMayReturnNull() {
        FlamePool pool = one();
        try (Placed<Object> placed = pool.place(() -> null)) {
            boolean isNull = placed.call(object -> object == null);
            assertThat(isNull).isTrue();
        }
        awaitFree(pool);
    }

    @Test
    void retriesAreRefused() {
        FlamePool pool = one();
        try (Placed<Counter> counter = counter(pool)) {
            assertThatThrownBy(() ->
                            counter.call(Counter::next, CallOptions.defaults().retries(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("retries(1)");
        }
    }

    @Test
    void theLossOfItsRunnerEndsIt() {
        FlamePool pool = one();
        Placed<Counter> counter = counter(pool);
        backend.kill(counter.runnerId());
        assertThatThrownBy(() -> counter.onExit().toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RunnerLostException.class);
        assertThatThrownBy(() -> counter.call(Counter::next))
                .isInstanceOfSatisfying(
                        RunnerLostException.class,
                        lost -> assertThat(lost.runnerId()).isEqualTo(counter.runnerId()))
                .hasStackTraceContaining("theLossOfItsRunnerEndsIt");
        counter.close();
        awaitFree(pool);
        assertThat(backend.starts()).isEqualTo(2);
    }

    @Test
    void closingThePoolEndsItInGoodOrder() throws Exception {
        FlamePool pool = one();
        Placed<Counter> counter = counter(pool);
        pool.close();
        counter.onExit().toCompletableFuture().get(60, TimeUnit.SECONDS);
        eventually(() -> assertThat(notes.notes()).hasSize(1));
        assertThatThrownBy(() -> counter.call(Counter::next))
                .isInstanceOfAny(IllegalStateException.class, PoolClosedException.class);
    }

    @Test
    void itHoldsItsRunnerBeyondTheIdleTime() {
        FlamePool pool = start(on(backend).max(2).maxConcurrency(1).idleShutdownAfter(Duration.ofMillis(20)));
        try (Placed<Counter> counter = counter(pool)) {
            pool.call(() -> "boots a second one");
            eventually(() -> assertThat(pool.stats().runners()).hasSize(1));
            int next = counter.call(Counter::next);
            assertThat(next).isEqualTo(1);
        }
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
    }

    @Test
    void aSingleUseRunnerStaysUntilItsObjectIsClosed() {
        FlamePool pool = start(on(backend).max(1).singleUse(true));
        try (Placed<Counter> counter = counter(pool)) {
            int one = counter.call(Counter::next);
            int two = counter.call(Counter::next);
            assertThat(one + two).isEqualTo(3);
        }
        String next = pool.call(() -> RunnerContext.current().runnerId());
        assertThat(next).isEqualTo(pool.name() + "-2");
    }

    /** The cancelled call and the close both give up the connection; the slot must come back exactly once. */
    @RepeatedTest(40)
    void cancelsAndClosesAtTheSameTimeReturnTheSlotOnce() throws Exception {
        FlamePool pool = one();
        for (int i = 0; i < 5; i++) {
            Placed<Counter> counter = counter(pool);
            Gate here = Gate.create();
            CompletableFuture<String> call = counter.callAsync(object -> here.pass("never"));
            eventually(() -> assertThat(here.inside()).isEqualTo(1));
            Background<Boolean> cancel = inBackground(() -> call.cancel(true));
            Background<Boolean> close = inBackground(() -> {
                counter.close();
                return true;
            });
            counter.close();
            cancel.get();
            close.get();
        }
        eventually(() -> assertThat(pool.stats().busySlots()).isZero());
        Gate both = Gate.create();
        Set<String> answers = new HashSet<>(pool.map(List.of("a", "b"), text -> both.meet(2, text)));
        assertThat(answers).containsExactlyInAnyOrder("a", "b");
        assertThat(backend.starts()).isEqualTo(1);
    }
}
