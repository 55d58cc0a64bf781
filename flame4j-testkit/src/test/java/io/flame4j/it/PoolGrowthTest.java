package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.Dispatch;
import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.PoolStats;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerContext;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many runners there are, and which one takes a call. */
class PoolGrowthTest extends PoolTests {

    private final FaultyBackend backend = new FaultyBackend();
    private final Gate gate = Gate.create();

    private List<CompletableFuture<String>> hold(FlamePool pool, int calls) {
        List<CompletableFuture<String>> held = new ArrayList<>();
        Gate here = gate;
        for (int i = 0; i < calls; i++) {
            held.add(pool.callAsync(() -> here.pass(RunnerContext.current().runnerId())));
        }
        return held;
    }

    private Set<String> release(List<CompletableFuture<String>> held) throws Exception {
        gate.open();
        Set<String> runners = new HashSet<>();
        for (CompletableFuture<String> call : held) {
            runners.add(call.get(60, TimeUnit.SECONDS));
        }
        return runners;
    }

    @Test
    void theMinimumBootsInParallelBeforeBuildReturns() {
        CyclicBarrier allAtOnce = new CyclicBarrier(3);
        backend.on((spec, number) -> {
            meetAt(allAtOnce);
            return backend.well(spec);
        });
        FlamePool pool = start(on(backend).min(3).max(5));
        PoolStats stats = pool.stats();
        assertThat(stats.ready()).isEqualTo(3);
        assertThat(stats.booting()).isZero();
        assertThat(stats.calls().boots()).isEqualTo(3);
        assertThat(stats.bootTime()).isPositive();
    }

