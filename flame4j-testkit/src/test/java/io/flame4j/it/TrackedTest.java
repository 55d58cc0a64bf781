package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.MapResult;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerLostException;
import io.flame4j.Trackable;
import io.flame4j.Tracked;
import io.flame4j.TrackedHandle;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Results that stand for something on the runner. */
class TrackedTest extends PoolTests {

    private static final CallOptions TRACKING = CallOptions.defaults().trackResources(true);

    /** A resource that is told when it may go. */
    static final class Scratch implements Trackable {
        private static final long serialVersionUID = 1L;

        private final String name;
        private final Gate notes;
        private transient TrackedHandle handle;
        private transient int uses;

        Scratch(String name, Gate notes) {
            this.name = name;
            this.notes = notes;
        }

        int use() {
            return ++uses;
        }

        @Override
        public void tracked(TrackedHandle handle) {
            this.handle = handle;
        }

        @Override
        public void released() {
            notes.note(name);
        }
    }

    private final FaultyBackend backend = new FaultyBackend();
    private final Gate notes = Gate.create();

    private FlamePool one() {
        return start(on(backend).max(1).maxConcurrency(2));
    }

    private void awaitFree(FlamePool pool) {
        eventually(() -> assertThat(pool.stats().busySlots()).isZero());
        assertThat(pool.call(() -> "usable")).isEqualTo("usable");
    }

    @ParameterizedTest
    @EnumSource
    void aTrackedObjectStaysOnItsRunner(Backends backends) {
        FlamePool pool = start(backends.pool().max(1).trackResources(true));
        try (Tracked<StringBuilder> text =
                pool.call(() -> RunnerContext.current().track(new StringBuilder("a")))) {
            text.call(builder -> builder.append("b").length());
            String all = text.call(StringBuilder::toString);
            assertThat(all).isEqualTo("ab");
            assertThatThrownBy(text::get)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("lives on its runner");
            assertThat(pool.stats().busySlots()).isEqualTo(1);
        }
        awaitFree(pool);
    }

    @ParameterizedTest
    @EnumSource
    void anActionOnATrackedObjectReturnsNothing(Backends backends) {
        FlamePool pool = start(backends.pool().max(1).trackResources(true));
        String end = "c";
        try (Tracked<StringBuilder> text =
                pool.call(() -> RunnerContext.current().track(new StringBuilder("ab")))) {
            text.run(builder -> builder.append(end));
            text.run(builder -> builder.setLength(2));
            String all = text.call(StringBuilder::toString);
            assertThat(all).isEqualTo("ab");
        }
    }

