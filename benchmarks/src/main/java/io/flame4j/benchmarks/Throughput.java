package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.benchmarks.Contender.Exchange;
import io.flame4j.benchmarks.FlameContender.FlameSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** How many calls that do nothing one runner answers in a second. */
final class Throughput implements Bench.Measure {

    /** Makes so many calls at a time for so long, and counts those that were answered. */
    private interface Load {
        long run(int callers, long nanos) throws Exception;
    }

    @Override
    public String name() {
        return "throughput";
    }

    @Override
    public void run(Bench bench) throws Exception {
        int most = bench.effort().mostCallers();
        try (Sessions sessions = Sessions.start(bench, name(), most);
                Spinners spinners = Spinners.start()) {
            bench.progress(() -> "throughput: " + spinners.count() + " spinners keep the CPUs awake");
            Map<String, Load> loads = new LinkedHashMap<>(sessions.take(session -> blocking(session, most)));
            Map<String, FlamePool> pools = new LinkedHashMap<>();
            sessions.each(sessions.take(session -> session), (contender, session) -> {
                if (session instanceof FlameSession flame) {
                    pools.put(contender.replace("flame", "flame-async"), flame.pool());
                }
            });
            if (bench.effort().async()) {
                pools.forEach((label, pool) -> loads.put(label, (callers, nanos) -> futures(pool, callers, nanos)));
            }
            long nanos = TimeUnit.MILLISECONDS.toNanos(bench.effort().throughputMillis());
            // Twice, since the first time is spent on opening the connections.
            for (int i = 0; i < 2; i++) {
                sessions.each(loads, (contender, load) -> load.run(most, 3 * nanos));
                Settled.await(bench, name());
            }
            Placement.each(bench, placement -> rounds(bench, placement, sessions, loads));
        }
        for (int callers : bench.effort().callers()) {
            bench.figures().limit(name(), Placement.ONE_CPU + metric(callers), "raw-tcp");
            bench.figures().limit(name(), metric(callers), "raw-tcp");
        }
    }

    private void rounds(Bench bench, String placement, Sessions sessions, Map<String, Load> loads) throws Exception {
        long nanos = TimeUnit.MILLISECONDS.toNanos(bench.effort().throughputMillis());
        for (int round = 0; round < bench.effort().rounds(); round++) {
            int number = round + 1;
            bench.progress(() -> "throughput: " + placement + "round " + number);
            for (int callers : bench.effort().callers()) {
                sessions.each(loads, (contender, load) -> {
                    long began = System.nanoTime();
                    long count = load.run(callers, nanos);
                    double perSecond = count * 1e9 / (System.nanoTime() - began);
                    bench.figures().add(name(), placement + metric(callers), contender, "calls/s", perSecond);
                });
            }
        }
    }

    static String metric(int callers) {
        return callers + (callers == 1 ? " caller" : " callers");
    }

    private static Load blocking(Contender.Session session, int most) throws Exception {
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            exchanges.add(session.noOp());
        }
        return (callers, nanos) -> blocking(exchanges.subList(0, callers), nanos);
    }

    /** One thread for each exchange. */
    private static long blocking(List<Exchange> exchanges, long nanos) throws Exception {
        LongAdder answered = new LongAdder();
        AtomicReference<Exception> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(exchanges.size());
        long end = System.nanoTime() + nanos;
        for (Exchange exchange : exchanges) {
            new Thread(
                            () -> {
                                try {
                                    long count = 0;
                                    while (System.nanoTime() < end) {
                                        exchange.run();
                                        count++;
                                    }
                                    answered.add(count);
                                } catch (Exception e) {
                                    failure.set(e);
                                } finally {
                                    done.countDown();
                                }
                            },
                            "bench-caller")
                    .start();
        }
        done.await();
        if (failure.get() != null) {
            throw failure.get();
        }
        return answered.sum();
    }

    /** One thread that keeps so many futures going. */
    private static long futures(FlamePool pool, int inFlight, long nanos) throws Exception {
        Semaphore free = new Semaphore(inFlight);
        LongAdder answered = new LongAdder();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            free.acquire();
            CompletableFuture<?> unused = pool.callAsync(() -> null).whenComplete((none, thrown) -> {
                if (thrown == null) {
                    answered.increment();
                } else {
                    failure.set(thrown);
                }
                free.release();
            });
        }
        free.acquire(inFlight);
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return answered.sum();
    }
}