    private static void meetAt(CyclicBarrier barrier) throws InterruptedException {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.BrokenBarrierException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the starts did not come at the same time", e);
        }
    }

    @Test
    void bootParallelismBoundsTheBootsUnderWay() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        backend.on((spec, number) -> {
            go.await();
            return backend.well(spec);
        });
        FlamePoolBuilder builder = on(backend).min(5).max(5).bootParallelism(2);
        Background<FlamePool> building = inBackground(() -> start(builder));
        eventually(() -> assertThat(backend.starts()).isEqualTo(2));
        go.countDown();
        FlamePool pool = building.get();
        assertThat(pool.stats().ready()).isEqualTo(5);
    }

    @Test
    void aFailedFirstBootFailsTheBuildAndLeavesNothing() {
        backend.on((spec, number) -> {
            if (number == 2) {
                throw FaultyBackend.permanent("there is no image 'thumbs:7'");
            }
            return backend.well(spec);
        });
        FlamePoolBuilder builder =
                FlamePool.builder("unlucky").backend(backend).min(3).max(3);
        assertThatThrownBy(builder::build)
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.isPermanent()).isTrue())
                .hasMessageContaining("did not start")
                .hasMessageContaining("there is no image 'thumbs:7'");
        assertThat(backend.isClosed()).isTrue();
        eventually(() -> assertThat(backend.live()).isZero());
        assertNothingLeftOf("unlucky");
        assertThatThrownBy(() -> Flame.pool("unlucky")).isInstanceOf(IllegalArgumentException.class);
        start(FlamePool.builder("unlucky").backend(new FaultyBackend()).min(1));
    }

    @Test
    void aRunnerOfTheMinimumThatDiesIsReplaced() {
        FlamePool pool = start(on(backend).min(2).max(2));
        String first = pool.stats().runners().get(0).id();
        backend.kill(first);
        eventually(() -> {
            assertThat(pool.stats().ready()).isEqualTo(2);
            assertThat(pool.stats().calls().lost()).isEqualTo(1);
            assertThat(pool.stats().calls().boots()).isEqualTo(3);
        });
        assertThat(pool.stats().runners()).noneMatch(runner -> runner.id().equals(first));
        assertThat(pool.call(() -> "fine")).isEqualTo("fine");
    }

    @Test
    void headroomKeepsSpareSlotsAsFarAsMaxAllows() throws Exception {
        FlamePool pool = start(on(backend).max(4).maxConcurrency(1).headroom(2));
        eventually(() -> assertThat(pool.stats().ready()).isEqualTo(2));
        List<CompletableFuture<String>> held = new ArrayList<>(hold(pool, 1));
        eventually(() -> assertThat(pool.stats().ready()).isEqualTo(3));
        held.addAll(hold(pool, 2));
        eventually(() -> {
            assertThat(pool.stats().ready()).isEqualTo(4);
            assertThat(gate.inside()).isEqualTo(3);
        });
        assertThat(release(held)).hasSize(3);
        assertThat(backend.starts()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"SPREAD, 2", "PACK, 1"})
    void dispatchChoosesTheEmptiestOrTheFullestRunner(Dispatch dispatch, int runnersUsed) throws Exception {
        FlamePool pool = start(on(backend).min(2).max(2).maxConcurrency(4).dispatch(dispatch));
        assertThat(release(hold(pool, 4))).hasSize(runnersUsed);
    }

    @Test
    void aSingleUseRunnerServesOneCallAndStops() throws Exception {
        FlamePool pool = start(on(backend).max(4).maxConcurrency(5).singleUse(true));
        List<CompletableFuture<String>> held = hold(pool, 6);
        eventually(() -> assertThat(gate.inside()).isEqualTo(4));
        assertThat(release(held)).hasSize(6);
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
        assertThat(backend.mostLive()).isEqualTo(4);
        assertThat(backend.starts()).isGreaterThanOrEqualTo(6);
    }

    @Test
    void aSingleUseRunnerIsOneAlsoWhenItsTaskFails() {
        FlamePool pool = start(on(backend).max(1).singleUse(true));
        for (int i = 1; i <= 3; i++) {
            assertThatThrownBy(() -> pool.call(() -> Integer.parseInt("x"))).isInstanceOf(NumberFormatException.class);
            assertThat(pool.stats().calls().boots()).isEqualTo(i);
        }
    }

    @Test
    void aRaisedMaximumServesThoseWhoWait() throws Exception {
        FlamePool pool = start(on(backend).max(1).maxConcurrency(1));
        List<CompletableFuture<String>> held = hold(pool, 3);
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        pool.resize(0, 3);
        eventually(() -> assertThat(gate.inside()).isEqualTo(3));
        assertThat(pool.stats().max()).isEqualTo(3);
        assertThat(release(held)).hasSize(3);
    }

    @Test
    void aLoweredMaximumDrainsRunnersWithoutHurtingTheirCalls() throws Exception {
        FlamePool pool = start(on(backend).max(3).maxConcurrency(1));
        List<CompletableFuture<String>> held = hold(pool, 3);
        eventually(() -> assertThat(gate.inside()).isEqualTo(3));
        pool.resize(0, 1);
        assertThat(pool.stats().ready()).isEqualTo(1);
        assertThat(pool.stats().draining()).isEqualTo(2);
        assertThat(release(held)).hasSize(3);
        eventually(() -> assertThat(backend.live()).isEqualTo(1));
        assertThat(pool.call(() -> "fine")).isEqualTo("fine");
        assertThat(backend.starts()).isEqualTo(3);
    }

    @Test
    void aRaisedMinimumBootsAndALoweredOneLetsRunnersIdleOut() {
        FlamePool pool = start(on(backend).max(3).idleShutdownAfter(Duration.ofMillis(30)));
        pool.resize(2, 3);
        eventually(() -> assertThat(pool.stats().ready()).isEqualTo(2));
        pool.resize(0, 3);
        eventually(() -> assertThat(pool.stats().runners()).isEmpty());
    }

    @Test
    void resizeRefusesBoundsThatMakeNoSense() {
        FlamePool pool = start(on(backend).max(3));
        for (int[] bounds : new int[][] {{-1, 2}, {0, 0}, {3, 2}}) {
            assertThatThrownBy(() -> pool.resize(bounds[0], bounds[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("min=" + bounds[0])
                    .hasMessageContaining("max=" + bounds[1]);
        }
        assertThat(pool.stats().max()).isEqualTo(3);
    }

    @Test
    void aBootThatNobodyNeedsAnyMoreIsCancelled() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        backend.on((spec, number) -> {
            if (number == 2) {
                second.await();
            }
            return backend.well(spec);
        });
        FlamePool pool = start(on(backend).max(2).maxConcurrency(1));
        List<CompletableFuture<String>> held = hold(pool, 2);
        eventually(() -> assertThat(backend.starts()).isEqualTo(2));
        assertThat(release(held)).hasSize(1);
        eventually(() -> {
            assertThat(pool.stats().calls().cancelledBoots()).isEqualTo(1);
            assertThat(pool.stats().booting()).isZero();
            assertThat(pool.stats().runners()).hasSize(1);
        });
    }
}