    @Test
    void aCallOnATrackedObjectHasItsOwnOptions() {
        FlamePool pool = one();
        try (Tracked<StringBuilder> text =
                pool.call(() -> RunnerContext.current().track(new StringBuilder("a")), TRACKING)) {
            Gate here = notes;
            assertThatThrownBy(() -> text.call(
                            builder -> here.pass("never"),
                            CallOptions.defaults().timeout(Duration.ofMillis(60))))
                    .isInstanceOf(CallTimeoutException.class);
            assertThatThrownBy(() -> text.call(
                            StringBuilder::length, CallOptions.defaults().retries(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("retries(1)")
                    .hasMessageContaining("tracked object");
        }
    }

    @Test
    void theSlotIsHeldUntilTheLastHandleIsClosed() {
        FlamePool pool = one();
        Gate here = notes;
        Map<String, List<Scratch>> result =
                pool.call(() -> Map.of("files", List.of(new Scratch("a", here), new Scratch("b", here))), TRACKING);
        Scratch a = result.get("files").get(0);
        Scratch b = result.get("files").get(1);
        assertThat(pool.stats().busySlots()).isEqualTo(1);
        int uses = a.handle.call(Scratch::use);
        assertThat(uses).isEqualTo(1);
        uses = a.handle.call(Scratch::use);
        assertThat(uses).isEqualTo(2);

        a.handle.close();
        a.handle.close();
        eventually(() -> assertThat(notes.notes()).containsExactly("a"));
        assertThat(a.handle.isClosed()).isTrue();
        assertThat(b.handle.isClosed()).isFalse();
        assertThat(pool.stats().busySlots()).isEqualTo(1);
        assertThatThrownBy(() -> a.handle.call(Scratch::use))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
        uses = b.handle.call(Scratch::use);
        assertThat(uses).isEqualTo(1);

        b.handle.close();
        eventually(() -> assertThat(notes.notes()).containsExactly("a", "b"));
        awaitFree(pool);
        assertThat(backend.starts()).isEqualTo(1);
    }

    @Test
    void aReleaseWaitsAsLongAsItHasTo() {
        FlamePool pool = start(on(backend).max(1).maxConcurrency(1).timeout(Duration.ofSeconds(2)));
        Gate here = notes;
        Gate gate = Gate.create();
        // With the default time limit: the pool's own is for what comes later.
        List<Scratch> both = pool.call(
                () -> List.of(new Scratch("a", here), new Scratch("b", here)),
                TRACKING.timeout(Duration.ofSeconds(60)));
        Scratch a = both.get(0);
        Scratch b = both.get(1);
        assertThatThrownBy(() -> b.handle.call((Scratch scratch) -> {
                    while (!gate.isOpen()) {
                        Thread.onSpinWait();
                    }
                    return "ignores its interrupt";
                }))
                .isInstanceOf(CallTimeoutException.class);
        a.handle.close();
        // Began after the close, and has run out of time.
        assertThatThrownBy(() -> b.handle.call(Scratch::use)).isInstanceOf(CallTimeoutException.class);
        gate.open();
        eventually(() -> assertThat(notes.notes()).containsExactly("a"));
        b.handle.close();
    }

    @Test
    void aSharedResourceHasOneHandle() {
        FlamePool pool = one();
        Gate here = notes;
        List<Scratch> twice = pool.call(
                () -> {
                    Scratch one = new Scratch("one", here);
                    return new ArrayList<>(List.of(one, one));
                },
                TRACKING);
        assertThat(twice.get(0)).isSameAs(twice.get(1));
        twice.get(0).handle.close();
        eventually(() -> assertThat(notes.notes()).containsExactly("one"));
        awaitFree(pool);
    }

    @Test
    void withoutTrackingTheResultIsAPlainValue() {
        FlamePool pool = one();
        Gate here = notes;
        Scratch plain = pool.call(() -> new Scratch("plain", here));
        assertThat(plain.handle).isNull();
        assertThat(pool.stats().busySlots()).isZero();
        assertThatThrownBy(() -> pool.call(() -> RunnerContext.current().track(new Object())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not track resources");
        awaitFree(pool);
    }

    @Test
    void aTrackingCallWithoutResourcesKeepsNothing() {
        FlamePool pool = one();
        assertThat(pool.call(() -> "plain", TRACKING)).isEqualTo("plain");
        assertThat(pool.stats().busySlots()).isZero();
    }

    @Test
    void aHeldResourceKeepsItsRunnerBeyondTheIdleTime() {
        FlamePool pool = start(on(backend).max(2).maxConcurrency(1).idleShutdownAfter(Duration.ofMillis(20)));
        Gate here = notes;
        Scratch held = pool.call(() -> new Scratch("held", here), TRACKING);
        pool.call(() -> "boots a second one");
        eventually(() -> assertThat(pool.stats().runners()).hasSize(1));
        int uses = held.handle.call(Scratch::use);
        assertThat(uses).isEqualTo(1);
        held.handle.close();
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
        assertThat(notes.notes()).containsExactly("held");
    }

    @Test
    void theLossOfTheRunnerClosesTheHandles() {
        FlamePool pool = one();
        Gate here = notes;
        Scratch held = pool.call(() -> new Scratch("held", here), TRACKING);
        backend.kill(held.handle.runnerId());
        eventually(() -> assertThat(held.handle.isClosed()).isTrue());
        assertThatThrownBy(() -> held.handle.call(Scratch::use)).isInstanceOf(RunnerLostException.class);
        held.handle.close();
        awaitFree(pool);
    }

    @Test
    void closingThePoolReleasesWhatIsHeld() {
        FlamePool pool = one();
        Gate here = notes;
        Scratch held = pool.call(() -> new Scratch("held", here), TRACKING);
        pool.close();
        eventually(() -> assertThat(notes.notes()).containsExactly("held"));
        assertThat(held.handle.isClosed()).isTrue();
    }

    @Test
    void asynchronousCallsTrackToo() throws Exception {
        FlamePool pool = start(on(backend).max(1).trackResources(true));
        Gate here = notes;
        Scratch held = pool.callAsync(() -> new Scratch("async", here)).get();
        assertThat(pool.stats().busySlots()).isEqualTo(1);
        held.handle.close();
        awaitFree(pool);
    }

    @Test
    void resourcesOfACallThatWasGivenUpAreReleased() {
        FlamePool pool = start(on(backend).max(1).trackResources(true));
        Gate here = notes;
        Gate gate = Gate.create();
        CompletableFuture<Scratch> call = pool.callAsync(() -> gate.pass(new Scratch("unwanted", here)));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        call.cancel(false);
        gate.open();
        eventually(() -> assertThat(notes.notes()).containsExactly("unwanted"));
        awaitFree(pool);
    }

    @Test
    void aMapThatFailsLetsGoOfWhatItsResultsHold() {
        FlamePool pool = start(on(backend).max(1).maxConcurrency(4).trackResources(true));
        Gate here = notes;
        Gate gate = Gate.create();
        assertThatThrownBy(() -> pool.map(List.of(1, 2, 3), number -> {
                    Scratch scratch = new Scratch("input " + number, here);
                    // The third fails when the others have their results.
                    if (number == 3) {
                        gate.pass("");
                        throw new IllegalStateException("no space left");
                    }
                    if (here.note("made") == 2) {
                        gate.open();
                    }
                    return scratch;
                }))
                .hasMessage("no space left");
        eventually(() -> assertThat(notes.notes()).contains("input 1", "input 2"));
        awaitFree(pool);
    }

    @Test
    void aStreamThatIsClosedLetsGoOfWhatWasNotRead() {
        FlamePool pool = start(on(backend).max(1).maxConcurrency(4).trackResources(true));
        Gate here = notes;
        Scratch read;
        try (Stream<MapResult<Integer, Scratch>> results =
                pool.mapStream(Stream.of(1, 2, 3), number -> new Scratch("input " + number, here))) {
            read = results.iterator().next().value();
            eventually(() -> assertThat(pool.stats().busySlots()).isEqualTo(3));
        }
        eventually(() -> assertThat(pool.stats().busySlots()).isEqualTo(1));
        int uses = read.handle.call(Scratch::use);
        assertThat(uses).isEqualTo(1);
        read.handle.close();
        awaitFree(pool);
        eventually(() -> assertThat(notes.notes()).contains("input 1"));
        assertThat(notes.notes()).doesNotHaveDuplicates();
    }

    @Test
    void whatACallMadeIsReleasedWheneverItsCallerGivesUp() throws Exception {
        FlamePool pool = start(on(backend).max(1).maxConcurrency(2).trackResources(true));
        Gate released = notes;
        Gate made = Gate.create();
        for (int i = 0; i < 300; i++) {
            CompletableFuture<Scratch> call = pool.callAsync(() -> {
                made.note("made");
                return new Scratch("released", released);
            });
            // Anywhere from before it was sent to after it was answered.
            LockSupport.parkNanos(i * 1_000L);
            if (!call.cancel(true)) {
                call.get().handle.close();
            }
        }
        eventually(() -> assertThat(pool.stats().busySlots()).isZero());
        eventually(() -> assertThat(notes.notes()).hasSameSizeAs(made.notes()));
        assertThat(backend.starts()).isEqualTo(1);
    }

    @Test
    void aListenerOfTheHandleThatThrowsDoesNotKeepTheSlot() {
        FlamePool pool = start(on(backend).max(1).trackResources(true));
        assertThatThrownBy(() -> pool.call(Ungrateful::new)).isInstanceOf(UnsupportedOperationException.class);
        awaitFree(pool);
    }

    static final class Ungrateful implements Trackable {
        private static final long serialVersionUID = 1L;

        @Override
        public void tracked(TrackedHandle handle) {
            throw new UnsupportedOperationException("no handles, please");
        }
    }
}
