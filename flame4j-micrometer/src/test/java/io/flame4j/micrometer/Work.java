package io.flame4j.micrometer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.ProcessBackend;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Pools of real processes that have done something of each kind. */
final class Work {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private Work() {}

    static FlamePool processes() {
        return FlamePool.builder("metrics-" + NUMBERS.incrementAndGet())
                .backend(ProcessBackend.builder().heap("64m").build())
                .max(2)
                .maxConcurrency(2)
                .build();
    }

    /** Two calls that succeed, one that fails, one that times out, and one whose runner is lost. */
    static void doAll(FlamePool pool) {
        byte[] picture = new byte[10_000];
        pool.call(() -> picture.length);
        sleep(pool, 40);
        assertThatThrownBy(() -> pool.call(() -> {
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThatThrownBy(() -> pool.call(
                        () -> Thread.sleep(600_000), CallOptions.defaults().timeout(Duration.ofSeconds(3))))
                .isInstanceOf(CallTimeoutException.class);
        assertThatThrownBy(() -> pool.call(() -> Runtime.getRuntime().halt(3))).isInstanceOf(RunnerLostException.class);
    }

    private static void sleep(FlamePool pool, long millis) {
        try {
            pool.call(() -> Thread.sleep(millis));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void eventually(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(assertion);
    }
}
