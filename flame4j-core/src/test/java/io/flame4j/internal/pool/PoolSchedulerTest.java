package io.flame4j.internal.pool;

import static io.flame4j.internal.pool.SchedulerFixture.NONE;
import static io.flame4j.internal.pool.SchedulerFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.Dispatch;
import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import io.flame4j.internal.pool.PoolScheduler.State;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** One rule each, with decisions spelled out. That they hold together is for {@link PoolSchedulerModelTest}. */
class PoolSchedulerTest {

    @Nested
    class Bounds {

        @Test
        void never_more_runners_than_max() {
            SchedulerFixture f = pool().max(2).start();
            for (String waiter : new String[] {"a", "b", "c", "d"}) {
                f.enqueue(waiter);
            }
            assertThat(f.pool.total()).isEqualTo(2);
            assertThat(f.decisions())
                    .containsExactly("queued a", "boot 0", "queued b", "boot 1", "queued c", "queued d");
        }

        @Test
        void a_runner_counts_until_it_is_gone_however_it_ended() {
            SchedulerFixture f = pool().max(3).startWith(2);
            assertThat(f.acquire()).isEqualTo(1);
            f.lost(1);
            f.draining(0, ShrinkReason.DRAINING);
            assertThat(f.decisions()).containsExactly("stop 0 DRAINING");
            f.enqueue("a");
            f.enqueue("b");
            assertThat(f.decisions()).containsExactly("queued a", "boot 2", "queued b");
            f.gone(1);
            assertThat(f.decisions()).containsExactly("boot 3");
            f.gone(0);
            assertThat(f.decisions()).isEmpty();
        }

        @Test
        void a_failed_boot_counts_until_it_is_gone() {
            SchedulerFixture f = pool().max(1).start();
            f.enqueue("a");
            f.bootFailed(0, false);
            f.after(1_000).tick();
            assertThat(f.decisions()).containsExactly("queued a", "boot 0");
            f.gone(0);
            assertThat(f.decisions()).containsExactly("boot 1");
        }

        @Test
        void never_more_calls_on_a_runner_than_it_has_slots() {
            SchedulerFixture f = pool().max(1).maxConcurrency(2).startWith(1);
            assertThat(f.acquire()).isZero();
            assertThat(f.acquire()).isZero();
            assertThat(f.acquire()).isEqualTo(-1);
            f.enqueue("a");
            assertThat(f.decisions()).containsExactly("queued a");
            f.release(0);
            assertThat(f.decisions()).containsExactly("grant a 0");
        }

        @Test
        void a_single_use_runner_has_one_call_in_its_life() {
            SchedulerFixture f = pool().max(2).maxConcurrency(100).singleUse().start();
            f.enqueue("a");
            f.up(0);
            f.enqueue("b");
            f.enqueue("c");
            f.decisions();
            f.release(0, 1);
            assertThat(f.decisions()).containsExactly("stop 0 SINGLE_USE");
            f.up(1);
            assertThat(f.decisions()).containsExactly("grant b 1");
            f.gone(0);
            assertThat(f.decisions()).containsExactly("boot 2");
        }

        @Test
        void a_slot_that_was_not_taken_cannot_be_released() {
            SchedulerFixture f = pool().startWith(1);
            assertThatThrownBy(() -> f.release(0)).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void boots_run_in_parallel_up_to_the_limit_and_go_on_when_others_are_up() {
            SchedulerFixture f = pool().max(8).bootParallelism(2).start();
            for (String waiter : new String[] {"a", "b", "c", "d"}) {
                f.enqueue(waiter);
            }
            assertThat(f.pool.booting()).isEqualTo(2);
            f.decisions();
            f.after(150).up(0);
            assertThat(f.decisions()).containsExactly("grant a 0", "boot 2");
        }
    }

    @Nested
    class Queue {

        @Test
        void first_come_first_served() {
            SchedulerFixture f = pool().max(1).startWith(1);
            f.acquire();
            f.enqueue("a");
            f.enqueue("b");
            f.decisions();
            f.release(0);
            f.release(0);
            assertThat(f.decisions()).containsExactly("grant a 0", "grant b 0");
        }

        @Test
        void repeats_go_before_the_others_and_keep_their_own_order() {
            SchedulerFixture f = pool().max(1).maxQueued(1).startWith(1);
            f.acquire();
            f.enqueue("a");
            f.enqueueFirst("r1");
            f.enqueueFirst("r2");
            f.decisions();
            f.release(0);
            f.enqueueFirst("r3");
            for (int i = 0; i < 3; i++) {
                f.release(0);
            }
            assertThat(f.decisions())
                    .containsExactly("grant r1 0", "queued r3", "grant r2 0", "grant r3 0", "grant a 0");
        }

