package io.flame4j.soak;

import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testkit.LeakCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Where a scenario plays: it gives pools, calls that are watched, a directory, and holds afterwards what must hold in all
 * scenarios. Used by one thread.
 */
final class Stage {

    /** What a runner that is to be lost is silent for: three of these. */
    static final Duration HEARTBEAT = Duration.ofMillis(500);

    /** For where heartbeats are not what it is about: on a busy machine a sound runner is silent for a second or two. */
    static final Duration UNHURRIED = Duration.ofMinutes(10);

    /** For calls whose outcome is to come much earlier. */
    static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final SplittableRandom random;
    private final LogWatch log;
    private final double share;
    private final Path directory;
    private final Calls calls;
    private final Watch watch;
    private final LeakCheck leaks = new LeakCheck();
    private final List<FlamePool> pools = new ArrayList<>();
    private final List<Runnable> cleanUps = new ArrayList<>();
    private final List<Duration> detections = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private int injected;
    private long moreEvents = 1;

    private Stage(SplittableRandom random, LogWatch log, double share) {
        this.random = random;
        this.log = log;
        this.share = share;
        try {
            directory = Files.createTempDirectory("soak-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        calls = new Calls(directory);
        watch = new Watch(calls::castFailed);
    }

    /**
     * Plays a scenario once.
     *
     * @param share how much of it where it does something many times; 1 for all
     */
    static StageResult play(Scenario scenario, SplittableRandom random, LogWatch log, double share) {
        Stage stage = new Stage(random, log, share);
        stage.leaks.begin();
        long warningsBefore = log.warnings();
        try {
            scenario.act().on(stage);
        } catch (Exception | AssertionError e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            stage.broken.add(scenario.name() + " could not go on: " + trace);
        }
        return stage.end(scenario, warningsBefore);
    }

    private StageResult end(Scenario scenario, long warningsBefore) {
        Calls.Verdict verdict;
        List<String> left = List.of();
        try {
            verdict = calls.verdict();
            pools.forEach(FlamePool::shutdownNow);
            // Or they would hold clients of the JDK for HTTP, which let go of their sockets when they are collected.
            pools.clear();
            cleanUps.forEach(Runnable::run);
            cleanUps.clear();
            left = Leftovers.await(leaks);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(directory);
        }
        long warnings = log.warnings() - warningsBefore;
        if (warnings > watch.events.get() + moreEvents) {
            broken.add(warnings + " warnings for " + watch.events + " events:"
                    + LogWatch.shown(log.since(warningsBefore)));
        }
        if (injected == 0 && broken.isEmpty()) {
            broken.add(scenario.name() + " has injected nothing");
        }
        return new StageResult(injected, verdict.hung(), verdict.wrong(), left, broken, detections);
    }

    static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- for scenarios

    SplittableRandom random() {
        return random;
    }

    Path directory() {
        return directory;
    }

    Calls calls() {
        return calls;
    }

    List<Watch.Loss> losses() {
        return watch.losses;
    }

    /** This many, or fewer where less is asked for. */
    int times(int full) {
        return (int) Math.max(1, Math.round(full * share));
    }

    /** The log may say one thing more for each of these, which the pool's listener is not told. */
    void mayBeLogged(long events) {
        moreEvents += events;
    }

    /** After the pools are closed. */
    void cleanUp(Runnable action) {
        cleanUps.add(0, action);
    }

    /** Starts to build a pool of small runners. */
    FlamePoolBuilder pool() {
        return pool(ProcessBackend.builder().heap("64m").build());
    }

    FlamePoolBuilder pool(Backend backend) {
        return FlamePool.builder("soak-" + NUMBERS.incrementAndGet())
                .backend(backend)
                .heartbeat(HEARTBEAT)
                .listener(watch);
    }

    /** Builds a pool, and ends it after the scenario. */
    FlamePool start(FlamePoolBuilder builder) {
        FlamePool pool = builder.build();
        pools.add(pool);
        return pool;
    }

    CompletableFuture<Long> async(FlamePool pool, Calls.Work work) {
        return calls.async(pool, "call", DEADLINE, 0, work);
    }

    /** A call that waits for {@link #go(String)}; has begun when this returns. */
    Held hold(FlamePool pool, String job) {
        int before = Jobs.begun(directory, job).size();
        CompletableFuture<Long> call = async(pool, (where, number) -> () -> Jobs.hold(where, number, job));
        Await.until(job + " to begin", () -> Jobs.begun(directory, job).size() > before || call.isDone());
        if (Jobs.begun(directory, job).size() == before) {
            throw new IllegalStateException(job + " did not begin: " + failureOf(call));
        }
        return new Held(call, Jobs.begun(directory, job).get(0));
    }

    /** A call that runs, and the process it runs in when it is the only one of its job. */
    record Held(CompletableFuture<Long> call, long pid) {}

    void go(String job) {
        Jobs.go(directory, job);
    }

    /** The process of a runner that a call of its own finds. */
    long runner(FlamePool pool) {
        return pool.call(Jobs::pid);
    }

    /** The fault was there so many times. */
    void injected(int times) {
        injected += times;
    }

    /** The fault, which was there since then, is noticed now. */
    void noticed(long since) {
        noticed(since, System.nanoTime());
    }

    void noticed(long since, long at) {
        detections.add(Duration.ofNanos(Math.max(0, at - since)));
    }

    /** Waits until the pool says that it has lost a runner; returns when it knew. */
    long awaitLoss(int number) {
        Await.until("loss " + number, () -> watch.losses.size() >= number);
        return watch.losses.get(number - 1).nanoTime();
    }

    /** Something is not as it must be. */
    void expect(boolean condition, String what) {
        if (!condition) {
            broken.add(what);
        }
    }

    /** Waits for a failure; fails when the call does not. */
    Throwable failureOf(CompletableFuture<?> call) {
        Throwable failure = call.handle((value, thrown) -> thrown)
                .orTimeout(Await.LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
        if (failure == null) {
            throw new IllegalStateException("a call that was to fail has succeeded");
        }
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** The pool serves as many calls at a time as it was made for: no slot was lost. */
    void expectServes(FlamePool pool, int concurrency) {
        String job = "serves-" + Calls.number();
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int i = 0; i < concurrency; i++) {
            all.add(calls.async(pool, "call", Await.LONG, 2, (where, number) -> () -> Jobs.hold(where, number, job)));
        }
        try {
            Await.until(
                    concurrency + " calls at a time; " + pool.stats(),
                    () -> Jobs.begun(directory, job).size() >= concurrency);
        } catch (IllegalStateException e) {
            broken.add("slots were lost: " + e.getMessage());
        }
        go(job);
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                .handle((value, failure) -> failure)
                .orTimeout(Await.LONG.toSeconds() * 2, TimeUnit.SECONDS)
                .join();
    }
}
