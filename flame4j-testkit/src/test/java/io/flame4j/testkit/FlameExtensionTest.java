package io.flame4j.testkit;

import static org.assertj.core.api.Assertions.allOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.flame4j.CallOptions;
import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.TaskSerializationException;
import io.flame4j.backend.ProcessBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class FlameExtensionTest {

    /** What the tests that run inside of these tests leave for them. */
    private static final List<FlamePool> SEEN = new CopyOnWriteArrayList<>();

    private static volatile CountDownLatch stubborn = new CountDownLatch(1);
    private static volatile CountDownLatch reached = new CountDownLatch(1);

    @RegisterExtension
    final LeakCheck nothingIsLeft = new LeakCheck();

    @AfterEach
    void letGo() {
        stubborn.countDown();
        SEEN.clear();
    }

    private static Events run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute()
                .testEvents();
    }

    @Test
    void endsWhatTheTestHasLeftOpen() {
        run(LeavesOpen.class).assertStatistics(stats -> stats.succeeded(2).failed(0));
        assertThat(SEEN).hasSize(4).doesNotHaveDuplicates();
        SEEN.forEach(pool -> {
            assertThat(pool.name()).matches("flame-test-[0-9]+");
            assertThatThrownBy(() -> Flame.pool(pool.name())).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    void aThreadThatStaysFailsTheTestAndIsNamed() {
        stubborn = new CountDownLatch(1);
        reached = new CountDownLatch(1);
        Events events = run(LeavesThread.class);
        String pool = SEEN.get(0).name();
        events.assertThatEvents()
                .haveExactly(
                        1,
                        allOf(
                                test("ignoresItsInterrupt"),
                                finishedWithFailure(
                                        instanceOf(AssertionError.class),
                                        message(text -> text.startsWith("ignoresItsInterrupt() left behind: ")
                                                && text.contains("thread flame4j-" + pool + "-1")))));
    }

    @Test
    void aProcessOfARunnerIsFound() {
        FlamePool pool = FlamePool.builder("left-process")
                .backend(ProcessBackend.builder().heap("64m").build())
                .max(1)
                .build();
        long pid;
        try {
            pid = pool.call(() -> ProcessHandle.current().pid());
            assertThat(LeakCheck.leftoversOf(Set.of("left-process")))
                    .anyMatch(what -> what.startsWith("process " + pid + " ("))
                    .contains("thread flame4j-left-process-listener");
            assertThat(LeakCheck.leftoversOf(Set.of("lef"))).isEmpty();
        } finally {
            pool.shutdownNow();
        }
        LeakCheck.awaitNothing("it", LeakCheck.GRACE, () -> LeakCheck.leftoversOf(Set.of("left-process")));
        assertThat(LeakCheck.isRunning(pid)).isFalse();
    }

    @Test
    void poolsThatAreNotItsOwnAreLeftAlone() {
        FlamePool other = new FlameExtension().pool().build();
        try {
            other.call(() -> 1);
            run(LeavesOpen.class).assertStatistics(stats -> stats.succeeded(2).failed(0));
            assertThat(Flame.pool(other.name())).isSameAs(other);
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void aTestHasOnePoolAsParameter() {
        run(HasParameters.class).assertStatistics(stats -> stats.succeeded(2).failed(0));
        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void leakCheckAloneNamesWhatIsLeft() {
        Events events = run(LeavesPool.class);
        FlamePool pool = SEEN.get(0);
        try {
            events.assertThatEvents()
                    .haveExactly(
                            1,
                            finishedWithFailure(
                                    instanceOf(AssertionError.class),
                                    message(text -> text.startsWith("closesNothing() left behind: ")
                                            && text.contains("thread flame4j-" + pool.name() + "-timer"))));
        } finally {
            pool.shutdownNow();
        }
    }

    static class LeavesOpen {

        @RegisterExtension
        final FlameExtension flame = FlameExtension.create();

        @Test
        void one() {
            use();
        }

        @Test
        void other() {
            use();
        }

        private void use() {
            flame.pool(); // never built
            for (int i = 0; i < 2; i++) {
                FlamePool pool = flame.pool().max(1).build();
                SEEN.add(pool);
                assertThat(pool.call(() -> "here")).isEqualTo("here");
                Object cannotTravel = new Object();
                assertThatThrownBy(() -> pool.call(() -> cannotTravel.hashCode()))
                        .isInstanceOf(TaskSerializationException.class);
            }
        }
    }

    static class LeavesThread {

        @RegisterExtension
        final FlameExtension flame = FlameExtension.create().grace(Duration.ofMillis(300));

        @Test
        void ignoresItsInterrupt() throws InterruptedException {
            FlamePool pool = flame.pool().max(1).build();
            SEEN.add(pool);
            pool.callAsync(
                    () -> {
                        reached.countDown();
                        while (stubborn.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                        return 0;
                    },
                    CallOptions.defaults());
            reached.await();
        }
    }

    @ExtendWith(FlameExtension.class)
    static class HasParameters {

        private final List<FlamePool> before = new ArrayList<>();

        @BeforeEach
        void prepare(FlamePool pool) {
            before.add(pool);
        }

        @Test
        void one(FlamePool pool) {
            use(pool);
        }

        @Test
        void other(FlamePool pool) {
            use(pool);
        }

        private void use(FlamePool pool) {
            SEEN.add(pool);
            assertThat(before).containsExactly(pool);
            assertThat(pool.call(() -> 1)).isEqualTo(1);
        }
    }

    static class LeavesPool {

        @RegisterExtension
        final LeakCheck leaks = new LeakCheck(Duration.ZERO);

        @Test
        void closesNothing() {
            SEEN.add(new FlameExtension().pool().build());
        }
    }
}