        @Test
        void a_full_queue_refuses() {
            SchedulerFixture f = pool().max(1).maxQueued(1).startWith(1);
            f.acquire();
            assertThat(f.enqueue("a")).isNotNull();
            assertThat(f.enqueue("b")).isNull();
            assertThat(f.decisions()).containsExactly("queued a");
            assertThat(f.pool.totals().rejected()).isEqualTo(1);
        }

        @Test
        void without_a_queue_a_call_still_gets_a_free_slot() {
            SchedulerFixture warm = pool().min(1).max(1).maxQueued(0).startWith(1);
            assertThat(warm.enqueue("b")).isNotNull();
            assertThat(warm.decisions()).containsExactly("grant b 0");
        }

        @Test
        void without_a_queue_calls_still_wait_for_runners_that_may_boot_for_them() {
            SchedulerFixture f = pool().max(2).maxQueued(0).startWith(0);
            assertThat(f.enqueue("a")).isNotNull();
            assertThat(f.enqueue("b")).isNotNull();
            assertThat(f.enqueue("c")).isNull();
            assertThat(f.decisions()).containsExactlyInAnyOrder("boot 0", "queued a", "boot 1", "queued b");
        }

        @Test
        void those_whose_time_is_up_do_not_fill_the_queue() {
            SchedulerFixture f = pool().max(1).maxQueued(1).startWith(1);
            f.acquire();
            f.enqueue("a", 10);
            f.after(10);
            assertThat(f.enqueue("b")).isNotNull();
            assertThat(f.decisions()).containsExactly("queued a", "expire a up since 0", "queued b");
        }

        @Test
        void a_waiter_expires_at_its_deadline() {
            SchedulerFixture f = pool().start();
            f.after(5);
            f.enqueue("a", 20);
            f.enqueue("b", 10);
            f.decisions();
            assertThat(f.nextWakeup()).isEqualTo(15);
            f.tickWhenDue();
            assertThat(f.decisions()).containsExactly("expire b down since 5");
            assertThat(f.nextWakeup()).isEqualTo(25);
            f.after(9).tick();
            assertThat(f.decisions()).isEmpty();
            f.after(1).tick();
            assertThat(f.decisions()).containsExactly("expire a down since 5");
            assertThat(f.pool.totals().expired()).isEqualTo(2);
        }

        @Test
        void an_expired_waiter_never_runs_even_if_its_tick_is_late() {
            SchedulerFixture f = pool().max(1).startWith(1);
            f.acquire();
            f.enqueue("a", 10);
            f.enqueue("b");
            f.decisions();
            f.after(10).release(0);
            assertThat(f.decisions()).containsExactly("expire a up since 0", "grant b 0");
        }

        @Test
        void a_call_whose_deadline_is_past_expires_at_once_even_if_a_slot_is_free() {
            SchedulerFixture f = pool().startWith(1);
            assertThat(f.enqueue("a", 0).isQueued()).isFalse();
            assertThat(f.decisions()).containsExactly("expire a up since 0");
        }

        @Test
        void who_gives_up_leaves_the_queue_once() {
            SchedulerFixture f = pool().max(1).startWith(1);
            f.acquire();
            Waiter<String> a = f.enqueue("a", 50);
            Waiter<String> b = f.enqueue("b");
            assertThat(f.cancel(a)).isTrue();
            assertThat(f.cancel(a)).isFalse();
            f.decisions();
            f.release(0);
            assertThat(f.decisions()).containsExactly("grant b 0");
            assertThat(f.cancel(b)).isFalse();
        }

        @Test
        void an_event_that_was_held_up_does_not_turn_time_back() {
            SchedulerFixture f = pool().max(1).startWith(1);
            f.acquire();
            f.enqueue("a", 10);
            Waiter<String> b = f.enqueue("b");
            f.decisions();
            f.after(10).cancel(b);
            f.after(-5).release(0);
            assertThat(f.decisions()).containsExactly("expire a up since 0");
        }
    }

    @Nested
    class Choice {

        @Test
        void spread_takes_the_least_busy_runner() {
            SchedulerFixture f = pool().min(2).max(2).maxConcurrency(2).startWith(2);
            int first = f.acquire();
            int second = f.acquire();
            assertThat(second).isNotEqualTo(first);
            f.release(first);
            assertThat(f.acquire()).isEqualTo(first);
        }

