package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.Dispatch;
import io.flame4j.FlamePool;
import io.flame4j.RunnerContext;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bounds that no load may break. */
class ConcurrencyBoundsTest extends PoolTests {

    private static final int CALLERS = 8;
    private static final int CALLS = 120;

    private static final Map<String, AtomicInteger> RUNNING = new ConcurrentHashMap<>();
    private static final Map<String, AtomicInteger> MOST = new ConcurrentHashMap<>();
    private static final Map<String, AtomicInteger> SERVED = new ConcurrentHashMap<>();

    private final FaultyBackend backend = new FaultyBackend();

    /** Counts itself among the tasks of its runner, and takes its time. */
    private static String counted(long nanos) {
        String runner = RunnerContext.current().runnerId();
        SERVED.computeIfAbsent(runner, id -> new AtomicInteger()).incrementAndGet();
        AtomicInteger running = RUNNING.computeIfAbsent(runner, id -> new AtomicInteger());
        MOST.computeIfAbsent(runner, id -> new AtomicInteger()).accumulateAndGet(running.incrementAndGet(), Math::max);
        LockSupport.parkNanos(nanos);
        running.decrementAndGet();
        return runner;
    }

    private void load(FlamePool pool, long seed) throws Exception {
        List<Background<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Random random = new Random(seed + i);
            callers.add(inBackground(() -> {
                int done = 0;
                for (int call = 0; call < CALLS; call++) {
                    long nanos = random.nextInt(10) == 0 ? 4_000_000 : random.nextInt(300_000);
                    pool.call(() -> counted(nanos));
                    done++;
                    if (random.nextInt(15) == 0) {
                        LockSupport.parkNanos(random.nextInt(8_000_000));
                    }
                }
                return done;
            }));
        }
        for (Background<Integer> caller : callers) {
            assertThat(caller.get()).isEqualTo(CALLS);
        }
    }

    private Map<String, AtomicInteger> of(FlamePool pool, Map<String, AtomicInteger> counts) {
        Map<String, AtomicInteger> own = new ConcurrentHashMap<>(counts);
        own.keySet().removeIf(id -> !id.startsWith(pool.name() + "-"));
        assertThat(own).isNotEmpty();
        return own;
    }

    @ParameterizedTest
    @EnumSource
    void neitherMaxNorMaxConcurrencyIsExceeded(Dispatch dispatch) throws Exception {
        // So short an idle time makes runners come and go all the time.
        FlamePool pool =
                start(on(backend).max(3).maxConcurrency(2).dispatch(dispatch).idleShutdownAfter(Duration.ofMillis(2)));
        load(pool, 7);
        assertThat(of(pool, MOST).values()).allMatch(most -> most.get() <= 2);
        assertThat(backend.mostLive()).isLessThanOrEqualTo(3);
        assertThat(pool.stats().calls().granted()).isGreaterThanOrEqualTo(CALLERS * CALLS);
        assertThat(pool.stats().queued()).isZero();
        eventually(() -> assertThat(pool.stats().busySlots()).isZero());
    }

    @Test
    void aSingleUseRunnerNeverServesTwice() throws Exception {
        FlamePool pool = start(on(backend).max(4).maxConcurrency(3).singleUse(true));
        load(pool, 11);
        Map<String, AtomicInteger> served = of(pool, SERVED);
        assertThat(served.values()).allMatch(count -> count.get() == 1);
        assertThat(served).hasSize(CALLERS * CALLS);
        assertThat(backend.mostLive()).isLessThanOrEqualTo(4);
    }
}
