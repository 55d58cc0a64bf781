package io.flame4j.benchmarks;

import com.sun.management.ThreadMXBean;
import io.flame4j.benchmarks.Contender.Exchange;
import java.lang.management.ManagementFactory;

/** How many bytes a call allocates on the calling thread. */
final class Allocation implements Bench.Measure {

    private static final int CALLS = 5_000;

    @Override
    public String name() {
        return "allocation";
    }

    @Override
    public void run(Bench bench) throws Exception {
        if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)
                || !threads.isThreadAllocatedMemorySupported()) {
            bench.progress(() -> "allocation: this JVM does not count it");
            return;
        }
        int calls = Math.min(CALLS, bench.effort().calls());
        try (Sessions sessions = Sessions.start(bench, name(), 1)) {
            sessions.each(
                    sessions.take(Contender.Session::noOp),
                    (contender, exchange) -> measure(bench, threads, "no-op", contender, calls, exchange));
            byte[] kilobyte = new byte[1024];
            sessions.each(
                    sessions.take(Contender.Session::echo),
                    (contender, echo) -> measure(
                            bench, threads, "1 KiB there and back", contender, calls, () -> echo.run(kilobyte)));
        }
    }

    private static void measure(
            Bench bench, ThreadMXBean threads, String metric, String contender, int calls, Exchange exchange)
            throws Exception {
        Latency.warmUp(bench, exchange);
        long self = Thread.currentThread().getId();
        for (int round = 0; round < bench.effort().rounds(); round++) {
            long before = threads.getThreadAllocatedBytes(self);
            for (int i = 0; i < calls; i++) {
                exchange.run();
            }
            double each = (double) (threads.getThreadAllocatedBytes(self) - before) / calls;
            bench.figures().add("allocation", metric, contender, "bytes/call", each);
        }
    }
}