        @Test
        void pack_takes_the_fullest_runner_with_a_free_slot() {
            SchedulerFixture f = pool().dispatch(Dispatch.PACK)
                    .min(3)
                    .max(3)
                    .maxConcurrency(2)
                    .startWith(3);
            int first = f.acquire();
            assertThat(f.acquire()).isEqualTo(first);
            int second = f.acquire();
            assertThat(second).isNotEqualTo(first);
            f.release(first);
            f.release(first);
            assertThat(f.acquire()).isEqualTo(second);
        }

        @Test
        void among_idle_runners_the_one_used_last_is_used_next() {
            for (Dispatch dispatch : Dispatch.values()) {
                SchedulerFixture f = pool().dispatch(dispatch).min(3).max(3).startWith(3);
                int a = f.acquire();
                int b = f.acquire();
                f.release(a);
                f.after(1).release(b);
                assertThat(f.acquire()).isEqualTo(b);
                assertThat(f.acquire()).isEqualTo(a);
            }
        }

        @Test
        void more_than_sixty_four_slots_are_found_too() {
            for (Dispatch dispatch : Dispatch.values()) {
                SchedulerFixture f = pool().dispatch(dispatch)
                        .min(2)
                        .max(2)
                        .maxConcurrency(200)
                        .startWith(2);
                for (int i = 0; i < 400; i++) {
                    assertThat(f.acquire()).isNotNegative();
                }
                assertThat(f.acquire()).isEqualTo(-1);
                f.release(0);
                assertThat(f.acquire()).isZero();
            }
        }
    }

    @Nested
    class Growing {

        /** One ready runner that serves calls in 5 ms, boots that take 150 ms. */
        private SchedulerFixture warm(int max) {
            SchedulerFixture f = pool().max(max).start();
            f.enqueue("warm-up");
            f.after(150).up(0);
            f.after(5).release(0, 5);
            f.decisions();
            return f;
        }

        @Test
        void calls_of_unknown_length_are_taken_for_long() {
            SchedulerFixture f = pool().maxConcurrency(2).start();
            f.enqueue("a");
            f.enqueue("b");
            f.enqueue("c");
            assertThat(f.decisions()).containsExactly("queued a", "boot 0", "queued b", "queued c", "boot 1");
        }

        @Test
        void a_burst_that_the_ready_runner_will_have_started_sooner_boots_nothing() {
            SchedulerFixture f = warm(16);
            f.acquire();
            for (int i = 0; i < 15; i++) {
                f.enqueue("w" + i);
            }
            assertThat(f.decisions()).noneMatch(d -> d.startsWith("boot"));
        }

        @Test
        void only_what_the_ready_runner_will_not_have_started_boots_runners() {
            SchedulerFixture f = warm(100);
            f.acquire();
            for (int i = 0; i < 91; i++) {
                f.enqueue("w" + i);
            }
            // 30 by the ready one, 30 by each of two that boot, 1 by a third.
            assertThat(f.pool.booting()).isEqualTo(3);
        }

        @Test
        void a_forecast_is_believed_for_one_boot_time_and_no_longer() {
            SchedulerFixture f = warm(16);
            f.acquire();
            for (int i = 0; i < 15; i++) {
                f.enqueue("w" + i);
            }
            assertThat(f.nextWakeup()).isEqualTo(f.now() + 150);
            f.after(149).tick();
            assertThat(f.pool.booting()).isZero();
            f.tickWhenDue();
            assertThat(f.pool.booting()).isEqualTo(15);
            assertThat(f.nextWakeup()).isEqualTo(NONE);
        }

        @Test
        void who_waits_for_boots_is_patient_for_twice_as_long() {
            SchedulerFixture f = warm(100);
            f.acquire();
            for (int i = 0; i < 31; i++) {
                f.enqueue("w" + i);
            }
            for (int i = 0; i < 30; i++) {
                f.release(0);
            }
            assertThat(f.pool.queued()).isEqualTo(1);
            assertThat(f.nextWakeup()).isEqualTo(f.now() + 300);
        }

        @Test
        void calls_that_became_longer_are_noticed_as_they_end() {
            SchedulerFixture f = warm(16);
            f.acquire();
            for (int i = 0; i < 10; i++) {
                f.enqueue("w" + i);
            }
            f.decisions();
            f.after(100).release(0, 2_000);
            assertThat(f.decisions().subList(0, 3)).containsExactly("grant w0 0", "boot 1", "boot 2");
        }

