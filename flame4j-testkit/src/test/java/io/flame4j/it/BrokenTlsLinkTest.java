package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.testkit.LinkProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The same under TLS. */
class BrokenTlsLinkTest extends BrokenLinkTest {

    /** More than a parent lets wait that have not said who they are. */
    private static final int SLOTS = 80;

    private static final int AT_A_TIME = 8;

    @Override
    Backends backend() {
        return Backends.PROCESS_TLS;
    }

    /**
     * Connections that wait for each other's handshakes at a busy parent would crowd each other out, and be dialled again,
     * for ever.
     */
    @Test
    void aRunnerOpensAFewConnectionsAtATime() throws Exception {
        Queue<LinkProxy.Link> silent = new ConcurrentLinkedQueue<>();
        AtomicInteger opening = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        start(backend()
                .pool()
                .backend(proxy)
                .min(1)
                .max(1)
                .maxConcurrency(SLOTS)
                .timeout(Duration.ofMinutes(2)));
        assertServes("before", 1);
        proxy.onOpen(link -> {
            link.silence();
            most.accumulateAndGet(opening.incrementAndGet(), Math::max);
            silent.add(link);
        });
        String where = directory.toString();
        List<CompletableFuture<Long>> calls = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            calls.add(pool.callAsync(() -> Jobs.hold(where, "held")));
        }
        for (int left = SLOTS - 1; left > 0; left--) {
            int expected = Math.min(AT_A_TIME, left);
            Awaitility.await("connections that are being opened")
                    .atMost(Jobs.LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(silent::size, size -> size >= expected);
            opening.decrementAndGet();
            silent.remove().unsilence();
        }
        Jobs.awaitRuns(directory, "held", SLOTS);
        Jobs.go(directory, "held");
        calls.forEach(PoolTestBase::valueOf);

        assertThat(most.get())
                .as("connections that were being opened at a time")
                .isEqualTo(AT_A_TIME);
        assertThat(silent).as("connections that were dialled again").isEmpty();
    }

    /** Something between them that swallows connections must not take the turns of all others. */
    @Test
    void connectionsThatNeverOpenAreGivenUp() throws Exception {
        AtomicInteger swallowed = new AtomicInteger();
        start(backend()
                .pool()
                .backend(proxy)
                .min(1)
                .max(1)
                .maxConcurrency(AT_A_TIME + 2)
                .timeout(Duration.ofMinutes(2)));
        assertServes("before", 1);
        proxy.onOpen(link -> {
            if (swallowed.getAndIncrement() < AT_A_TIME) {
                link.silence();
            }
        });

        assertServes("after", AT_A_TIME + 2);
        assertThat(swallowed.get())
                .as("those that were swallowed, and those after them")
                .isGreaterThan(AT_A_TIME);
    }
}
