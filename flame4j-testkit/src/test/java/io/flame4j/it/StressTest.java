package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.Placed;
import io.flame4j.RunnerLostException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Everything at once: calls of all kinds, given up in all ways, while runners are killed, told to end and frozen. Each
 * call has one outcome, which is one that it may have; no task runs more often than its call allows; no bound of the
 * pool is exceeded; and in the end the pool serves as in the beginning.
 *
 * <p>The decisions come from a seed, which is printed and can be set by {@code -Dflame4j.seed}; the timing does not.
 */
class StressTest extends PoolTestBase {

    private static final int MAX = 3;
    private static final int CONCURRENCY = 3;
    private static final int CALLERS = 10;
    private static final Duration TIME = Duration.ofSeconds(20);

    /** No stall of a busy machine is as long; the pool's own time-out for calls that it holds is longer. */
    private static final Duration LATE = Duration.ofSeconds(20);

    /** For how long at the end nothing breaks any more, and callers find out what is broken. */
    private static final Duration UNHARMED = Duration.ofSeconds(2);

    private final long seed = Long.getLong("flame4j.seed", System.nanoTime());
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Integer> allowedRuns = new ConcurrentHashMap<>();
    private final Map<Long, Boolean> succeeded = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> outcomes = new ConcurrentHashMap<>();
    private final Queue<Long> frozen = new ConcurrentLinkedQueue<>();
    private ScheduledExecutorService interrupter;
    private String where;

    @Test
    @Timeout(240)
    void everyCallHasOneOutcomeAndNoBoundIsExceeded() throws Exception {
        System.out.println("seed " + seed);
        where = directory.toString();
        interrupter = Executors.newSingleThreadScheduledExecutor();
        start(Backends.PROCESS_UNIX
                .pool()
                .min(1)
                .max(MAX)
                .maxConcurrency(CONCURRENCY)
                .heartbeat(Duration.ofSeconds(1))
                .timeout(Duration.ofSeconds(60))
                .idleShutdownAfter(Duration.ofMillis(200)));
        long end = System.nanoTime() + TIME.toNanos();
        SplittableRandom random = new SplittableRandom(seed);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            SplittableRandom own = random.split();
            threads.add(new Thread(() -> callUntil(end, own), "stress-" + i));
        }
        SplittableRandom breaker = random.split();
        threads.add(new Thread(() -> breakUntil(end, breaker), "stress-breaker"));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        interrupter.shutdown();
        System.out.println(numbers.get() + " calls: " + new TreeMap<>(outcomes) + "; "
                + pool.stats().calls());