        @Test
        void slots_held_by_long_lived_objects_start_nothing() {
            SchedulerFixture f = warm(16);
            f.acquire();
            f.pool.hold(f.runners.get(0), f.nanos());
            f.enqueue("a");
            assertThat(f.decisions()).containsExactly("queued a", "boot 1");
            f.pool.releaseHeld(f.runners.get(0), f.nanos());
            assertThat(f.decisions()).containsExactly("grant a 0");
        }

        @Test
        void a_hold_while_others_wait_boots_at_once() {
            SchedulerFixture f = warm(16);
            f.acquire();
            f.enqueue("a");
            f.decisions();
            f.pool.hold(f.runners.get(0), f.nanos());
            assertThat(f.decisions()).containsExactly("boot 1");
        }

        @Test
        void each_waiter_of_a_single_use_pool_gets_a_boot() {
            SchedulerFixture f = pool().max(8).maxConcurrency(50).singleUse().start();
            f.enqueue("a");
            f.after(150).up(0);
            f.after(5).release(0, 5);
            f.gone(0);
            f.decisions();
            f.enqueue("b");
            f.enqueue("c");
            f.enqueue("d");
            assertThat(f.pool.booting()).isEqualTo(3);
        }

        @Test
        void boots_nobody_needs_any_more_are_cancelled_youngest_first() {
            SchedulerFixture f = pool().max(4).start();
            for (String waiter : new String[] {"a", "b", "c"}) {
                f.enqueue(waiter);
            }
            f.up(0);
            f.release(0);
            f.release(0);
            f.decisions();
            f.release(0);
            assertThat(f.decisions()).containsExactly("cancelBoot 2", "cancelBoot 1");
            assertThat(f.pool.bootSucceeded(f.runners.get(1), f.nanos())).isFalse();
            assertThat(f.pool.total()).isEqualTo(3);
            f.gone(1);
            f.gone(2);
            assertThat(f.pool.total()).isEqualTo(1);
            assertThat(f.pool.totals().cancelledBoots()).isEqualTo(2);
            assertThat(f.pool.totals().failedBoots()).isZero();
        }

        @Test
        void boots_go_on_while_less_than_a_runners_worth_of_slots_is_free() {
            SchedulerFixture f = pool().maxConcurrency(2).start();
            for (String waiter : new String[] {"a", "b", "c"}) {
                f.enqueue(waiter);
            }
            f.up(0);
            f.release(0);
            f.release(0);
            assertThat(f.pool.booting()).isEqualTo(1);
            f.release(0);
            assertThat(f.pool.booting()).isZero();
        }

        @Test
        void boots_for_min_and_headroom_are_not_cancelled() {
            SchedulerFixture f = pool().min(2).headroom(2).max(4).start();
            assertThat(f.decisions()).containsExactly("boot 0", "boot 1");
            f.enqueue("a");
            assertThat(f.decisions()).containsExactly("queued a", "boot 2");
            f.up(0);
            f.release(0);
            assertThat(f.pool.booting()).isEqualTo(2);
            f.up(1);
            assertThat(f.decisions()).contains("cancelBoot 2");
        }

        @Test
        void a_lone_boot_whose_caller_gave_up_goes_on() {
            SchedulerFixture f = pool().start();
            f.cancel(f.enqueue("a"));
            f.up(0);
            assertThat(f.acquire()).isZero();
        }
    }

    @Nested
    class Headroom {

        @Test
        void is_booted_ahead_of_demand() {
            SchedulerFixture f = pool().maxConcurrency(2).headroom(3).max(4).start();
            assertThat(f.decisions()).containsExactly("boot 0", "boot 1");
            f.up(0, 1);
            f.acquire();
            assertThat(f.decisions()).isEmpty();
            f.acquire();
            assertThat(f.decisions()).containsExactly("boot 2");
        }

        @Test
        void is_limited_by_max() {
            SchedulerFixture f = pool().headroom(10).max(3).start();
            assertThat(f.pool.booting()).isEqualTo(3);
        }

        @Test
        void counts_what_those_who_wait_will_take() {
            SchedulerFixture f = pool().headroom(1).max(10).start();
            f.enqueue("a");
            f.enqueue("b");
            assertThat(f.pool.booting()).isEqualTo(3);
        }

        @Test
        void is_not_idled_out() {
            SchedulerFixture f = pool().headroom(1).max(4).idle(1_000).startWith(3);
            f.after(10_000).tick();
            assertThat(f.pool.ready()).isEqualTo(1);
            assertThat(f.nextWakeup()).isEqualTo(NONE);
        }
    }

