package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.Placed;
import io.flame4j.backend.LocalBackend;
import io.flame4j.testkit.FaultyBackend;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Pools found by name. */
class RegistryTest extends PoolTests {

    private FlamePool named(String name) {
        return start(FlamePool.builder(name).backend(LocalBackend.create()).max(1));
    }

    @Test
    void aPoolIsFoundByItsNameAsLongAsItLives() throws Exception {
        FlamePool pool = named("thumbs");
        assertThat(Flame.pool("thumbs")).isSameAs(pool);
        assertThat(Flame.call("thumbs", () -> 6 * 7)).isEqualTo(42);
        Gate notes = Gate.create();
        Flame.call("thumbs", () -> {
            notes.note("action");
        });
        assertThat(Flame.callAsync("thumbs", () -> "later").get(60, TimeUnit.SECONDS))
                .isEqualTo("later");
        Flame.callAsync("thumbs", () -> {
                    notes.note("later action");
                })
                .get(60, TimeUnit.SECONDS);
        Flame.cast("thumbs", () -> notes.note("cast"));
        eventually(() -> assertThat(notes.notes()).containsExactly("action", "later action", "cast"));
        try (Placed<StringBuilder> placed = Flame.place("thumbs", StringBuilder::new)) {
            int length = placed.call(builder -> builder.append("abc").length());
            assertThat(length).isEqualTo(3);
        }
        pool.close();
        assertThatThrownBy(() -> Flame.call("thumbs", () -> "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no live pool named 'thumbs'");
    }

    @Test
    void aSecondLivePoolOfOneNameIsRefusedAndTheFirstGoesOn() {
        FlamePool first = named("twins");
        FaultyBackend backend = new FaultyBackend();
        assertThatThrownBy(
                        () -> FlamePool.builder("twins").backend(backend).min(1).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("already named 'twins'")
                .hasMessageContaining("Close it first");
        assertThat(backend.starts()).isZero();
        assertThat(backend.isClosed()).isTrue();
        assertThat(Flame.pool("twins")).isSameAs(first);
        assertThat(first.call(() -> "unharmed")).isEqualTo("unharmed");
        first.close();
        assertThat(named("twins").call(() -> "free again")).isEqualTo("free again");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheLiveOnes() {
        named("beta");
        named("alpha");
        assertThatThrownBy(() -> Flame.pool("gamma"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no live pool named 'gamma'")
                .hasMessageContaining("[alpha, beta]")
                .hasMessageContaining("FlamePool.builder(\"gamma\")");
    }

    @Test
    void aRunnerIsToldThatPoolsLiveInTheParent() {
        FlamePool pool = start(processes().max(1));
        String name = pool.name();
        assertThatThrownBy(() -> pool.call(() -> Flame.pool(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no live pool named '" + name + "'. Live pools: []. This is runner " + name
                        + "-1 of pool '" + name
                        + "'; pools live in the parent unless this process builds its own.");
    }
}
