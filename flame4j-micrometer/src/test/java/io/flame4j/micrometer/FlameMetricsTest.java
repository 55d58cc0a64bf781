package io.flame4j.micrometer;

import static io.flame4j.micrometer.Work.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOutcome;
import io.flame4j.FlamePool;
import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.LocalBackend;
import io.flame4j.testkit.FaultyBackend;
import io.flame4j.testkit.LeakCheck;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is measured of pools. */
class FlameMetricsTest {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FlameMetrics metrics = new FlameMetrics();

    @AfterEach
    void close() {
        metrics.close();
        assertThat(registry.getMeters()).as("meters of closed metrics").isEmpty();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private Timer timer(String name, String... tags) {
        return registry.get(name).tags(tags).timer();
    }

    @Test
    void everythingIsMeasuredOfAPoolOfProcesses() {
        metrics.bindTo(registry);
        try (FlamePool pool = Work.processes()) {
            String name = pool.name();
            assertThat(gauge("flame.pool.max.runners", "pool", name)).isEqualTo(2);
            assertThat(gauge("flame.pool.min.runners", "pool", name)).isZero();
            Work.doAll(pool);

            assertThat(timer("flame.pool.call", "pool", name, "outcome", "succeeded")
                            .count())
                    .isEqualTo(2);
            assertThat(timer("flame.pool.call", "pool", name, "outcome", "failed")
                            .count())
                    .isEqualTo(1);
            assertThat(timer("flame.pool.call", "pool", name, "outcome", "timed_out")
                            .count())
                    .isEqualTo(1);
            assertThat(timer("flame.pool.call", "pool", name, "outcome", "lost").count())
                    .isEqualTo(1);
            Timer succeeded = timer("flame.pool.call", "pool", name, "outcome", "succeeded");
            Timer task = timer("flame.pool.call.task", "pool", name);
            Timer wait = timer("flame.pool.queue.wait", "pool", name);
            assertThat(wait.count()).isEqualTo(5);
            assertThat(wait.max(TimeUnit.MILLISECONDS)).as("a JVM booted").isGreaterThan(20);
            assertThat(task.max(TimeUnit.MILLISECONDS)).as("a task slept").isGreaterThan(39);
            assertThat(succeeded.totalTime(TimeUnit.MILLISECONDS)).isGreaterThan(59);
            assertThat(timer("flame.pool.call.overhead", "pool", name).count()).isEqualTo(task.count());
            assertThat(registry.get("flame.pool.call.sent")
                            .tag("pool", name)
                            .summary()
                            .max())
                    .isBetween(10_000.0, 12_000.0);
            assertThat(registry.get("flame.pool.call.received")
                            .tag("pool", name)
                            .summary()
                            .count())
                    .isEqualTo(5);

            eventually(() -> {
                assertThat(counter("flame.pool.lost.runners", "pool", name, "reason", "exited"))
                        .isEqualTo(1);
                assertThat(timer("flame.pool.boot", "pool", name).count()).isPositive();
                for (String phase : List.of("requested", "started", "connected", "ready")) {
                    assertThat(timer("flame.pool.boot.phase", "pool", name, "phase", phase)
                                    .count())
                            .as(phase)
                            .isPositive();
                }
            });
        }
        eventually(() ->
                assertThat(registry.getMeters()).as("of a pool that is closed").isEmpty());
    }

    @Test
    void gaugesFollowThePool() throws Exception {
        metrics.bindTo(registry);
        try (FlamePool pool = FlamePool.builder("gauges")
                .backend(LocalBackend.create().serialization(false))
                .max(1)
                .maxConcurrency(2)
                .build()) {
            CountDownLatch inside = new CountDownLatch(2);
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Boolean>> calls = Stream.generate(() -> pool.callAsync(() -> {
                        inside.countDown();
                        return go.await(60, TimeUnit.SECONDS);
                    }))
                    .limit(5)
                    .toList();
            assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(gauge("flame.pool.runners", "state", "ready")).isEqualTo(1);
            assertThat(gauge("flame.pool.runners", "state", "booting")).isZero();
            assertThat(gauge("flame.pool.runners", "state", "draining")).isZero();
            assertThat(gauge("flame.pool.slots", "state", "busy")).isEqualTo(2);
            assertThat(gauge("flame.pool.slots", "state", "free")).isZero();
            assertThat(gauge("flame.pool.queued.calls")).isEqualTo(3);
            pool.resize(1, 7);
            assertThat(gauge("flame.pool.max.runners")).isEqualTo(7);
            go.countDown();
            for (CompletableFuture<Boolean> call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(gauge("flame.pool.queued.calls")).isZero();
        }
    }

    @Test
    void failedBootsAreCountedByReason() {
        metrics.bindTo(registry);
        FaultyBackend backend = new FaultyBackend();
        backend.on((spec, number) -> {
            if (number == 1) {
                throw new RunnerBootException("no", RunnerBootException.Reason.QUOTA, false, null);
            }
            return backend.well(spec);
        });
        try (FlamePool pool = FlamePool.builder("boots").backend(backend).max(1).build()) {
            pool.call(() -> 1);
            eventually(() -> assertThat(counter("flame.pool.failed.boots", "reason", "quota"))
                    .isEqualTo(1));
            for (RunnerBootException.Reason reason : RunnerBootException.Reason.values()) {
                assertThat(registry.get("flame.pool.failed.boots")
                                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                                .counter())
                        .as("there before it happens")
                        .isNotNull();
            }
            for (CallOutcome outcome : CallOutcome.values()) {
                assertThat(timer("flame.pool.call", "outcome", outcome.name().toLowerCase(Locale.ROOT)))
                        .as("there before it happens")
                        .isNotNull();
            }
            assertThat(registry.get("flame.pool.lost.runners").counters())
                    .hasSize(RunnerLostException.Reason.values().length);
            assertThat(registry.get("flame.pool.refused.connections").functionCounters())
                    .hasSize(Refusal.values().length);
        }
    }

    @Test
    void boundTwiceItCountsOnceAndWorksForPoolsBuiltBeforeAndAfter() {
        try (FlamePool before = local("before")) {
            metrics.bindTo(registry);
            metrics.bindTo(registry);
            SimpleMeterRegistry other = new SimpleMeterRegistry();
            metrics.bindTo(other);
            try (FlamePool after = local("after")) {
                before.call(() -> 1);
                after.call(() -> 1);
                assertThat(timer("flame.pool.call", "pool", "before", "outcome", "succeeded")
                                .count())
                        .isEqualTo(1);
                assertThat(timer("flame.pool.call", "pool", "after", "outcome", "succeeded")
                                .count())
                        .isEqualTo(1);
                assertThat(other.get("flame.pool.call")
                                .tags("pool", "after", "outcome", "succeeded")
                                .timer()
                                .count())
                        .isEqualTo(1);
            }
            assertThat(registry.find("flame.pool.call").tag("pool", "after").timers())
                    .isEmpty();
            try (FlamePool again = local("after")) {
                assertThat(timer("flame.pool.call", "pool", "after", "outcome", "succeeded")
                                .count())
                        .isZero();
                assertThat(again.call(() -> 2)).isEqualTo(2);
            }
            metrics.close();
            assertThat(registry.getMeters()).isEmpty();
            assertThat(other.getMeters()).isEmpty();
            before.call(() -> 1);
            metrics.bindTo(registry);
            assertThat(timer("flame.pool.call", "pool", "before", "outcome", "succeeded")
                            .count())
                    .isZero();
        }
    }

    @Test
    void tagsOfTheUserAreAddedAndAllMetersAreDescribed() {
        try (FlameMetrics tagged = new FlameMetrics(List.of(Tag.of("team", "pictures")));
                FlamePool pool = local("tagged")) {
            tagged.bindTo(registry);
            pool.call(() -> 1);
            assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> {
                Meter.Id id = meter.getId();
                assertThat(id.getTag("team")).isEqualTo("pictures");
                assertThat(id.getTag("pool")).isEqualTo("tagged");
                assertThat(id.getDescription()).as(id.getName()).isNotBlank();
                assertThat(id.getBaseUnit()).as(id.getName()).isNotBlank();
            });
        }
    }

    @Test
    void aPoolThatDoesNotStartLeavesNothing() {
        metrics.bindTo(registry);
        FaultyBackend backend = new FaultyBackend();
        backend.on((spec, number) -> {
            throw FaultyBackend.permanent("no such image");
        });
        assertThatThrownBy(() -> FlamePool.builder("fails")
                        .backend(backend)
                        .min(1)
                        .max(1)
                        .build())
                .isInstanceOf(RunnerBootException.class);
        assertThat(registry.getMeters()).isEmpty();
    }

    private static FlamePool local(String name) {
        return FlamePool.builder(name).backend(LocalBackend.create()).max(1).build();
    }
}