    @Nested
    class Idle {

        @Test
        void a_runner_stops_after_its_idle_time_the_longest_idle_one_first() {
            SchedulerFixture f = pool().idle(1_000).startWith(2);
            int a = f.acquire();
            f.after(400).release(a);
            assertThat(f.nextWakeup()).isEqualTo(1_000);
            f.tickWhenDue();
            assertThat(f.decisions()).containsExactly("stop " + (1 - a) + " IDLE");
            assertThat(f.nextWakeup()).isEqualTo(1_400);
            f.tickWhenDue();
            assertThat(f.decisions()).containsExactly("stop " + a + " IDLE");
            assertThat(f.nextWakeup()).isEqualTo(NONE);
        }

        @Test
        void min_runners_stay() {
            SchedulerFixture f = pool().min(1).idle(1_000).startWith(2);
            f.after(5_000).tick();
            assertThat(f.pool.ready()).isEqualTo(1);
            assertThat(f.nextWakeup()).isEqualTo(NONE);
        }

        @Test
        void min_runners_stop_after_their_own_time_and_come_back_with_demand_only() {
            SchedulerFixture f = pool().min(2).idle(1_000).minIdle(5_000).startWith(2);
            f.after(4_999).tick();
            assertThat(f.decisions()).isEmpty();
            f.tickWhenDue();
            assertThat(f.decisions()).containsExactly("stop 0 IDLE", "stop 1 IDLE");
            f.gone(0);
            f.gone(1);
            f.after(1_000).tick();
            assertThat(f.decisions()).isEmpty();
            f.enqueue("a");
            assertThat(f.decisions()).containsExactly("queued a", "boot 2");
            f.up(2);
            f.after(5).release(2);
            f.after(1_500).tick();
            assertThat(f.decisions()).containsExactly("grant a 2");
            // It is one of the minimum again, and replaced as such.
            f.lost(2);
            assertThat(f.decisions()).containsExactly("boot 3");
        }

        @Test
        void a_call_may_come_while_the_check_runs() {
            SchedulerFixture f = pool().idle(1_000).idleCheck().startWith(1);
            f.tickWhenDue();
            assertThat(f.decisions()).containsExactly("ask 0");
            assertThat(f.nextWakeup()).isEqualTo(NONE);
            assertThat(f.acquire()).isZero();
            f.answer(0, true);
            assertThat(f.decisions()).isEmpty();
            f.after(100).release(0);
            assertThat(f.nextWakeup()).isEqualTo(2_100);
        }

        @Test
        void a_runner_used_and_idle_again_since_the_check_was_asked_stays() {
            SchedulerFixture f = pool().idle(1_000).idleCheck().startWith(1);
            f.tickWhenDue();
            f.acquire();
            f.release(0);
            f.after(10).answer(0, true);
            assertThat(f.decisions()).containsExactly("ask 0");
            assertThat(f.nextWakeup()).isEqualTo(2_010);
        }

        @Test
        void a_check_decides_once_per_period() {
            SchedulerFixture f = pool().idle(1_000).idleCheck().startWith(1);
            f.tickWhenDue();
            f.after(10).answer(0, false);
            assertThat(f.decisions()).containsExactly("ask 0");
            assertThat(f.nextWakeup()).isEqualTo(2_010);
            f.tickWhenDue();
            f.answer(0, true);
            assertThat(f.decisions()).containsExactly("ask 0", "stop 0 IDLE");
            f.answer(0, true);
            assertThat(f.decisions()).isEmpty();
        }

        @Test
        void no_more_are_asked_than_may_stop() {
            SchedulerFixture f = pool().min(1).idle(1_000).idleCheck().startWith(3);
            f.tickWhenDue();
            assertThat(f.decisions()).hasSize(2);
            f.answer(0, false);
            f.tick();
            assertThat(f.decisions()).containsExactly("ask 2");
        }
    }

    @Nested
    class Minimum {

        @Test
        void boots_at_start() {
            assertThat(pool().min(3).start().decisions()).containsExactly("boot 0", "boot 1", "boot 2");
        }

        @Test
        void is_booted_no_faster_than_the_boot_parallelism() {
            SchedulerFixture f = pool().min(3).bootParallelism(1).start();
            assertThat(f.decisions()).containsExactly("boot 0");
            f.up(0);
            assertThat(f.decisions()).containsExactly("boot 1");
        }

