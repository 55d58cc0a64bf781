package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.Placed;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerLostException;
import io.flame4j.TaskSerializationException;
import io.flame4j.Tracked;
import io.flame4j.backend.LocalBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Runners on threads of this JVM, with and without the trip through bytes. */
class LocalRunnersTest extends PoolTests {

    static final Map<String, Object> SHARED = new ConcurrentHashMap<>();

    private FlamePool byReference() {
        return start(on(LocalBackend.create().serialization(false)).max(1));
    }

    @Test
    void valuesAreCopiedByDefault() {
        assertThat(LocalBackend.create().isSerializing()).isTrue();
        FlamePool pool = start(local().max(1));
        List<String> list = new ArrayList<>(List.of("a"));
        List<String> copy = pool.call(() -> {
            list.add("b");
            return list;
        });
        assertThat(list).containsExactly("a");
        assertThat(copy).containsExactly("a", "b").isNotSameAs(list);
    }

    @Test
    void withoutSerializationValuesAreHandedOver() {
        FlamePool pool = byReference();
        Object stuck = new Object();
        Object back = pool.call(() -> stuck);
        assertThat(back).isSameAs(stuck);
        List<String> list = new ArrayList<>();
        pool.call(() -> {
            list.add("seen");
        });
        assertThat(list).containsExactly("seen");
        assertThat(pool.map(List.of(stuck), object -> object)).hasSize(1).allMatch(object -> object == stuck);
    }

    @Test
    void withItTheSameTaskIsRefused() {
        FlamePool pool = start(local().max(1));
        Object stuck = new Object();
        assertThatThrownBy(() -> pool.call(() -> stuck)).isInstanceOf(TaskSerializationException.class);
        assertThatThrownBy(() -> pool.call(() -> new Object())).isInstanceOf(ResultSerializationException.class);
    }

    @Test
    void withoutSerializationTheRestIsAsEver() {
        FlamePool pool = byReference();
        assertThatThrownBy(() -> pool.call(() -> {
                    throw new IOException("disk on fire");
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("disk on fire");
        List<Object> heard = new CopyOnWriteArrayList<>();
        pool.call(
                () -> {
                    RunnerContext.current().progress("half way");
                },
                CallOptions.defaults().onProgress(heard::add));
        assertThat(heard).containsExactly("half way");
        try (Placed<StringBuilder> placed = pool.place(StringBuilder::new)) {
            int length = placed.call(builder -> builder.append("abc").length());
            assertThat(length).isEqualTo(3);
        }
        try (Tracked<StringBuilder> tracked = pool.call(
                () -> RunnerContext.current().track(new StringBuilder("x")),
                CallOptions.defaults().trackResources(true))) {
            String text = tracked.call(StringBuilder::toString);
            assertThat(text).isEqualTo("x");
        }
    }

    @Test
    void tasksRunInThisJvmOnThreadsOfTheRunner() {
        FlamePool pool = start(local().max(1));
        SHARED.put(pool.name(), "from the test");
        String name = pool.name();
        Object seen = pool.call(() -> SHARED.put(name, Thread.currentThread().getName()));
        assertThat(seen).isEqualTo("from the test");
        assertThat(SHARED.get(name)).asString().startsWith("flame4j-" + name + "-1-slot-");
        assertThat(pool.<Boolean, RuntimeException>call(
                        () -> FlameParent.current().isEmpty()))
                .isTrue();
    }

    @Test
    void severalRunnersAreSeveralEvenInOneJvm() throws Exception {
        FlamePool pool = start(local().min(2).max(2).maxConcurrency(1));
        Gate both = Gate.create();
        List<String> runners = pool.map(
                List.of(1, 2), number -> both.meet(2, RunnerContext.current().runnerId()));
        assertThat(runners).containsExactlyInAnyOrder(pool.name() + "-1", pool.name() + "-2");
    }

    @Test
    void aTaskThatIgnoresInterruptsIsLeftBehindAndTheCallerIsNot() throws Exception {
        FlamePool pool = start(local().max(1).shutdownTimeout(java.time.Duration.ofMillis(50)));
        Gate gate = Gate.create();
        Background<String> call = inBackground(() -> pool.call(() -> {
            gate.note("runs");
            while (!gate.isOpen()) {
                Thread.onSpinWait();
            }
            return "never seen";
        }));
        eventually(() -> assertThat(gate.notes()).containsExactly("runs"));
        try {
            pool.close();
            assertThat(call.failure()).isInstanceOf(RunnerLostException.class);
        } finally {
            gate.open();
        }
    }
}