        assertThat(violations).as("seed %d", seed).isEmpty();
        awaitStats(
                "all slots to be free",
                stats -> stats.busySlots() == 0 && stats.queued() == 0 && stats.draining() == 0);
        assertServes("after", MAX * CONCURRENCY);
        pool.close();
        checkExecutions();
        assertThat(numbers.get()).as("calls, however slow the machine").isGreaterThan(100);
    }

    private void checkExecutions() throws Exception {
        Map<String, Integer> executions = StressJobs.executions(directory);
        assertThat(executions.keySet()).as("seed %d", seed).noneMatch(line -> line.startsWith("breach"));
        List<String> wrong = new ArrayList<>();
        allowedRuns.forEach((number, allowed) -> {
            int runs = executions.getOrDefault(Long.toString(number), 0);
            if (runs > allowed || runs == 0 && succeeded.containsKey(number)) {
                wrong.add("call " + number + " ran " + runs + " times, allowed " + allowed);
            }
        });
        assertThat(wrong).as("seed %d", seed).isEmpty();
    }

    // ---- those who call

    private void callUntil(long end, SplittableRandom random) {
        while (System.nanoTime() < end && violations.isEmpty()) {
            long number = numbers.incrementAndGet();
            int kind = random.nextInt(100);
            try {
                if (kind < 40) {
                    plain(number, random);
                } else if (kind < 55) {
                    cancelled(number, random);
                } else if (kind < 70) {
                    timed(number, random);
                } else if (kind < 80) {
                    interrupted(number, random);
                } else if (kind < 88) {
                    repeated(number, random);
                } else if (kind < 94) {
                    failing(number);
                } else if (kind < 99) {
                    placed(random);
                } else {
                    exiting(number);
                }
            } catch (Throwable e) {
                violations.add("call " + number + " of kind " + kind + ": " + e + " at " + List.of(e.getStackTrace()));
            }
        }
    }

    private void outcome(String what) {
        outcomes.computeIfAbsent(what, key -> new AtomicLong()).incrementAndGet();
    }

    private void value(long number, long value) {
        succeeded.put(number, true);
        outcome("value");
        if (value != number) {
            violations.add("call " + number + " got the value of call " + value);
        }
    }

    private void plain(long number, SplittableRandom random) throws Exception {
        allowedRuns.put(number, 1);
        int millis = random.nextInt(4) == 0 ? random.nextInt(20) : 0;
        String directoryName = where;
        try {
            value(number, pool.call(() -> StressJobs.run(directoryName, number, CONCURRENCY, millis)));
        } catch (RunnerLostException e) {
            outcome("lost " + e.reason());
        }
    }

    private void repeated(long number, SplittableRandom random) throws Exception {
        allowedRuns.put(number, 21);
        int millis = random.nextInt(20);
        String directoryName = where;
        value(
                number,
                pool.call(
                        () -> StressJobs.run(directoryName, number, CONCURRENCY, millis),
                        CallOptions.defaults().retries(20)));
    }

    private void failing(long number) throws Exception {
        allowedRuns.put(number, 1);
        String directoryName = where;
        try {
            pool.call(() -> StressJobs.fail(directoryName, number, CONCURRENCY));
            violations.add("call " + number + " did not fail");
        } catch (IllegalStateException e) {
            outcome("thrown");
            if (!("task " + number).equals(e.getMessage())) {
                violations.add("call " + number + " got the failure of " + e.getMessage());
            }
        } catch (RunnerLostException e) {
            outcome("lost " + e.reason());
        }
    }

    private void exiting(long number) throws Exception {
        allowedRuns.put(number, 1);
        String directoryName = where;
        try {
            pool.call(() -> StressJobs.exit(directoryName, number, CONCURRENCY));
            violations.add("call " + number + " survived its own exit");
        } catch (RunnerLostException e) {
            outcome("lost " + e.reason());
        }
    }

    private void timed(long number, SplittableRandom random) throws Exception {
        allowedRuns.put(number, 1);
        int millis = random.nextInt(30);
        Duration timeout = Duration.ofMillis(1 + random.nextInt(30));
        String directoryName = where;
        long began = System.nanoTime();
        try {
            value(
                    number,
                    pool.call(
                            () -> StressJobs.run(directoryName, number, CONCURRENCY, millis),
                            CallOptions.defaults().timeout(timeout)));
        } catch (CallTimeoutException e) {
            outcome("timeout " + e.phase());
        } catch (RunnerLostException e) {
            outcome("lost " + e.reason());
        }
        if (System.nanoTime() - began > timeout.plus(LATE).toNanos()) {
            violations.add("call " + number + " returned long after its timeout");
        }
    }

    private void cancelled(long number, SplittableRandom random) {
        allowedRuns.put(number, 1);
        int millis = random.nextInt(20);
        String directoryName = where;
        CompletableFuture<Long> call = pool.callAsync(() -> StressJobs.run(directoryName, number, CONCURRENCY, millis));
        Future<?> cancel = interrupter.schedule(() -> call.cancel(true), random.nextInt(20_000), TimeUnit.MICROSECONDS);
        try {
            value(number, call.orTimeout(60, TimeUnit.SECONDS).join());
        } catch (CancellationException e) {
            outcome("cancelled");
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof RunnerLostException lost)) {
                throw e;
            }
            outcome("lost " + lost.reason());
        } finally {
            cancel.cancel(false);
        }
    }

    private void interrupted(long number, SplittableRandom random) throws Exception {
        allowedRuns.put(number, 1);
        int millis = random.nextInt(20);
        String directoryName = where;
        Thread caller = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        interrupter.schedule(
                () -> {
                    caller.interrupt();
                    done.countDown();
                },
                random.nextInt(20_000),
                TimeUnit.MICROSECONDS);
        try {
            value(number, pool.call(() -> StressJobs.run(directoryName, number, CONCURRENCY, millis)));
        } catch (CallInterruptedException e) {
            outcome("interrupted");
        } catch (RunnerLostException e) {
            outcome("lost " + e.reason());
        } finally {
            awaitInterrupt(done);
        }
    }

    /** The interrupt must not reach the next call of this thread. */
    private static void awaitInterrupt(CountDownLatch done) {
        boolean waiting = true;
        while (waiting) {
            try {
                done.await();
                waiting = false;
            } catch (InterruptedException e) {
                // The one that is waited for.
            }
        }
        Thread.interrupted();
    }

    private void placed(SplittableRandom random) {
        int calls = random.nextInt(5);
        try (Placed<StressJobs.Counter> counter = pool.place(StressJobs.Counter::new)) {
            for (int i = 1; i <= calls; i++) {
                int count = counter.call(StressJobs.Counter::next);
                if (count != i) {
                    violations.add("a placed object was asked " + count + " times instead of " + i);
                }
            }
            outcome("placed");
        } catch (RunnerLostException e) {
            outcome("lost " + e.reason());
        }
    }

    // ---- the one who breaks

    private void breakUntil(long end, SplittableRandom random) {
        try {
            breakAndWatch(end, random);
        } catch (Throwable e) {
            violations.add("the one who breaks: " + e + " at " + List.of(e.getStackTrace()));
        }
    }

    private void breakAndWatch(long end, SplittableRandom random) {
        // What is killed when nobody calls any more would be found out in the middle of what comes next.
        breakRunners(end - UNHARMED.toNanos(), random);
        // So would what is still frozen.
        frozen.forEach(pid -> unlessItEnds(pid, () -> Processes.kill(pid)));
        frozen.forEach(pid -> Processes.awaitEnd(pid, Jobs.LONG));
        while (System.nanoTime() < end && violations.isEmpty()) {
            runners();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private void breakRunners(long end, SplittableRandom random) {
        long nextBreak = System.nanoTime();
        while (System.nanoTime() < end && violations.isEmpty()) {
            List<ProcessHandle> runners = runners();
            if (!runners.isEmpty() && System.nanoTime() >= nextBreak) {
                long pid = runners.get(random.nextInt(runners.size())).pid();
                unlessItEnds(pid, () -> breakOne(pid, random));
                nextBreak = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(800));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Those that are there, which must not be too many. */
    private List<ProcessHandle> runners() {
        List<ProcessHandle> runners = ProcessHandle.current()
                .children()
                .filter(child -> isRunner(child) && Processes.isAlive(child.pid()))
                .toList();
        if (runners.size() > MAX) {
            violations.add(runners.size() + " runners at a time");
        }
        return runners;
    }

    /** Before it is one, a child of this process has this process's command, and then that of the JDK's helper. */
    private static boolean isRunner(ProcessHandle process) {
        Path commandLine = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
            return Files.exists(commandLine)
                    ? Files.readString(commandLine, StandardCharsets.ISO_8859_1).contains("RunnerMain")
                    : process.info()
                            .command()
                            .filter(command -> command.endsWith("java"))
                            .isPresent();
        } catch (IOException e) {
            // It has ended meanwhile.
            return false;
        }
    }

    private void breakOne(long pid, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> Processes.kill(pid);
            case 3, 4 -> Processes.terminate(pid);
            case 5 -> {
                frozen.add(pid);
                Processes.freeze(pid);
            }
            default -> {
                Processes.freeze(pid);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(400)));
                Processes.thaw(pid);
            }
        }
    }

    /** It may end by itself in the meantime, or be ended by its pool. */
    private static void unlessItEnds(long pid, Runnable harm) {
        if (!Processes.isAlive(pid)) {
            return;
        }
        try {
            harm.run();
        } catch (IllegalStateException e) {
            if (Processes.isAlive(pid)) {
                throw e;
            }
        }
    }
}