        @Test
        void lost_and_drained_runners_are_replaced() {
            SchedulerFixture f = pool().min(2).max(10).startWith(2);
            f.acquire();
            f.acquire();
            f.lost(0);
            f.draining(1, ShrinkReason.CONDEMNED);
            assertThat(f.decisions()).containsExactly("boot 2", "boot 3");
        }

        @Test
        void a_runner_that_dies_unused_after_a_long_life_is_replaced_at_once() {
            SchedulerFixture f = pool().min(1).max(10).start();
            f.up(0);
            f.decisions();
            f.after(30_000).lost(0);
            assertThat(f.decisions()).containsExactly("boot 1");
        }

        @Test
        void runners_that_die_unused_are_replaced_with_growing_pauses() {
            SchedulerFixture f = pool().min(1).max(10).start();
            f.up(0);
            long lastPause = 0;
            for (int i = 0; i < 5; i++) {
                f.decisions();
                f.lost(i);
                f.gone(i);
                assertThat(f.decisions()).isEmpty();
                long pause = f.nextWakeup() - f.now();
                assertThat(pause).isBetween((100L << i) - 1, 200L << i);
                lastPause = pause;
                f.after(1).tickWhenDue();
                assertThat(f.decisions()).containsExactly("boot " + (i + 1));
                f.up(i + 1);
            }
            assertThat(lastPause).isGreaterThan(1_000);
            f.lost(5);
            f.enqueue("a");
            assertThat(f.decisions()).contains("boot 6");
        }
    }

    @Nested
    class FailedBoots {

        @Test
        void pause_all_boots_for_a_while() {
            SchedulerFixture f = pool().start();
            f.enqueue("a");
            f.bootFailed(0, false);
            f.gone(0);
            f.decisions();
            f.enqueue("b");
            assertThat(f.decisions()).containsExactly("queued b");
            assertThat(f.nextWakeup()).isBetween(99L, 200L);
            assertThat(f.pool.retryAfterNanos(f.nanos())).isBetween(100_000_000L, 200_000_000L);
            f.tickWhenDue();
            f.after(1).tick();
            assertThat(f.decisions()).containsExactly("boot 1", "boot 2");
        }

        @Test
        void that_were_started_together_are_one_failure() {
            SchedulerFixture f = pool().max(8).start();
            for (int i = 0; i < 8; i++) {
                f.enqueue("w" + i);
            }
            for (int i = 0; i < 8; i++) {
                f.after(5).bootFailed(i, false);
                f.gone(i);
            }
            assertThat(f.nextWakeup()).isBetween(100L, 205L);
            f.after(1).tickWhenDue();
            assertThat(f.pool.booting()).isEqualTo(8);
        }

        @Test
        void retry_fewer_and_later_from_round_to_round_until_one_succeeds() {
            SchedulerFixture f = pool().max(8).start();
            for (int i = 0; i < 8; i++) {
                f.enqueue("w" + i);
            }
            int first = 0;
            int[] expected = {8, 8, 4, 2, 1, 1, 1, 1, 1, 1};
            for (int round = 0; round < expected.length; round++) {
                assertThat(f.pool.booting()).as("round " + round).isEqualTo(expected[round]);
                int end = f.runners.size();
                for (int i = first; i < end; i++) {
                    f.bootFailed(i, false);
                    f.gone(i);
                }
                first = end;
                long longest = Math.min(30_000, 200L << round);
                assertThat(f.nextWakeup() - f.now()).isBetween(longest / 2 - 1, longest);
                f.after(1).tickWhenDue();
            }
            f.up(first);
            assertThat(f.pool.booting()).as("after a success").isEqualTo(7);
        }

        @Test
        void that_are_permanent_fail_all_who_wait() {
            SchedulerFixture f = pool().start();
            f.enqueue("a");
            f.enqueue("b");
            f.decisions();
            f.bootFailed(1, true);
            assertThat(f.decisions()).containsExactly("failBoot a 1", "failBoot b 1");
            f.enqueue("c");
            f.bootFailed(0, false);
            assertThat(f.decisions()).containsExactly("queued c");
        }

        @Test
        void that_are_permanent_let_those_wait_who_have_a_runner_to_wait_for() {
            SchedulerFixture f = pool().startWith(1);
            f.acquire();
            f.enqueue("a");
            f.decisions();
            f.bootFailed(1, true);
            assertThat(f.decisions()).isEmpty();
            f.release(0);
            assertThat(f.decisions()).containsExactly("grant a 0");
        }

