package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlameException;
import io.flame4j.FlamePool;
import io.flame4j.MapFailedException;
import io.flame4j.MapOptions;
import io.flame4j.PoolClosedException;
import io.flame4j.RunnerContext;
import io.flame4j.TaskSerializationException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many inputs, one function. */
class MapTest extends PoolTests {

    private static final AtomicInteger RUNNING = new AtomicInteger();
    private static final AtomicInteger MOST = new AtomicInteger();

    private final Gate gate = Gate.create();

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void theResultsAreInTheOrderOfTheInputs() {
        FlamePool pool = start(local().max(3).maxConcurrency(4));
        List<String> results = pool.map(numbers(200), number -> "n" + number);
        assertThat(results)
                .isEqualTo(numbers(200).stream().map(number -> "n" + number).toList());
        assertThatThrownBy(() -> results.set(0, "")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void anEmptyMapAsksForNothing() {
        FlamePool pool = start(local());
        assertThat(pool.map(List.<Integer>of(), number -> number + 1)).isEmpty();
        assertThat(pool.stats().calls().granted()).isZero();
        assertThat(pool.stats().runners()).isEmpty();
    }

    @Test
    void inputsAndResultsMayBeNull() {
        FlamePool pool = start(local());
        List<String> inputs = Arrays.asList("a", null, "b");
        assertThat(pool.<String, String, RuntimeException>map(inputs, text -> text == null ? null : text + text))
                .containsExactly("aa", null, "bb");
    }

    @Test
    void largeInputsTravel() {
        FlamePool pool = start(local().max(2).maxConcurrency(2));
        List<byte[]> inputs =
                IntStream.range(0, 20).mapToObj(i -> new byte[1 << 20]).toList();
        assertThat(pool.map(inputs, bytes -> bytes.length)).hasSize(20).containsOnly(1 << 20);
    }

    private static int counted(int number) {
        MOST.accumulateAndGet(RUNNING.incrementAndGet(), Math::max);
        java.util.concurrent.locks.LockSupport.parkNanos(200_000);
        RUNNING.decrementAndGet();
        return number;
    }

    @Test
    void noMoreAreInFlightThanAskedFor() {
        FlamePool pool = start(local().max(2).maxConcurrency(8));
        MOST.set(0);
        assertThat(pool.map(
                        numbers(100), MapTest::counted, MapOptions.defaults().maxInFlight(3)))
                .hasSize(100);
        assertThat(MOST.get()).isBetween(1, 3);
    }

    @Test
    void theDefaultWindowFillsEverySlot() throws Exception {
        FlamePool pool = start(local().max(2).maxConcurrency(3));
        Gate all = gate;
        assertThat(pool.map(numbers(6), number -> all.meet(6, number))).hasSize(6);
    }

    private static int picky(int number) throws IOException {
        if (number == 3) {
            throw new IOException("disk on fire at " + number);
        }
        return number;
    }

    @Test
    void theFirstFailureIsThrownAsItIsAndCancelsTheRest() {
        FlamePool pool = start(local().max(1).maxConcurrency(4));
        Gate here = gate;
        assertThatThrownBy(() -> pool.map(numbers(50), number -> {
                    here.note(number);
                    return number == 3 ? picky(number) : here.pass(number);
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("disk on fire at 3");
        eventually(() -> {
            assertThat(gate.inside()).isZero();
            assertThat(pool.stats().busySlots()).isZero();
        });
        assertThat(gate.notes()).hasSizeLessThanOrEqualTo(4);
    }

    private static void mapOfThisTest(FlamePool pool) throws IOException {
        pool.map(List.of(5, 3, 5, 5), MapTest::picky, MapOptions.defaults().maxInFlight(1));
    }

    @Test
    void aFailureHasTheFramesOfTheTaskAndOfTheCallerAndSaysWhichInput() {
        FlamePool pool = start(local().max(1));
        assertThatThrownBy(() -> mapOfThisTest(pool)).satisfies(failure -> {
            List<String> frames = Arrays.stream(failure.getStackTrace())
                    .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                    .toList();
            assertThat(frames)
                    .containsSubsequence(
                            MapTest.class.getName() + ".picky",
                            "flame4j.runner " + pool.name() + "-1.call",
                            MapTest.class.getName() + ".mapOfThisTest");
            assertThat(frames).noneMatch(frame -> frame.startsWith("io.flame4j.internal."));
            assertThat(failure.getSuppressed())
                    .singleElement()
                    .satisfies(note -> assertThat(note)
                            .isExactlyInstanceOf(FlameException.class)
                            .hasMessage("Pool '" + pool.name()
                                    + "': that was the input at index 1 (from 0) of a map of 4 inputs"));
        });
    }

    @Test
    void theFirstOfSeveralFailuresIsTheOneOfTheLowestIndex() {
        FlamePool pool = start(local().max(1).maxConcurrency(2));
        Gate here = gate;
        assertThatThrownBy(() -> pool.map(
                        numbers(2),
                        number -> {
                            if (number == 0) {
                                here.pass("after the other");
                            }
                            throw new IOException("disk " + number);
                        },
                        MapOptions.defaults().collectFailures().onCompleted(count -> here.open())))
                .isExactlyInstanceOf(MapFailedException.class)
                .hasMessageEndingWith(
                        "2 of 2 calls of a map failed; the first, at index 0: java.io.IOException: disk 0")
                .hasRootCauseMessage("disk 0");
    }

    @Test
    void aFunctionThatCannotTravelIsNoFailureOfAnInput() {
        FlamePool pool = start(local().max(1));
        Object stuck = new Object();
        assertThatThrownBy(() -> pool.map(
                        numbers(3),
                        number -> stuck.hashCode() + number,
                        MapOptions.defaults().collectFailures()))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasNoSuppressedExceptions();
    }

    @Test
    void allFailuresAreCollectedWhenAskedFor() {
        FlamePool pool = start(local().max(1).maxConcurrency(4));
        assertThatThrownBy(() -> pool.map(
                        numbers(10),
                        number -> number % 4 == 3 ? Integer.parseInt("x" + number) : number,
                        MapOptions.defaults().collectFailures()))
                .isInstanceOfSatisfying(MapFailedException.class, failed -> {
                    assertThat(failed.failures().keySet()).containsExactly(3, 7);
                    assertThat(failed.getCause())
                            .isInstanceOf(NumberFormatException.class)
                            .hasMessageContaining("x3");
                    assertThat(failed.getSuppressed()).hasSize(1);
                })
                .hasMessageContaining("2 of 10 calls");
        assertThat(pool.map(numbers(10), number -> number, MapOptions.defaults().collectFailures()))
                .isEqualTo(numbers(10));
    }

    @Test
    void anInputThatCannotTravelIsAFailureAmongOthersWhenTheyAreCollected() {
        FlamePool pool = start(local().max(1).maxConcurrency(4));
        List<Object> inputs = List.of("a", new Object(), "b");
        assertThatThrownBy(() ->
                        pool.map(inputs, Object::toString, MapOptions.defaults().collectFailures()))
                .isInstanceOfSatisfying(MapFailedException.class, failed -> {
                    assertThat(failed.failures().keySet()).containsExactly(1);
                    assertThat(failed.getCause()).isInstanceOf(TaskSerializationException.class);
                });
        assertThatThrownBy(() -> pool.map(inputs, Object::toString))
                .isInstanceOf(TaskSerializationException.class)
                .satisfies(failed -> assertThat(failed.getSuppressed())
                        .singleElement()
                        .satisfies(note -> assertThat(note).hasMessageContaining("index 1 ")));
        eventually(() -> assertThat(pool.stats().busySlots()).isZero());
    }

    @Test
    void aMapKeepsWithinTheQueueOfItsPool() {
        FlamePool pool = start(local().max(1).maxConcurrency(4).maxQueued(2));
        assertThat(pool.map(numbers(40), number -> number)).isEqualTo(numbers(40));
        try (var results = pool.mapStream(numbers(40).stream(), number -> number)) {
            assertThat(results).hasSize(40).allMatch(result -> result.isSuccess());
        }
    }

    @Test
    void theListenerHearsOfEveryEnd() {
        FlamePool pool = start(local().max(1).maxConcurrency(4));
        List<Long> counts = new ArrayList<>();
        pool.map(numbers(20), number -> number, MapOptions.defaults().onCompleted(counts::add));
        assertThat(counts)
                .isEqualTo(IntStream.rangeClosed(1, 20).mapToObj(i -> (long) i).toList());
    }

    @Test
    void aListenerThatThrowsDoesNoHarm() {
        FlamePool pool = start(local().max(1).maxConcurrency(4));
        MapOptions options = MapOptions.defaults().onCompleted(count -> {
            throw new IllegalStateException("listener");
        });
        assertThat(pool.map(numbers(5), number -> number, options)).isEqualTo(numbers(5));
        assertThatThrownBy(() -> pool.map(numbers(5), MapTest::picky, options)).isInstanceOf(IOException.class);
        try (var results = pool.mapStream(numbers(5).stream(), number -> number, options)) {
            assertThat(results).hasSize(5);
        }
    }

    @Test
    void theOptionsOfEachCallCount() {
        FlamePool pool = start(local().min(1).max(1).maxConcurrency(4));
        Gate here = gate;
        assertThatThrownBy(() -> pool.map(
                        numbers(2),
                        number -> here.pass(number),
                        MapOptions.defaults().call(CallOptions.defaults().timeout(Duration.ofMillis(60)))))
                .isInstanceOf(CallTimeoutException.class);
    }

    @Test
    void anInterruptCancelsTheMap() throws Exception {
        FlamePool pool = start(local().max(1).maxConcurrency(2));
        Gate here = gate;
        Background<List<Integer>> mapping = inBackground(() -> pool.map(numbers(100), number -> here.pass(number)));
        eventually(() -> assertThat(gate.inside()).isEqualTo(2));
        mapping.thread().interrupt();
        assertThat(mapping.failure()).isInstanceOf(CallInterruptedException.class);
        eventually(() -> {
            assertThat(gate.inside()).isZero();
            assertThat(pool.stats().queued()).isZero();
            assertThat(pool.stats().busySlots()).isZero();
        });
    }

    @Test
    void closingThePoolEndsAMap() throws Exception {
        FlamePool pool = start(local().max(1).maxConcurrency(2));
        Gate here = gate;
        Background<List<Integer>> mapping = inBackground(() -> pool.map(numbers(100), number -> here.pass(number)));
        eventually(() -> assertThat(gate.inside()).isEqualTo(2));
        Background<String> closing = inBackground(() -> {
            pool.close();
            return "closed";
        });
        eventually(() -> assertThatThrownBy(() -> pool.call(() -> "")).isInstanceOf(PoolClosedException.class));
        gate.open();
        assertThat(mapping.failure()).isInstanceOf(PoolClosedException.class);
        assertThat(closing.get()).isEqualTo("closed");
    }

    @Test
    void aMapOnTheRunnersOfAProcessPoolUsesSeveralOfThem() {
        FlamePool pool = start(processes().max(2).maxConcurrency(1));
        pool.resize(2, 2);
        eventually(() -> assertThat(pool.stats().ready()).isEqualTo(2));
        assertThat(pool.map(numbers(40), number -> RunnerContext.current().runnerId()))
                .containsOnly(pool.name() + "-1", pool.name() + "-2")
                .contains(pool.name() + "-1", pool.name() + "-2");
    }
}
