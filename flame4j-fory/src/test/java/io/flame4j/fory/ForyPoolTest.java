package io.flame4j.fory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.CodeMismatchException;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RemoteTask;
import io.flame4j.ResultFilter;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerInitializer;
import io.flame4j.TaskSerializationException;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.codec.Codec;
import io.flame4j.fory.Shop.AppCodec;
import io.flame4j.fory.Shop.Basket;
import io.flame4j.fory.Shop.Item;
import io.flame4j.fory.Shop.Noting;
import io.flame4j.fory.Shop.Secret;
import io.flame4j.fory.Shop.Wrapping;
import io.flame4j.testkit.LeakCheck;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pools with such a codec, on runners that are processes. */
class ForyPoolTest {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private FlamePool pool;

    @AfterEach
    void close() {
        if (pool != null) {
            pool.shutdownNow();
        }
    }

    private FlamePool start(Codec codec) {
        pool = FlamePool.builder("fory")
                .backend(ProcessBackend.builder().heap("128m").build())
                .max(1)
                .bootTimeout(Duration.ofMinutes(2))
                .timeout(Duration.ofMinutes(2))
                .codec(codec)
                .build();
        return pool;
    }

    private static List<Item> items(int count) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(new Item(i, "item " + i, i / 7.0));
        }
        return items;
    }

    @Test
    void recordsGoThereAndBack() {
        start(new AppCodec());
        List<Item> items = items(10_000);
        Item first = items.get(0);
        items.add(first);
        for (int i = 0; i < 20; i++) {
            List<Item> back = pool.call(() -> items);
            assertThat(back).isEqualTo(items);
            assertThat(back.get(10_000)).isSameAs(back.get(0));
            // By Fory alone: what is shared by two captured values is shared there, too.
            boolean shared = pool.call(() -> items.get(0) == first && items.get(10_000) == first);
            assertThat(shared).isTrue();
        }
        assertThat(pool.map(items(50), item -> item.id() * 2).get(49)).isEqualTo(98);
        assertThat(pool.map(items(3), item -> Map.of(item.name(), item))).hasSize(3);
    }

    @Test
    void graphsOfOrdinaryObjectsTravel() {
        start(new AppCodec());
        Basket basket = new Basket("ada");
        basket.items.addAll(items(3));
        basket.next = basket;
        Basket back = pool.call(() -> {
            basket.items.add(new Item(basket.next.items.size(), basket.owner, 1));
            return basket;
        });
        assertThat(back.next).isSameAs(back);
        assertThat(back.items).hasSize(4).endsWith(new Item(3, "ada", 1));
        assertThat(basket.items).hasSize(3);
    }

    @Test
    void whatIsNotNamedIsRefusedBeforeItIsSent() {
        start(new AppCodec());
        List<Object> holder = List.of(1, new Secret("x"));
        assertThatThrownBy(() -> pool.call(() -> holder.size()))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("Shop$Secret, which the pool's codec cannot encode. Path: ")
                .hasMessageContaining("[1]")
                .hasMessageContaining("Cure: register it: add it to the classes that " + AppCodec.class.getName());
        // Results need not be named.
        assertThat(pool.call(() -> new Secret("from there"))).isEqualTo(new Secret("from there"));
    }

    /** Has Fory started before the first call. */
    public static final class Warm implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {
            new WarmCodec().warmUp();
        }
    }

    /** No other test has objects of it, so that nothing but a warm-up has code generated for it. */
    record Warmed(int id, String name) implements Serializable {}

    public static final class WarmCodec extends ForyCodec {
        public WarmCodec() {
            super(Warmed.class);
        }
    }

    @Test
    void bothSidesCanBeWarmedUp() {
        WarmCodec codec = new WarmCodec();
        assertThat(GeneratedCode.of(Warmed.class)).isEmpty();
        codec.warmUp();
        // In the background.
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(GeneratedCode.of(Warmed.class)).isNotEmpty());
        pool = FlamePool.builder("fory-warm")
                .backend(ProcessBackend.builder().heap("128m").build())
                .max(1)
                .codec(codec)
                .initializer(Warm.class)
                .bootTimeout(Duration.ofMinutes(2))
                .build();
        // These tasks have nothing to do with the class.
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(pool.call(() -> List.copyOf(GeneratedCode.of(Warmed.class))))
                        .isNotEmpty());
        Warmed warmed = new Warmed(1, "one");
        assertThat(pool.call(() -> warmed)).isEqualTo(warmed);
    }

    @Test
    void aCodecThatWrapsOneDoesNotBringForyBackToTheParent() {
        start(new Wrapping());
        Noting noting = new Noting();
        assertThat(pool.<String, RuntimeException>call(() -> noting.text)).isEqualTo("noted");
        Noting.MADE.set(0);
        assertThatThrownBy(() -> pool.call(() -> noting))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("NotingCodec was asked to read what is not a task, and did not")
                .hasMessageContaining("override resultCodec() to return it");
        assertThat(Noting.MADE).hasValue(0);
    }

    /** A task that is no lambda is an object like others. */
    public static final class Doubling implements RemoteTask<Integer, RuntimeException> {
        private static final long serialVersionUID = 1L;

        private final int value;

        Doubling(int value) {
            this.value = value;
        }

        @Override
        public Integer call() {
            return 2 * value;
        }
    }

    public static final class TaskCodec extends ForyCodec {
        public TaskCodec() {
            super(Doubling.class);
        }
    }

    @Test
    void aTaskThatIsNoLambdaHasToBeNamed() {
        start(new TaskCodec());
        assertThat(pool.call(new Doubling(4))).isEqualTo(8);
        pool.shutdownNow();
        start(new AppCodec());
        assertThatThrownBy(() -> pool.call(new Doubling(4)))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("ForyPoolTest$Doubling");
    }

    /** Knows less on a runner than on the parent. */
    public static final class Forgetful extends ForyCodec {
        public Forgetful() {
            super(
                    FlameParent.current().isPresent()
                            ? new Class<?>[] {Item.class}
                            : new Class<?>[] {Item.class, Basket.class});
        }
    }

    @Test
    void aRunnerThatKnowsLessRefuses() {
        start(new Forgetful());
        List<Item> items = items(2);
        assertThatThrownBy(() -> pool.call(() -> items.size()))
                .isInstanceOf(CodeMismatchException.class)
                .hasMessageContaining("Forgetful here, and was not run")
                .hasMessageContaining("It names here: " + Item.class.getName())
                .hasMessageContaining("same build");
        // What does not go by the codec still runs.
        assertThat(pool.<Integer, RuntimeException>call(() -> 5)).isEqualTo(5);
    }

    @Test
    void resultsAreFilteredAsEver() {
        pool = FlamePool.builder("fory-filtered")
                .backend(LocalBackend.create())
                .codec(new AppCodec())
                .resultFilter(ResultFilter.allowing(Item.class.getName()))
                .build();
        List<Item> items = items(3);
        assertThat(pool.call(() -> items)).isEqualTo(items);
        assertThatThrownBy(() -> pool.call(() -> new Basket("ada")))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("Shop$Basket");
    }
}