        @Test
        void may_show_as_a_loss_or_a_drain() {
            SchedulerFixture f = pool().start();
            f.enqueue("a");
            f.enqueue("b");
            f.enqueue("c");
            f.decisions();
            f.lost(0);
            f.gone(1);
            f.draining(2, ShrinkReason.DRAINING);
            assertThat(f.decisions()).containsExactly("cancelBoot 2");
            assertThat(f.pool.totals().failedBoots()).isEqualTo(3);
            assertThat(f.pool.totals().lost()).isZero();
        }
    }

    @Nested
    class Losses {

        @Test
        void the_queue_of_a_lost_runner_is_served_by_a_boot_at_once() {
            SchedulerFixture f = pool().max(1).maxConcurrency(4).startWith(1);
            for (int i = 0; i < 4; i++) {
                f.acquire();
            }
            f.enqueue("a");
            f.enqueue("b");
            f.decisions();
            f.lost(0);
            assertThat(f.decisions()).isEmpty();
            f.gone(0);
            assertThat(f.decisions()).containsExactly("boot 1");
            f.up(1);
            assertThat(f.decisions()).containsExactly("grant a 1", "grant b 1");
            assertThat(f.pool.totals().lost()).isEqualTo(1);
        }

        @Test
        void releases_on_a_lost_runner_are_ignored() {
            SchedulerFixture f = pool().startWith(1);
            f.acquire();
            f.lost(0);
            f.release(0, 5);
            f.gone(0);
            f.release(0, 5);
            assertThat(f.pool.busySlots()).isZero();
            assertThat(f.pool.total()).isZero();
        }

        @Test
        void a_runner_that_has_ended_gets_no_calls_and_is_replaced_before_it_is_known_whether_it_is_lost() {
            SchedulerFixture f = pool().max(2).maxConcurrency(2).startWith(1);
            f.acquire();
            f.decisions();
            f.ended(0);
            f.enqueue("a");
            assertThat(f.decisions()).containsExactly("queued a", "boot 1");
            f.release(0, 5);
            assertThat(f.pool.totals().lost()).isZero();
            f.lost(0);
            f.lost(0);
            f.gone(0);
            assertThat(f.pool.totals().lost()).isEqualTo(1);
        }

        @Test
        void a_runner_that_has_ended_as_it_said_is_not_lost() {
            SchedulerFixture f = pool().startWith(2);
            f.acquire();
            f.acquire();
            f.draining(0, ShrinkReason.DRAINING);
            f.ended(0);
            f.ended(1);
            f.draining(1, ShrinkReason.DRAINING);
            f.gone(0);
            f.gone(1);
            assertThat(f.pool.totals().lost()).isZero();
            assertThat(f.pool.runners()).isEmpty();
        }

        @Test
        void a_runner_that_is_gone_without_notice_is_lost() {
            SchedulerFixture f = pool().startWith(2);
            f.acquire();
            f.gone(1);
            f.gone(0);
            assertThat(f.pool.totals().lost()).isEqualTo(2);
            assertThat(f.pool.runners()).isEmpty();
        }

        @Test
        void a_runner_that_ends_as_told_is_not_lost() {
            SchedulerFixture f = pool().idle(100).startWith(1);
            f.tickWhenDue();
            f.lost(0);
            f.gone(0);
            assertThat(f.pool.totals().lost()).isZero();
        }
    }

    @Nested
    class Draining {

        @Test
        void a_draining_runner_takes_no_more_calls_and_stops_after_its_last() {
            SchedulerFixture f = pool().max(1).maxConcurrency(3).startWith(1);
            f.acquire();
            f.acquire();
            f.draining(0, ShrinkReason.CONDEMNED);
            f.draining(0, ShrinkReason.DRAINING);
            assertThat(f.acquire()).isEqualTo(-1);
            f.enqueue("a");
            f.release(0);
            assertThat(f.decisions()).containsExactly("queued a");
            f.release(0);
            assertThat(f.decisions()).containsExactly("stop 0 CONDEMNED");
            f.gone(0);
            assertThat(f.decisions()).containsExactly("boot 1");
        }

        @Test
        void an_idle_runner_stops_at_once() {
            SchedulerFixture f = pool().startWith(1);
            f.draining(0, ShrinkReason.DRAINING);
            assertThat(f.decisions()).containsExactly("stop 0 DRAINING");
            assertThat(f.runners.get(0).state()).isEqualTo(State.ENDING);
        }
    }

    @Nested
    class Resizing {

        @Test
        void growth_serves_the_queue_at_once() {
            SchedulerFixture f = pool().max(1).start();
            f.enqueue("a");
            f.enqueue("b");
            f.decisions();
            f.resize(0, 2);
            assertThat(f.decisions()).containsExactly("boot 1");
        }

