package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.benchmarks.limit.RawHost.Exchange;
import io.flame4j.benchmarks.limit.Transport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        try (Contenders contenders = new Contenders(most * 2);
                Spinners spinners = Spinners.start()) {
            bench.progress(() -> "throughput: " + spinners.count() + " spinners keep the CPUs awake");
            Map<String, Load> loads = loads(contenders, most);
            long nanos = TimeUnit.MILLISECONDS.toNanos(bench.effort().throughputMillis());
            for (Load load : loads.values()) {
                load.run(most, 2 * nanos);
            }
            Optional<Pinning> pinning = Pinning.toOneCpu();
            if (pinning.isPresent()) {
                Pinning pinned = pinning.get();
                try (pinned) {
                    rounds(bench, "one CPU, ", loads);
                }
            }
            rounds(bench, "", loads);
        }
        for (int callers : bench.effort().callers()) {
            compare(bench.figures(), "one CPU, " + metric(callers));
            compare(bench.figures(), metric(callers));
        }
    }

    private static void rounds(Bench bench, String placement, Map<String, Load> loads) throws Exception {
        long nanos = TimeUnit.MILLISECONDS.toNanos(bench.effort().throughputMillis());
        for (int round = 0; round < bench.effort().rounds(); round++) {
            int number = round + 1;
            bench.progress(() -> "throughput: " + placement + "round " + number);
            for (int callers : bench.effort().callers()) {
                for (Map.Entry<String, Load> each : loads.entrySet()) {
                    long began = System.nanoTime();
                    long count = each.getValue().run(callers, nanos);
                    double perSecond = count * 1e9 / (System.nanoTime() - began);
                    bench.figures().add("throughput", placement + metric(callers), each.getKey(), "calls/s", perSecond);
                }
            }
        }
    }

    private static void compare(Figures figures, String metric) {
        for (Transport transport : Transport.values()) {
            String label = Contenders.label(transport);
            for (String contender : List.of("sock-", "flame-", "flame-async-")) {
                figures.compare("throughput", metric, contender + label, "raw-" + label, null);
            }
        }
    }

    private static String metric(int callers) {
        return callers + (callers == 1 ? " caller" : " callers");
    }

    private static Map<String, Load> loads(Contenders contenders, int most) throws Exception {
        Map<String, Load> result = new LinkedHashMap<>();
        for (Transport transport : Transport.values()) {
            String label = Contenders.label(transport);
            List<Exchange> pings = new ArrayList<>();
            List<Exchange> socks = new ArrayList<>();
            for (int i = 0; i < most; i++) {
                pings.add(contenders.host(transport).ping());
                socks.add(contenders.host(transport).sock());
            }
            FlamePool pool = contenders.pool(transport);
            Exchange call = () -> pool.call(() -> null);
            result.put("raw-" + label, (callers, nanos) -> blocking(pings.subList(0, callers), nanos));
            result.put("sock-" + label, (callers, nanos) -> blocking(socks.subList(0, callers), nanos));
            result.put("flame-" + label, (callers, nanos) -> blocking(Collections.nCopies(callers, call), nanos));
            result.put("flame-async-" + label, (callers, nanos) -> futures(pool, callers, nanos));
        }
        return result;
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
