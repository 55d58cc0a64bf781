package io.flame4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.flame4j.benchmarks.Contender.Exchange;
import io.flame4j.benchmarks.Contender.Session;
import io.flame4j.benchmarks.limit.Transport;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A warm call allocates little on the calling thread. That is not a matter of time, but of whether the JIT compiler has come to
 * the code yet, so it is looked at until it has.
 */
class AllocationTest {

    /** Seen: 664 on Java 17 and 25, over either transport, with nobody listening. */
    private static final long BOUND = 1_000;

    private static final int CALLS = 2_000;
    private static final int ROUNDS = 100;

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"UNIX", "TCP"})
    @Timeout(300)
    void aWarmCallAllocatesLittle(Transport transport) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeThat(threads.isThreadAllocatedMemorySupported()).isTrue();
        try (Session session = new FlameContender(transport, null, false).open(1)) {
            Exchange call = session.noOp();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least > BOUND; round++) {
                least = Math.min(least, bytesPerCall(threads, call));
            }
            assertThat(least).as("bytes for a call").isLessThanOrEqualTo(BOUND);
        }
    }

    private static long bytesPerCall(ThreadMXBean threads, Exchange call) throws Exception {
        long self = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return (threads.getThreadAllocatedBytes(self) - before) / CALLS;
    }
}