        @Test
        void a_raised_minimum_boots() {
            SchedulerFixture f = pool().max(4).start();
            f.resize(2, 4);
            assertThat(f.decisions()).containsExactly("boot 0", "boot 1");
        }

        @Test
        void a_lowered_minimum_lets_runners_idle_out() {
            SchedulerFixture f = pool().min(2).idle(100).startWith(2);
            f.after(500).resize(1, 4);
            f.tick();
            assertThat(f.decisions()).containsExactly("stop 0 IDLE");
        }

        @Test
        void above_a_lowered_maximum_boots_go_first_then_idle_runners_then_busy_ones() {
            SchedulerFixture f = pool().min(3).max(4).maxConcurrency(2).startWith(3);
            int[] load = {f.acquire(), f.acquire(), f.acquire()};
            int full = f.acquire();
            f.acquire();
            assertThat(load).doesNotHaveDuplicates();
            f.enqueue("x");
            f.enqueue("y");
            f.decisions();
            f.resize(0, 1);
            assertThat(f.decisions())
                    .contains("cancelBoot 3")
                    .filteredOn(d -> d.startsWith("drain"))
                    .hasSize(2);
            assertThat(f.pool.max()).isEqualTo(1);
            assertThat(f.pool.ready()).isEqualTo(1);
            assertThat(f.runners.get(full).busy()).isEqualTo(2);
        }

        @Test
        void bad_bounds_are_refused() {
            SchedulerFixture f = pool().start();
            assertThatThrownBy(() -> f.resize(3, 2)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> f.resize(0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThat(f.pool.max()).isEqualTo(4);
        }
    }

    @Nested
    class Closing {

        @Test
        void refuses_waiters_cancels_boots_and_stops_runners_as_they_become_idle() {
            SchedulerFixture f = pool().maxConcurrency(2).startWith(2);
            int busy = f.acquire();
            int idle = 1 - busy;
            f.enqueue("a");
            for (int i = 0; i < 2; i++) {
                f.acquire();
            }
            f.enqueue("b");
            f.decisions();
            f.close();
            assertThat(f.decisions()).containsExactly("reject b", "drain 0 CLOSING", "drain 1 CLOSING", "cancelBoot 2");
            f.release(idle);
            f.release(idle);
            assertThat(f.decisions()).containsExactly("stop " + idle + " CLOSING");
            f.lost(busy);
            f.gone(busy);
            f.gone(idle);
            f.gone(2);
            assertThat(f.pool.total()).isZero();
            assertThat(f.decisions()).isEmpty();
        }

        @Test
        void nothing_is_granted_or_booted_afterwards() {
            SchedulerFixture f = pool().min(1).headroom(1).idle(10).start();
            f.up(0);
            f.close();
            f.decisions();
            assertThat(f.acquire()).isEqualTo(-1);
            assertThat(f.enqueue("a").isQueued()).isFalse();
            assertThat(f.enqueueFirst("b").isQueued()).isFalse();
            f.resize(2, 4);
            f.gone(0);
            f.after(100_000).tick();
            assertThat(f.decisions()).containsExactly("reject a", "reject b");
            assertThat(f.nextWakeup()).isEqualTo(NONE);
        }

        @Test
        void a_boot_that_comes_up_nevertheless_is_not_wanted() {
            SchedulerFixture f = pool().min(1).start();
            f.close();
            assertThat(f.pool.bootSucceeded(f.runners.get(0), f.nanos())).isFalse();
            assertThat(f.pool.ready()).isZero();
        }
    }

    @Nested
    class Views {

        @Test
        void show_counts_and_runners() {
            SchedulerFixture f = pool().maxConcurrency(2).startWith(1);
            f.acquire();
            f.acquire();
            f.after(5);
            f.enqueue("a");
            f.after(10);
            assertThat(f.pool.slots()).isEqualTo(2);
            assertThat(f.pool.busySlots()).isEqualTo(2);
            assertThat(f.pool.queued()).isEqualTo(1);
            assertThat(f.pool.headWaitNanos(f.nanos())).isEqualTo(10 * SchedulerFixture.MS);
            assertThat(f.pool.booting()).isEqualTo(1);
            assertThat(f.pool.leaving()).isZero();
            assertThat(f.pool.runners()).extracting(Runner::state).containsExactly(State.READY, State.BOOTING);
            assertThat(f.pool.runners()).extracting(Runner::busy).containsExactly(2, 0);
        }
    }
}
