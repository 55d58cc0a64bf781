package io.flame4j.soak;

import io.flame4j.FlamePool;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testkit.LinkFault;
import io.flame4j.testkit.LinkProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Everything at once, on one pool that lives as long as the run: {@link Traffic} of all kinds, while runners are killed,
 * told to end and frozen, connections under TLS do all that {@link LinkFault} knows, and the pool is resized. After each
 * round it must be as it was before.
 */
final class Storm implements AutoCloseable {

    private static final int MAX = 3;
    private static final int CONCURRENCY = 3;
    private static final int CALLERS = 6;
    private static final int FAULT_WITHIN = 200_000;

    private final LogWatch log;
    private final SplittableRandom random;
    private final LinkProxy network =
            new LinkProxy(ProcessBackend.builder().heap("96m").tls(true).build());
    private final FlamePool pool;
    private final Watch watch = new Watch(this::castFailed);
    private final Queue<Long> frozen = new ConcurrentLinkedQueue<>();
    private volatile Calls calls = new Calls(Path.of("."));
    private long begun;
    private long failed;

    Storm(SplittableRandom random, LogWatch log) {
        this.random = random;
        this.log = log;
        pool = FlamePool.builder("storm")
                .backend(network)
                .max(MAX)
                .maxConcurrency(CONCURRENCY)
                .heartbeat(Duration.ofSeconds(1))
                .bootTimeout(Duration.ofSeconds(20))
                .timeout(Duration.ofSeconds(10))
                .idleShutdownAfter(Duration.ofMillis(500))
                .listener(watch)
                .build();
    }

    private void castFailed() {
        calls.castFailed();
    }

    long begun() {
        return begun;
    }

    long failed() {
        return failed;
    }

    /** Storms for a while, and waits until it is calm again. */
    StageResult round(Duration time) {
        List<String> broken = new ArrayList<>();
        AtomicInteger injected = new AtomicInteger();
        long warningsBefore = log.warnings();
        long eventsBefore = watch.events.get();
        try {
            Path directory = Files.createTempDirectory("soak-storm-");
            calls = new Calls(directory);
            try {
                storm(time, injected);
                calm(broken);
                Calls.Verdict verdict = calls.verdict();
                // Into the log.
                System.err.println("storm: " + calls.begun() + " calls, " + injected + " faults: "
                        + new TreeMap<>(calls.outcomes()) + "; " + pool.stats().calls());
                begun += calls.begun();
                failed += calls.failed();
                long warnings = log.warnings() - warningsBefore;
                long events = watch.events.get() - eventsBefore + injected.get();
                // One of the parent, and one of the runner that has noticed the same.
                if (warnings > 2 * events + 2) {
                    broken.add(warnings + " warnings for " + events + " events:"
                            + LogWatch.shown(log.since(warningsBefore)));
                }
                return new StageResult(injected.get(), verdict.hung(), verdict.wrong(), List.of(), broken, List.of());
            } finally {
                Stage.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void storm(Duration time, AtomicInteger injected) {
        long end = System.nanoTime() + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        try (Traffic traffic = new Traffic(pool, calls, CALLERS)) {
            for (int i = 0; i < CALLERS; i++) {
                SplittableRandom own = random.split();
                threads.add(new Thread(() -> traffic.until(end, own), "soak-caller-" + i));
            }
            SplittableRandom breaker = random.split();
            threads.add(new Thread(() -> breakUntil(end, breaker, injected), "soak-breaker"));
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void breakUntil(long end, SplittableRandom own, AtomicInteger injected) {
        while (System.nanoTime() < end) {
            Await.pass(Duration.ofMillis(200 + own.nextInt(1_800)));
            List<Long> runners = ProcessHandle.current()
                    .children()
                    .filter(child -> child.info().command().orElse("").endsWith("java"))
                    .map(ProcessHandle::pid)
                    .filter(pid -> !frozen.contains(pid) && Processes.isAlive(pid))
                    .sorted()
                    .toList();
            // A fault lasts until the next one, or the pool would only wait.
            links().forEach(LinkProxy.Link::heal);
            // Boots are broken too, but not all of them, or nobody is ever served.
            if (!runners.isEmpty() && (pool.stats().ready() > 0 || own.nextInt(4) == 0)) {
                breakOne(runners.get(own.nextInt(runners.size())), own);
                injected.incrementAndGet();
            }
        }
        links().forEach(LinkProxy.Link::heal);
        frozen.forEach(Processes::kill);
        frozen.clear();
    }

    /** What each decision does depends on what is there; the decisions are the seed's. */
    private void breakOne(long pid, SplittableRandom own) {
        switch (own.nextInt(12)) {
            case 0, 1, 2 -> Processes.kill(pid);
            case 3 -> Processes.terminate(pid);
            case 4 -> {
                frozen.add(pid);
                Processes.freeze(pid);
            }
            case 5 -> {
                Processes.freeze(pid);
                Await.pass(Duration.ofMillis(own.nextInt(400)));
                Processes.thaw(pid);
            }
            case 6, 7 -> {
                int min = own.nextInt(2);
                pool.resize(min, Math.max(1, min) + own.nextInt(MAX));
            }
            default -> {
                List<LinkProxy.Link> links = links();
                LinkFault fault = LinkFault.random(own, FAULT_WITHIN);
                if (!links.isEmpty()) {
                    links.get(own.nextInt(links.size())).inject(fault);
                }
            }
        }
    }

    private List<LinkProxy.Link> links() {
        List<LinkProxy.Link> links = new ArrayList<>(network.controls());
        links.addAll(network.slots());
        return links;
    }

    private void calm(List<String> broken) {
        pool.resize(1, MAX);
        awaitCalm(1, broken);
        String job = "serves-" + Calls.number();
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int i = 0; i < MAX * CONCURRENCY; i++) {
            all.add(calls.async(
                    pool,
                    "call after the storm",
                    Await.LONG,
                    2,
                    (where, number) -> () -> Jobs.hold(where, number, job)));
        }
        try {
            Await.until(
                    all.size() + " calls at a time",
                    () -> Jobs.begun(calls.directory(), job).size() >= all.size());
        } catch (IllegalStateException e) {
            broken.add("slots were lost in the storm: " + e.getMessage() + "; " + pool.stats());
        }
        Jobs.go(calls.directory(), job);
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                .handle((value, failure) -> failure)
                .orTimeout(Await.LONG.toSeconds() * 2, TimeUnit.SECONDS)
                .join();
        // Its runners are not to come and go during the scenarios, which look for processes that are left.
        pool.resize(0, MAX);
        awaitCalm(0, broken);
    }

    private void awaitCalm(int runners, List<String> broken) {
        try {
            Await.until("calm", () -> {
                var stats = pool.stats();
                return stats.busySlots() == 0
                        && stats.queued() == 0
                        && stats.booting() == 0
                        && stats.draining() == 0
                        && stats.runners().size() == runners;
            });
        } catch (IllegalStateException e) {
            broken.add("the pool does not come to rest: " + pool.stats());
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
