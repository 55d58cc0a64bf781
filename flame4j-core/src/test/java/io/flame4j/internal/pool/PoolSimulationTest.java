package io.flame4j.internal.pool;

import static io.flame4j.internal.pool.SchedulerFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.Dispatch;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** What comes out of the rules when a pool runs: how many runners, how soon. */
class PoolSimulationTest {

    /** Boots of 150 ms, give or take a fifth. */
    private static IntToLongFunction unevenBoots() {
        SplittableRandom random = new SplittableRandom(3);
        return boot -> random.nextInt(120, 181);
    }

    @Test
    void a_burst_of_short_calls_from_zero_does_not_leave_a_runner_for_each() {
        PoolSimulation fewAtATime = new PoolSimulation(pool().max(16).bootParallelism(4))
                .calls(16, 5)
                .runUntil(2_000);
        assertThat(fewAtATime.completed()).isEqualTo(16);
        assertThat(fewAtATime.ready()).isEqualTo(4);
        assertThat(fewAtATime.total()).isEqualTo(4);
        assertThat(fewAtATime.lastCompletionMillis()).isLessThan(180);

        PoolSimulation allAtOnce = new PoolSimulation(pool().max(16).bootParallelism(16))
                .bootsTake(unevenBoots())
                .calls(16, 5)
                .runUntil(2_000);
        assertThat(allAtOnce.completed()).isEqualTo(16);
        assertThat(allAtOnce.ready()).isLessThan(12);
        assertThat(allAtOnce.cancelled()).isPositive();
        assertThat(allAtOnce.lastCompletionMillis()).isLessThan(190);
    }

    @Test
    void a_burst_of_short_calls_on_a_warm_pool_boots_nothing() {
        PoolSimulation s = new PoolSimulation(pool().max(16)).calls(1, 5).runUntil(1_000);
        s.calls(16, 5).runUntil(5_000);
        assertThat(s.bootTimes()).hasSize(1);
        assertThat(s.lastCompletionMillis()).isEqualTo(1_080);
    }

    @Test
    void a_burst_of_long_calls_boots_a_runner_for_each_in_parallel() {
        PoolSimulation s = new PoolSimulation(pool().max(16).bootParallelism(16))
                .calls(16, 1_000)
                .runUntil(5_000);
        assertThat(s.bootTimes()).hasSize(16).containsOnly(0L);
        assertThat(s.mostReady()).isEqualTo(16);
        assertThat(s.lastCompletionMillis()).isEqualTo(1_150);
    }

    @Test
    void a_burst_of_long_calls_boots_in_waves_where_the_backend_wants_it() {
        PoolSimulation s = new PoolSimulation(pool().max(16).bootParallelism(4))
                .calls(16, 1_000)
                .runUntil(5_000);
        assertThat(s.bootTimes()).hasSize(16);
        assertThat(s.mostReady()).isEqualTo(16);
        assertThat(s.lastCompletionMillis()).isEqualTo(4 * 150 + 1_000);
    }

    @Test
    void long_calls_after_short_ones_wait_one_boot_time_before_the_pool_grows() {
        PoolSimulation s = new PoolSimulation(pool().max(16)).calls(1, 5).runUntil(1_000);
        s.calls(16, 1_000).runUntil(5_000);
        assertThat(s.mostReady()).isEqualTo(16);
        assertThat(s.lastCompletionMillis()).isEqualTo(1_000 + 150 + 150 + 1_000);
    }

    @Test
    void calls_stuck_behind_endless_ones_get_runners() {
        PoolSimulation s =
                new PoolSimulation(pool().max(8).maxConcurrency(2)).calls(4, 5).runUntil(1_000);
        for (int i = 0; i < 400; i++) {
            s.calls(1_000 + i * 5L, 1, i % 100 == 50 ? 60_000 : 5);
        }
        s.runUntil(10_000);
        // The last slot is taken at 2,750 for good; 150 to lose patience, 150 to boot, and the queue is gone.
        assertThat(s.bootTimes().get(2)).isEqualTo(2_905);
        assertThat(s.lastGrantMillis()).isLessThan(3_100);
        assertThat(s.completed()).isEqualTo(400);
    }

