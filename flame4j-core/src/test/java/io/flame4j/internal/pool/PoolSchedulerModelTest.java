package io.flame4j.internal.pool;

import static io.flame4j.internal.pool.SchedulerFixture.MS;

import io.flame4j.Dispatch;
import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.internal.pool.PoolModel.Call;
import io.flame4j.internal.pool.PoolModel.Phase;
import io.flame4j.internal.pool.PoolModel.Seen;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Pools of random settings live through random events, watched by {@link PoolModel}. A failure names its seed; run it
 * again with {@code -Dflame4j.seed=…}.
 */
class PoolSchedulerModelTest {

    /** As many seeds that no run has seen as flame4j.freshSeeds says come on top. */
    private static final int SEQUENCES = 2_500;

    private static final int EVENTS = 300;

    @Test
    void random_events_break_no_rule() {
        Long only = Long.getLong("flame4j.seed");
        if (only != null) {
            run(only);
            return;
        }
        for (long seed = 0; seed < SEQUENCES; seed++) {
            run(seed);
        }
        Random fresh = new Random();
        for (int i = Integer.getInteger("flame4j.freshSeeds", 0); i > 0; i--) {
            run(fresh.nextLong());
        }
    }

    private static void run(long seed) {
        Sequence sequence = new Sequence(seed);
        try {
            sequence.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ", " + sequence.model.settings + ", last events " + sequence.lastEvents(), e);
        }
    }

    private static final class Sequence {

        private final Random random;
        private final PoolModel model;
        private final PoolScheduler<Call> pool;
        private final List<String> events = new ArrayList<>();
        private final List<Call> calls = new ArrayList<>();
        private long longestStep;

        Sequence(long seed) {
            random = new Random(seed);
            long origin = random.nextLong();
            SchedulerSettings settings = settings(random);
            model = new PoolModel(settings, origin);
            pool = new PoolScheduler<>(settings, model, new Random(seed), origin);
            model.watch(pool);
            longestStep = random.nextBoolean() ? 20 : 2_000;
        }

        private static SchedulerSettings settings(Random random) {
            int max = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 4);
            SchedulerFixture.Options options = SchedulerFixture.pool()
                    .max(max)
                    .min(random.nextInt(3) == 0 ? random.nextInt(max + 1) : 0)
                    .maxConcurrency(1 + random.nextInt(random.nextInt(4) == 0 ? 150 : 4))
                    .headroom(random.nextInt(3) == 0 ? random.nextInt(10) : 0)
                    .bootParallelism(1 + random.nextInt(5))
                    .dispatch(random.nextBoolean() ? Dispatch.SPREAD : Dispatch.PACK)
                    .singleUse(random.nextInt(5) == 0)
                    .maxQueued(random.nextInt(4) == 0 ? random.nextInt(5) : Integer.MAX_VALUE)
                    .idleCheck(random.nextInt(3) == 0);
            if (random.nextInt(4) > 0) {
                options.idle(1 + random.nextInt(500));
            }
            if (random.nextInt(3) == 0) {
                options.minIdle(1 + random.nextInt(2_000));
            }
            return options.settings();
        }

        String lastEvents() {
            return events.subList(Math.max(0, events.size() - 30), events.size())
                    .toString();
        }

        void run() {
            pool.start(model.now);
            model.check(false);
            for (int i = 0; i < EVENTS; i++) {
                model.now += (long) (random.nextDouble() * random.nextDouble() * longestStep * MS);
                boolean ticked = event(random.nextInt(100));
                model.check(ticked);
            }
            if (random.nextBoolean()) {
                everybodyIsServedInTheEnd();
            }
            close();
            finish();
        }

        private boolean event(int kind) {
            if (kind < 25) {
                arrive();
            } else if (kind < 32) {
                acquire();
            } else if (kind < 36) {
                cancel();
            } else if (kind < 56) {
                release(some((r, s) -> s.busy > s.held));
            } else if (kind < 59) {
                hold(some((r, s) -> s.busy > s.held));
            } else if (kind < 62) {
                releaseHeld(some((r, s) -> s.held > 0));
            } else if (kind < 72) {
                up(some((r, s) -> s.phase == Phase.BOOTING));
            } else if (kind < 75) {
                bootFails(some((r, s) -> s.phase == Phase.BOOTING));
            } else if (kind < 77) {
                drain(some((r, s) -> true));
            } else if (kind < 79) {
                lose(some((r, s) -> true), false);
            } else if (kind < 80) {
                lose(some((r, s) -> true), true);
            } else if (kind < 88) {
                lose(some((r, s) -> s.phase == Phase.ENDING), true);
            } else if (kind < 91) {
                answer(some((r, s) -> s.asked), random.nextInt(3) > 0);
            } else if (kind < 92) {
                resize();
            } else {
                tick(random.nextBoolean());
                return true;
            }
            return false;
        }

        private void arrive() {
            boolean repeated = random.nextInt(8) == 0;
            boolean timed = random.nextInt(3) > 0;
            long deadline = timed ? model.now + random.nextInt(1_000) * MS : SchedulerSettings.NEVER;
            Call call = new Call(calls.size(), deadline, repeated);
            log("arrive " + call.id);
            calls.add(call);
            model.arrives(call);
            if (repeated) {
                call.place = pool.enqueueFirst(call, deadline, model.now);
            } else {
                call.place = pool.enqueue(call, deadline, model.now);
                if (call.place == null) {
                    model.refused(call);
                }
            }
            PoolModel.require(call.outcome != null || model.queue.contains(call), "call without a place");
        }

        private void acquire() {
            log("acquire");
            int free = model.free();
            List<Runner> booted = new ArrayList<>(model.runners.keySet());
            Runner runner = pool.tryAcquire(model.now);
            PoolModel.require((runner != null) == (free > 0 && model.queue.isEmpty()), "acquired " + runner);
            if (runner != null) {
                PoolModel.require(booted.contains(runner), "acquired a runner that is not up");
                model.acquired(runner);
            }
        }

        private void cancel() {
            if (calls.isEmpty()) {
                return;
            }
            Call call = calls.get(calls.size() - 1 - random.nextInt(Math.min(calls.size(), 10)));
            if (call.place == null) {
                return;
            }
            log("cancel " + call.id);
            boolean waits = model.queue.contains(call);
            PoolModel.require(pool.cancel(call.place, model.now) == waits, "cancelled " + !waits);
            if (waits) {
                model.cancelled(call);
            }
        }

        private void release(@Nullable Runner runner) {
            if (runner != null) {
                log("release");
                countRelease(runner);
                long service = random.nextInt(4) == 0 ? -1 : (long) (random.nextDouble() * longestStep * MS);
                pool.release(runner, service, model.now);
            }
        }

        private void hold(@Nullable Runner runner) {
            if (runner != null) {
                log("hold");
                model.of(runner).held++;
                pool.hold(runner, model.now);
            }
        }

        private void releaseHeld(@Nullable Runner runner) {
            if (runner != null) {
                log("releaseHeld");
                model.of(runner).held--;
                countRelease(runner);
                pool.releaseHeld(runner, model.now);
            }
        }

        private void countRelease(Runner runner) {
            if (model.of(runner).phase == Phase.ENDING) {
                model.of(runner).busy--;
            } else {
                model.released(runner);
            }
        }

        private void up(@Nullable Runner runner) {
            if (runner != null) {
                log("up");
                model.of(runner).phase = Phase.READY;
                PoolModel.require(pool.bootSucceeded(runner, model.now), "a boot was not wanted");
            }
        }

        private void bootFails(@Nullable Runner runner) {
            if (runner != null) {
                boolean permanent = random.nextInt(4) == 0;
                log("bootFails");
                model.fails(runner, permanent);
                pool.bootFailed(runner, permanent, model.now);
            }
        }

        private void drain(@Nullable Runner runner) {
            if (runner != null) {
                log("drain");
                model.announcesDrain(runner);
                pool.draining(runner, ShrinkReason.DRAINING, model.now);
            }
        }

        private void lose(@Nullable Runner runner, boolean forGood) {
            if (runner == null) {
                return;
            }
            log(forGood ? "gone" : "lost");
            model.leaves(runner, forGood);
            if (forGood) {
                pool.gone(runner, model.now);
            } else {
                pool.lost(runner, model.now);
            }
        }

        private void answer(@Nullable Runner runner, boolean mayStop) {
            if (runner != null) {
                log("answer " + mayStop);
                Seen seen = model.of(runner);
                seen.asked &= mayStop;
                pool.idleCheckAnswered(runner, mayStop, model.now);
                seen.asked = false;
            }
        }

        private void resize() {
            int max = 1 + random.nextInt(6);
            int min = random.nextInt(3) == 0 ? random.nextInt(max + 1) : 0;
            log("resize " + min + " " + max);
            model.resized(min, max);
            pool.resize(min, max, model.now);
        }

        private void tick(boolean whenDue) {
            long next = pool.nextWakeup();
            if (whenDue && next != SchedulerSettings.NEVER && next - model.now > 0) {
                model.now = next;
            }
            log("tick");
            pool.tick(model.now);
        }

        /** From here on all goes well: boots come up, calls end, what ends is gone. Then nobody waits for ever. */
        private void everybodyIsServedInTheEnd() {
            for (int i = 0; !model.queue.isEmpty(); i++) {
                PoolModel.require(i < 100_000, model.queue.size() + " still wait");
                Runner runner = some((r, s) -> true);
                Phase phase = runner == null ? null : model.of(runner).phase;
                if (phase == Phase.BOOTING) {
                    up(runner);
                } else if (phase == Phase.ENDING) {
                    lose(runner, true);
                } else if (runner != null && model.of(runner).held > 0) {
                    releaseHeld(runner);
                } else if (runner != null && model.of(runner).busy > 0) {
                    release(runner);
                } else {
                    tick(true);
                }
                model.check(false);
            }
        }

        private void close() {
            log("close");
            model.closed = true;
            pool.close(model.now);
            model.check(false);
            arrive();
            acquire();
            PoolModel.require(calls.stream().allMatch(c -> c.outcome != null), "a call has no outcome");
        }

        private void finish() {
            while (!model.runners.isEmpty()) {
                Runner runner = model.runners.keySet().iterator().next();
                Seen seen = model.of(runner);
                while (seen.phase == Phase.DRAINING) {
                    if (seen.held > 0) {
                        releaseHeld(runner);
                    } else {
                        release(runner);
                    }
                }
                PoolModel.require(seen.phase == Phase.ENDING, "left " + seen.phase);
                lose(runner, true);
                model.check(false);
            }
            PoolModel.require(pool.total() == 0 && pool.nextWakeup() == SchedulerSettings.NEVER, "not the end");
        }

        private @Nullable Runner some(BiPredicate<Runner, Seen> condition) {
            List<Runner> fitting = model.runners.entrySet().stream()
                    .filter(e -> condition.test(e.getKey(), e.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            return fitting.isEmpty() ? null : fitting.get(random.nextInt(fitting.size()));
        }

        private void log(String event) {
            events.add((model.now / MS) + " " + event);
        }
    }
}
