package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Calls that come in the instant in which their runner is stopped because it was idle. */
class IdleBoundaryTest extends PoolTestBase {

    /** Of the local runners, which live in this JVM. */
    static final AtomicInteger EXECUTIONS = new AtomicInteger();

    /** Each call comes when the runner has been idle for just as long as it may be, a little less or a little more. */
    private static void awaitBoundary(Duration idle, int round) {
        long jitter = (round % 21 - 10) * 50_000L;
        long end = System.nanoTime() + idle.toNanos() + jitter;
        for (long rest = end - System.nanoTime(); rest > 0; rest = end - System.nanoTime()) {
            if (rest > 100_000) {
                LockSupport.parkNanos(rest - 100_000);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void noneOfAThousandCallsIsLost() {
        Duration idle = Duration.ofMillis(5);
        start(Backends.LOCAL.pool().max(2).maxConcurrency(2).idleShutdownAfter(idle));
        EXECUTIONS.set(0);
        for (int round = 0; round < 1_000; round++) {
            int number = round;
            assertThat(pool.<Integer, RuntimeException>call(() -> {
                        EXECUTIONS.incrementAndGet();
                        return number;
                    }))
                    .isEqualTo(number);
            awaitBoundary(idle, round);
        }
        assertThat(EXECUTIONS).hasValue(1_000);
        System.out.println(
                "1000 calls at the idle boundary needed " + pool.stats().calls().boots() + " local boots");
        assertThat(pool.stats().calls().boots()).as("some came too late").isBetween(50L, 1_000L);
        assertThat(watch.losses).isEmpty();
    }

    @Test
    void noneOfFiftyCallsToProcessesIsLost() {
        Duration idle = Duration.ofMillis(20);
        start(Backends.PROCESS_UNIX.pool().max(2).maxConcurrency(2).idleShutdownAfter(idle));
        String where = directory.toString();
        for (int round = 0; round < 50; round++) {
            int number = round;
            assertThat(pool.<Integer, RuntimeException>call(() -> {
                        Jobs.mark(where, "call-" + number);
                        return number;
                    }))
                    .isEqualTo(number);
            assertThat(Jobs.runs(directory, "call-" + number)).hasSize(1);
            awaitBoundary(idle, round);
        }
        System.out.println(
                "50 calls at the idle boundary needed " + pool.stats().calls().boots() + " processes");
        assertThat(watch.losses).isEmpty();
    }
}
