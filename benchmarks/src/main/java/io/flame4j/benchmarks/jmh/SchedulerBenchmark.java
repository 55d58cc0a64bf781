package io.flame4j.benchmarks.jmh;

import io.flame4j.internal.pool.SchedulerLoad;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The scheduler at a steady length of its queue: one call is granted a slot and another begins to wait. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SchedulerBenchmark {

    @Param({"10", "100", "1000"})
    int runners = 10;

    @Param({"1000", "100000"})
    int waiters = 1000;

    private SchedulerLoad load = new SchedulerLoad(1, 1, 0);

    @Setup(Level.Iteration)
    public void fill() {
        load = new SchedulerLoad(runners, 1, waiters);
    }

    @Benchmark
    public long releaseAndEnqueue() {
        return load.releaseAndEnqueue();
    }
}
