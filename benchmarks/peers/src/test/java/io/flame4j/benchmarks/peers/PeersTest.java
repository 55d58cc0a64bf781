package io.flame4j.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.benchmarks.Contender;
import io.flame4j.benchmarks.Contender.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Each library in miniature, so that none can rot. How fast it was is not looked at. */
class PeersTest {

    private static final int CALLERS = 4;

    @TestFactory
    @Timeout(600)
    Stream<DynamicTest> everyPeerRunsEveryClosureOnARunnerOfItsOwn() {
        return Peers.all().stream().map(peer -> DynamicTest.dynamicTest(peer.label(), () -> run(peer)));
    }

    private static void run(Contender peer) throws Exception {
        long before = children();
        try (Contender.Session session = peer.open(CALLERS)) {
            session.start();
            assertThat(children()).as("a runner").isEqualTo(before + 1);
            session.noOp().run();
            byte[] array = new byte[300_000];
            new SplittableRandom(1).nextBytes(array);
            assertThat(session.echo().run(array)).isEqualTo(array).isNotSameAs(array);
            List<Item> items = List.of(new Item(1, "one", 1.5), new Item(2, "two", 2.5));
            if (peer instanceof IgnitePeer) {
                assertThatThrownBy(() -> session.lists().run(items))
                        .hasRootCauseMessage("can't get field offset on a record class: private final int "
                                + Item.class.getName() + ".id");
            } else {
                assertThat(session.lists().run(items)).isEqualTo(items).isNotSameAs(items);
            }
            atTheSameTime(session);
            assertThat(((PeerSession) session).runner())
                    .as("where it ran")
                    .isNotEqualTo(ProcessHandle.current().pid());
        }
        assertThat(children()).as("nothing left").isEqualTo(before);
    }

    private static void atTheSameTime(Contender.Session session) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Contender.Exchange exchange = session.noOp();
                calls.add(() -> {
                    exchange.run();
                    return true;
                });
            }
            for (Future<Boolean> each : threads.invokeAll(calls)) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static long children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }
}