    @Test
    void a_long_queue_of_short_calls_grows_by_what_it_takes() {
        PoolSimulation s = new PoolSimulation(pool().max(100)).calls(1, 5).runUntil(1_000);
        s.calls(1_000, 5).runUntil(10_000);
        assertThat(s.completed()).isEqualTo(1_001);
        assertThat(s.mostReady()).isBetween(10, 40);
        assertThat(s.lastCompletionMillis()).isLessThan(1_000 + 2 * 150 + 50);
    }

    @Test
    void eight_boots_that_fail_first_do_not_leave_one_runner_to_serve_everybody() {
        PoolSimulation s = new PoolSimulation(pool().max(8))
                .bootsFail(boot -> boot < 8)
                .calls(8, 1_000)
                .runUntil(5_000);
        assertThat(s.mostReady()).isEqualTo(8);
        assertThat(s.completed()).isEqualTo(8);
        assertThat(s.lastCompletionMillis()).isLessThan(150 + 200 + 151 + 1_000);
    }

    @Test
    void uneven_failures_of_the_first_boots_do_not_hold_up_the_pool_either() {
        PoolSimulation s = new PoolSimulation(pool().max(8))
                .bootsTake(unevenBoots())
                .bootsFail(boot -> boot < 8)
                .calls(8, 1_000)
                .runUntil(5_000);
        assertThat(s.mostReady()).isEqualTo(8);
        assertThat(s.lastCompletionMillis()).isLessThan(180 + 200 + 181 + 181 + 1_000);
    }

    @Test
    void boots_that_go_on_failing_become_rare() {
        PoolSimulation s = new PoolSimulation(pool().max(8))
                .bootsTake(boot -> 20)
                .bootsFail(boot -> true)
                .calls(8, 5)
                .runUntil(300_000);
        assertThat(s.bootTimes()).hasSizeBetween(8 + 8 + 4 + 2 + 10, 8 + 8 + 4 + 2 + 30);
        long last = s.bootTimes().get(s.bootTimes().size() - 1);
        assertThat(last).isGreaterThan(300_000 - 31_000);
    }

    @Test
    void a_steady_load_does_not_make_the_pool_swing() {
        PoolSimulation s = new PoolSimulation(pool().max(16).maxConcurrency(2).idle(30_000));
        SplittableRandom random = new SplittableRandom(11);
        // Ten calls in the pool on average, of 20 to 180 ms each.
        for (double at = 0; at < 60_000; at += -10 * Math.log(1 - random.nextDouble())) {
            s.calls((long) at, 1, random.nextInt(20, 181));
        }
        s.runUntil(70_000);
        assertThat(s.mostReady()).isBetween(5, 14);
        assertThat(s.bootTimes()).hasSizeLessThan(60);
    }

    @Test
    void the_callers_of_an_only_runner_that_dies_are_served_by_a_new_one() {
        PoolSimulation s =
                new PoolSimulation(pool().max(1)).calls(13, 100).killAt(200).runUntil(10_000);
        assertThat(s.completed()).isEqualTo(12);
        assertThat(s.bootTimes()).containsExactly(0L, 201L);
    }

    @Test
    void packed_runners_idle_out_under_light_load_where_spread_ones_cannot() {
        for (Dispatch dispatch : Dispatch.values()) {
            PoolSimulation s =
                    new PoolSimulation(pool().max(8).maxConcurrency(4).idle(500).dispatch(dispatch));
            s.calls(32, 400).runUntil(600);
            // Four calls at any time, each 100 ms long.
            for (int i = 0; i < 200; i++) {
                s.calls(600 + i * 25L, 1, 100);
            }
            s.runUntil(5_500);
            if (dispatch == Dispatch.PACK) {
                assertThat(s.ready()).isLessThanOrEqualTo(2);
            } else {
                assertThat(s.ready()).isGreaterThan(2);
            }
        }
    }
}
