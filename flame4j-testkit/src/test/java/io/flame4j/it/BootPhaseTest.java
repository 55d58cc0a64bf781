package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.BootPhase;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.PoolStats;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerBootException.Reason;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testkit.FaultyBackend;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How far boots come, and why those end that fail. */
class BootPhaseTest extends PoolTests {

    /** Writes down how boots go. */
    private static final class Recorder implements PoolListener {
        final List<String> events = new CopyOnWriteArrayList<>();
        final List<Duration> took = new CopyOnWriteArrayList<>();
        final List<Reason> reasons = new CopyOnWriteArrayList<>();

        @Override
        public void onGrowStart(String pool, String runnerId, int runners) {
            events.add("start");
        }

        @Override
        public void onBootPhase(String pool, String runnerId, BootPhase phase, Duration time) {
            took.add(time);
            events.add(phase.name());
        }

        @Override
        public void onGrowEnd(String pool, String runnerId, int runners, Duration bootTime) {
            took.add(bootTime);
            events.add("end");
        }

        @Override
        public void onBootFailed(String pool, String runnerId, RunnerBootException failure, Duration retryAfter) {
            reasons.add(failure.reason());
        }
    }

    private final Recorder recorder = new Recorder();
    private final FaultyBackend backend = new FaultyBackend();

    private FlamePool bootProcess(Recorder boot) {
        FlamePool pool = start(processes().min(1).max(1).listener(boot));
        eventually(() -> assertThat(boot.events).contains("end"));
        return pool;
    }

    @Test
    void theBootOfAProcessIsToldPhaseByPhase() {
        Recorder boot = new Recorder();
        FlamePool pool = bootProcess(boot);
        // What is told after the runner has connected is left out, as on a machine that stalls when the process has
        // begun.
        for (int more = 3; more > 0 && !boot.events.contains("STARTED"); more--) {
            pool.shutdownNow();
            boot = new Recorder();
            pool = bootProcess(boot);
        }
        assertThat(boot.events).containsExactly("start", "REQUESTED", "STARTED", "CONNECTED", "READY", "end");
        List<Duration> took = boot.took;
        assertThat(took).noneMatch(Duration::isNegative);
        Duration sum = took.get(1).plus(took.get(2)).plus(took.get(3));
        assertThat(took.get(4)).as("from the request to ready").isBetween(sum, sum.plusSeconds(10));
        assertThat(pool.stats().runners())
                .extracting(PoolStats.RunnerStats::phase)
                .allSatisfy(phase -> assertThat(phase).contains(BootPhase.READY));
    }

    @Test
    void aBootUnderWayShowsItsPhase() {
        FlamePool pool = start(on(backend.silenceNext(1)).max(1));
        pool.callAsync(() -> 1);
        eventually(() -> assertThat(pool.stats().runners())
                .singleElement()
                .satisfies(runner -> assertThat(runner.phase()).contains(BootPhase.REQUESTED)));
    }

    @Test
    void whyBootsFailIsOneOfAFewReasons() {
        assertThatThrownBy(() -> start(on(backend.silenceNext(1))
                        .min(1)
                        .bootTimeout(Duration.ofMillis(300))
                        .listener(recorder)))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT));
        assertThatThrownBy(() -> start(local().min(1)
                        .initializer(BackendSpiTest.Unlicensed.class)
                        .listener(recorder)))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.INITIALIZER));
        assertThatThrownBy(() -> start(on(ProcessBackend.builder()
                                .jvmOptions(List.of("-XX:NoSuchOption=1"))
                                .build())
                        .min(1)
                        .listener(recorder)))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.ENDED));
        eventually(() -> assertThat(recorder.reasons)
                .containsExactlyInAnyOrder(Reason.TIMEOUT, Reason.INITIALIZER, Reason.ENDED));
    }
}
