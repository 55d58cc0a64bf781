package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallInterruptedException;
import io.flame4j.FlamePool;
import io.flame4j.MapOptions;
import io.flame4j.MapResult;
import io.flame4j.TaskSerializationException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Results as they finish. */
class MapStreamTest extends PoolTests {

    private final Gate gate = Gate.create();

    @Test
    void everyInputHasItsResult() {
        FlamePool pool = start(local().max(2).maxConcurrency(4));
        try (Stream<MapResult<String, Integer>> results = pool.mapStream(
                IntStream.range(0, 100).mapToObj(i -> i % 10 == 9 ? "x" + i : "" + i), Integer::parseInt)) {
            BitSet seen = new BitSet();
            results.forEach(result -> {
                int index = (int) result.index();
                seen.set(index);
                if (index % 10 == 9) {
                    assertThat(result.isSuccess()).isFalse();
                    assertThat(result.failure()).isInstanceOf(NumberFormatException.class);
                    assertThat(result.input()).isEqualTo("x" + index);
                } else {
                    assertThat(result.value()).isEqualTo(index);
                    assertThat(result.failure()).isNull();
                }
            });
            assertThat(seen.cardinality()).isEqualTo(100);
        }
    }

    @Test
    void whatFinishesFirstComesFirst() throws Exception {
        FlamePool pool = start(local().max(1).maxConcurrency(2));
        Gate here = gate;
        try (Stream<MapResult<Integer, Integer>> results =
                pool.mapStream(Stream.of(0, 1), number -> number == 0 ? here.pass(number) : number)) {
            Iterator<MapResult<Integer, Integer>> each = results.iterator();
            assertThat(each.next().index()).isEqualTo(1);
            gate.open();
            assertThat(each.next().index()).isEqualTo(0);
            assertThat(each.hasNext()).isFalse();
        }
    }

    @Test
    void aHundredThousandInputsNeedTheMemoryOfAWindow() {
        FlamePool pool = start(local().max(1).maxConcurrency(4));
        AtomicInteger made = new AtomicInteger();
        AtomicInteger read = new AtomicInteger();
        AtomicInteger mostAhead = new AtomicInteger();
        Stream<Integer> inputs = IntStream.range(0, 100_000).mapToObj(i -> {
            mostAhead.accumulateAndGet(made.incrementAndGet() - read.get(), Math::max);
            return i;
        });
        long sum;
        try (Stream<MapResult<Integer, Integer>> results =
                pool.mapStream(inputs, number -> number, MapOptions.defaults().maxInFlight(16))) {
            sum = results.mapToLong(result -> {
                        read.incrementAndGet();
                        return result.value();
                    })
                    .sum();
        }
        assertThat(sum).isEqualTo(100_000L * 99_999 / 2);
        assertThat(mostAhead.get()).isLessThanOrEqualTo(17);
    }

    @Test
    void closingTheStreamCancelsWhatRunsAndClosesTheInputs() {
        FlamePool pool = start(local().max(1).maxConcurrency(2));
        Gate here = gate;
        AtomicBoolean inputsClosed = new AtomicBoolean();
        Stream<Integer> inputs = Stream.iterate(0, i -> i + 1).onClose(() -> inputsClosed.set(true));
        Stream<MapResult<Integer, Integer>> results =
                pool.mapStream(inputs, number -> number == 0 ? number : here.pass(number));
        assertThat(results.iterator().next().value()).isZero();
        eventually(() -> assertThat(gate.inside()).isPositive());
        results.close();
        assertThat(inputsClosed).isTrue();
        eventually(() -> {
            assertThat(gate.inside()).isZero();
            assertThat(pool.stats().busySlots()).isZero();
            assertThat(pool.stats().queued()).isZero();
        });
    }

    @Test
    void anInputThatCannotTravelIsThatInputsResult() {
        FlamePool pool = start(local());
        try (Stream<MapResult<Object, String>> results =
                pool.mapStream(Stream.of("a", new Object(), "b"), Object::toString)) {
            List<MapResult<Object, String>> all = new ArrayList<>(results.toList());
            all.sort(java.util.Comparator.comparingLong(MapResult::index));
            assertThat(all.get(0).value()).isEqualTo("a");
            assertThat(all.get(1).failure()).isInstanceOf(TaskSerializationException.class);
            assertThat(all.get(2).value()).isEqualTo("b");
        }
    }

    @Test
    void aFunctionThatCannotTravelIsRefusedAtOnce() {
        FlamePool pool = start(local());
        Object stuck = new Object();
        assertThatThrownBy(() -> pool.mapStream(Stream.of("a"), text -> text + stuck.hashCode()))
                .isInstanceOf(TaskSerializationException.class);
    }

    @Test
    void anInterruptOfTheReaderCancelsTheRest() throws Exception {
        FlamePool pool = start(local().max(1).maxConcurrency(2));
        Gate here = gate;
        Background<Long> reader = inBackground(() -> {
            try (Stream<MapResult<Integer, Integer>> results =
                    pool.mapStream(Stream.of(1, 2), number -> here.pass(number))) {
                return results.count();
            }
        });
        eventually(() -> assertThat(gate.inside()).isEqualTo(2));
        reader.thread().interrupt();
        assertThat(reader.failure()).isInstanceOf(CallInterruptedException.class);
        eventually(() -> assertThat(gate.inside()).isZero());
    }

    @Test
    void theStreamCanBeUsedAsAnyOther() {
        FlamePool pool = start(local().max(1).maxConcurrency(4));
        try (Stream<MapResult<Integer, Integer>> results =
                pool.mapStream(Stream.iterate(1, i -> i + 1), number -> number * number)) {
            // A short cut through an endless stream.
            assertThat(results.filter(result -> result.value() > 50).findFirst())
                    .isPresent();
        }
    }
}
