package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.RunnerContext;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When idle runners stop. */
class IdleTest extends PoolTests {

    private static final Duration SOON = Duration.ofMillis(30);

    private final FaultyBackend backend = new FaultyBackend();
    private final Gate gate = Gate.create();

    @Test
    void anIdleRunnerStopsAndTheNextCallBootsAnother() {
        FlamePool pool = start(on(backend).max(2).idleShutdownAfter(SOON));
        String first = pool.call(() -> RunnerContext.current().runnerId());
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
        assertThat(backend.live()).isZero();
        String second = pool.call(() -> RunnerContext.current().runnerId());
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void aBusyRunnerDoesNotIdleOut() throws Exception {
        FlamePool pool = start(on(backend).max(2).maxConcurrency(1).idleShutdownAfter(SOON));
        Gate here = gate;
        CompletableFuture<String> busy =
                pool.callAsync(() -> here.pass(RunnerContext.current().runnerId()));
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        pool.call(() -> "on another runner");
        // The other one has gone its way, so this one has been there for longer than it takes.
        eventually(() -> assertThat(pool.stats().runners()).hasSize(1));
        assertThat(backend.starts()).isEqualTo(2);
        gate.open();
        assertThat(busy.get(60, TimeUnit.SECONDS)).isNotNull();
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
    }

    @Test
    void theMinimumStays() throws Exception {
        FlamePool pool = start(on(backend).min(1).max(3).maxConcurrency(1).idleShutdownAfter(SOON));
        List<CompletableFuture<String>> held = new ArrayList<>();
        Gate here = gate;
        for (int i = 0; i < 3; i++) {
            held.add(pool.callAsync(() -> here.pass("")));
        }
        eventually(() -> assertThat(gate.inside()).isEqualTo(3));
        gate.open();
        for (CompletableFuture<String> call : held) {
            call.get(60, TimeUnit.SECONDS);
        }
        eventually(() -> assertThat(pool.stats().runners()).hasSize(1));
        assertThat(pool.stats().ready()).isEqualTo(1);
        pool.call(() -> "still there");
        assertThat(pool.stats().calls().boots()).isEqualTo(3);
    }

    @Test
    void minIdleShutdownAfterLetsEvenTheMinimumGoUntilTheNextCall() {
        FlamePool pool =
                start(on(backend).min(1).max(2).idleShutdownAfter(SOON).minIdleShutdownAfter(SOON.multipliedBy(2)));
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
        pool.call(() -> "boots");
        assertThat(pool.stats().calls().boots()).isEqualTo(2);
    }

    /** The second of the minimum comes up when the first has gone, so that there are never two. */
    @Test
    @Timeout(60)
    void aPoolIsBuiltThoughOneOfTheMinimumHasIdledOutBeforeAnotherIsReady() {
        CountDownLatch gone = new CountDownLatch(1);
        backend.on((spec, number) -> {
            if (number == 2) {
                gone.await();
            }
            RunnerHandle runner = LocalBackend.create().start(spec);
            CompletionStage<Void> unused = runner.exit().thenAccept(end -> gone.countDown());
            return runner;
        });

        FlamePool pool =
                start(on(backend).min(2).max(2).idleShutdownAfter(SOON).minIdleShutdownAfter(SOON.multipliedBy(2)));

        assertThat(pool.call(() -> "served")).isEqualTo("served");
    }

    @Test
    void aRunnerWhoseCheckSaysNoStaysAndIsAskedAgain() {
        Gate here = gate;
        FlamePool pool = start(on(backend).max(2).idleShutdownAfter(SOON, () -> {
            here.note("asked");
            return here.isOpen();
        }));
        pool.call(() -> "boots");
        eventually(() -> assertThat(gate.notes()).hasSizeGreaterThanOrEqualTo(3));
        assertThat(pool.stats().ready()).isEqualTo(1);
        gate.open();
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    @Test
    void aCheckThatThrowsCountsAsNo() {
        Gate here = gate;
        FlamePool pool = start(on(backend).max(2).idleShutdownAfter(SOON, () -> {
            here.note("asked");
            if (!here.isOpen()) {
                throw new IllegalStateException("the disk is still being written");
            }
            return true;
        }));
        pool.call(() -> "boots");
        eventually(() -> assertThat(gate.notes()).hasSizeGreaterThanOrEqualTo(3));
        assertThat(pool.stats().ready()).isEqualTo(1);
        gate.open();
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
    }

    @Test
    void aCallThatComesWhileARunnerIsAskedIsServedByIt() throws Exception {
        Gate asked = gate;
        FlamePool pool = start(on(backend).max(1).idleShutdownAfter(SOON, () -> asked.pass(true)));
        String first = pool.call(() -> RunnerContext.current().runnerId());
        eventually(() -> assertThat(asked.inside()).isEqualTo(1));
        String second = pool.call(() -> RunnerContext.current().runnerId());
        asked.open();
        assertThat(second).isEqualTo(first);
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
    }

    @Test
    void callsAtTheIdleBoundaryAreNeverLost() {
        FlamePool pool = start(on(backend).max(2).idleShutdownAfter(Duration.ofMillis(1)));
        for (int i = 0; i < 300; i++) {
            int number = i;
            assertThat(pool.<Integer, RuntimeException>call(() -> number)).isEqualTo(number);
            // Spreads the calls around the instant of the stop.
            java.util.concurrent.locks.LockSupport.parkNanos(900_000 + i * 1_000L);
        }
        assertThat(pool.stats().calls().boots()).isGreaterThan(10);
    }
}
