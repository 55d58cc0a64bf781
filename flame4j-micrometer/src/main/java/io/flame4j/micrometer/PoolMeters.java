package io.flame4j.micrometer;

import io.flame4j.BootPhase;
import io.flame4j.CallListener;
import io.flame4j.CallOutcome;
import io.flame4j.CallReport;
import io.flame4j.FlamePool;
import io.flame4j.PoolStats;
import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one pool in one registry. Thread-safe; {@code this} guards the list of meters and its end.
 *
 * <p>What alerts ask for is there from the start, calls by outcome too, although each may have a histogram: a series that
 * begins with its first failure shows no increase. Timers of phases come with the first boot that comes so far.
 */
final class PoolMeters implements CallListener {

    private final MeterRegistry registry;
    private final Tags tags;
    private final FlamePool pool;
    private final List<Meter> meters = new ArrayList<>();
    private boolean closed;

    private final Timer queueWait;
    private final Timer taskTime;
    private final Timer overhead;
    private final DistributionSummary sent;
    private final DistributionSummary received;
    private final Timer boot;
    private final Map<RunnerBootException.Reason, Counter> failed = new EnumMap<>(RunnerBootException.Reason.class);
    private final Map<RunnerLostException.Reason, Counter> lost = new EnumMap<>(RunnerLostException.Reason.class);
    private final Map<CallOutcome, Timer> calls = new EnumMap<>(CallOutcome.class);
    private final Map<BootPhase, Timer> phases = new ConcurrentHashMap<>();

    PoolMeters(MeterRegistry registry, Tags tags, FlamePool pool) {
        this.registry = registry;
        this.tags = tags;
        this.pool = pool;
        gauges();
        queueWait = timer("flame.pool.queue.wait", "How long calls waited to be sent: for a slot, a boot, their turn");
        taskTime = timer("flame.pool.call.task", "How long tasks themselves ran, measured on runners");
        overhead = timer("flame.pool.call.overhead", "What calls took beside their tasks: waiting, encoding, the wire");
        sent = bytes("flame.pool.call.sent", "What went to runners for a call");
        received = bytes("flame.pool.call.received", "What came back from runners for a call");
        boot = timer("flame.pool.boot", "Boots that succeeded, from the request until the runner is ready");
        for (RunnerBootException.Reason reason : RunnerBootException.Reason.values()) {
            failed.put(reason, counter("flame.pool.failed.boots", "boots", "Boots that failed", reason));
        }
        for (RunnerLostException.Reason reason : RunnerLostException.Reason.values()) {
            lost.put(reason, counter("flame.pool.lost.runners", "runners", "Runners that were lost", reason));
        }
        for (Refusal kind : Refusal.values()) {
            refused(kind);
        }
        for (CallOutcome outcome : CallOutcome.values()) {
            calls.put(
                    outcome,
                    timer(
                            "flame.pool.call",
                            "Calls, from the caller's call until value or failure is there",
                            tags.and("outcome", value(outcome))));
        }
    }

    private void gauges() {
        String runners = "Runners by what they do";
        gauge("flame.pool.runners", "runners", runners, tags.and("state", "booting"), PoolStats::booting);
        gauge("flame.pool.runners", "runners", runners, tags.and("state", "ready"), PoolStats::ready);
        gauge("flame.pool.runners", "runners", runners, tags.and("state", "draining"), PoolStats::draining);
        gauge("flame.pool.min.runners", "runners", "Fewest runners that the pool keeps", tags, PoolStats::min);
        gauge("flame.pool.max.runners", "runners", "Most runners that the pool may have", tags, PoolStats::max);
        String slots = "Slots of runners that are ready";
        gauge("flame.pool.slots", "slots", slots, tags.and("state", "busy"), PoolStats::busySlots);
        gauge(
                "flame.pool.slots",
                "slots",
                slots,
                tags.and("state", "free"),
                stats -> stats.slots() - stats.busySlots());
        gauge("flame.pool.queued.calls", "calls", "Calls that wait for a slot", tags, PoolStats::queued);
    }

    // ---- what is told

    @Override
    public void onEnd(CallReport report) {
        record(calls.get(report.outcome()), report.totalNanos());
        queueWait.record(report.queueNanos(), TimeUnit.NANOSECONDS);
        if (report.taskNanos() >= 0) {
            taskTime.record(report.taskNanos(), TimeUnit.NANOSECONDS);
            overhead.record(report.overheadNanos(), TimeUnit.NANOSECONDS);
        }
        if (report.attempts() > 0) {
            sent.record(report.bytesSent());
            received.record(report.bytesReceived());
        }
    }

    void bootPhase(BootPhase phase, Duration took) {
        record(phase(phase), took.toNanos());
    }

    void booted(Duration bootTime) {
        boot.record(bootTime);
    }

    void bootFailed(RunnerBootException.Reason reason) {
        Counter counter = failed.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void lost(RunnerLostException.Reason reason) {
        Counter counter = lost.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    private static void record(@Nullable Timer timer, long nanos) {
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    // ---- the meters

    private @Nullable Timer phase(BootPhase phase) {
        Timer known = phases.get(phase);
        return known != null ? known : later(phase);
    }

    /** Null when the pool has closed meanwhile: nobody would remove it. */
    private synchronized @Nullable Timer later(BootPhase phase) {
        if (closed) {
            return null;
        }
        Timer timer = timer(
                "flame.pool.boot.phase",
                "How long boots took to reach a phase from the one before",
                tags.and("phase", value(phase)));
        phases.put(phase, timer);
        return timer;
    }

    private Timer timer(String name, String description) {
        return timer(name, description, tags);
    }

    private Timer timer(String name, String description, Tags with) {
        return kept(Timer.builder(name).description(description).tags(with).register(registry));
    }

    private DistributionSummary bytes(String name, String description) {
        return kept(DistributionSummary.builder(name)
                .description(description)
                .baseUnit("bytes")
                .tags(tags)
                .register(registry));
    }

    private Counter counter(String name, String unit, String description, Enum<?> reason) {
        return kept(Counter.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tags.and("reason", value(reason)))
                .register(registry));
    }

    private void refused(Refusal kind) {
        kept(FunctionCounter.builder(
                        "flame.pool.refused.connections",
                        pool,
                        open -> open.stats().refused().getOrDefault(kind, 0L))
                .description("Connections to the pool's port that were refused; pools that share a port tell the same")
                .baseUnit("connections")
                .tags(tags.and("kind", value(kind)))
                .register(registry));
    }

    private void gauge(String name, String unit, String description, Tags with, ToDoubleFunction<PoolStats> figure) {
        kept(Gauge.builder(name, pool, open -> figure.applyAsDouble(open.stats()))
                .description(description)
                .baseUnit(unit)
                .tags(with)
                .register(registry));
    }

    private synchronized <M extends Meter> M kept(M meter) {
        meters.add(meter);
        return meter;
    }

    /** As tags are written. */
    private static String value(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Removes them all. */
    void close() {
        List<Meter> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(meters);
            meters.clear();
        }
        all.forEach(registry::remove);
    }
}
