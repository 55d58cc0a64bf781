package io.flame4j.dashboard;

import io.flame4j.BootPhase;
import io.flame4j.FlamePool;
import io.flame4j.PoolStats;
import io.flame4j.PoolStats.RunnerStats;
import io.flame4j.PoolStats.State;
import io.flame4j.Refusal;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pool that says of itself what a test wants to see: more runners than a test could start. */
public final class SimulatedPool {

    private final String name;
    private final int slotsPerRunner;
    private final List<RunnerStats> runners = new ArrayList<>();
    private int min;
    private int max;
    private int queued;
    private Map<Refusal, Long> refused = Map.of();
    private boolean broken;
    private boolean askedWhileBroken;

    public SimulatedPool(String name, int max, int slotsPerRunner) {
        this.name = name;
        this.max = max;
        this.slotsPerRunner = slotsPerRunner;
    }

    public synchronized SimulatedPool runner(State state, int busy, Duration age) {
        String id = name + "-" + (runners.size() + 1);
        runners.add(new RunnerStats(id, state, busy, busy * 7L, age, Optional.of(BootPhase.READY)));
        return this;
    }

    public synchronized SimulatedPool booting(@Nullable BootPhase phase, Duration age) {
        String id = name + "-" + (runners.size() + 1);
        runners.add(new RunnerStats(id, State.BOOTING, 0, 0, age, Optional.ofNullable(phase)));
        return this;
    }

    /** Runners that take calls, each with as many busy slots as its number leaves. */
    public SimulatedPool ready(int many) {
        for (int i = 0; i < many; i++) {
            runner(State.READY, i % (slotsPerRunner + 1), Duration.ofSeconds(20 + i * 7L));
        }
        return this;
    }

    public synchronized SimulatedPool queued(int calls) {
        queued = calls;
        return this;
    }

    public synchronized SimulatedPool refused(Refusal kind, long times) {
        refused = Map.of(kind, times);
        return this;
    }

    public synchronized SimulatedPool clear() {
        runners.clear();
        return this;
    }

    /** From now on it fails when it is asked. */
    public synchronized void breakStats() {
        broken = true;
    }

    public synchronized boolean wasAskedWhileBroken() {
        return askedWhileBroken;
    }

    public synchronized SimulatedPool mend() {
        broken = false;
        return this;
    }

    public FlamePool pool() {
        return (FlamePool) Proxy.newProxyInstance(
                FlamePool.class.getClassLoader(),
                new Class<?>[] {FlamePool.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "name" -> name;
                    case "stats" -> stats();
                    case "resize" -> {
                        resize((int) arguments[0], (int) arguments[1]);
                        yield null;
                    }
                    case "toString" -> name;
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private synchronized void resize(int newMin, int newMax) {
        min = newMin;
        max = newMax;
    }

    private synchronized PoolStats stats() {
        if (broken) {
            askedWhileBroken = true;
            throw new IllegalStateException("broken by the test");
        }
        int ready = count(State.READY);
        int busy = runners.stream().mapToInt(RunnerStats::busySlots).sum();
        return new PoolStats(
                name,
                min,
                max,
                count(State.BOOTING),
                ready,
                count(State.DRAINING) + count(State.STOPPING),
                ready * slotsPerRunner,
                busy,
                queued,
                Duration.ofMillis(1_240),
                new PoolStats.Totals(1_000, 0, 0, ready, 2, 1, 1),
                runners,
                refused);
    }

    private int count(State state) {
        return (int) runners.stream().filter(runner -> runner.state() == state).count();
    }
}
