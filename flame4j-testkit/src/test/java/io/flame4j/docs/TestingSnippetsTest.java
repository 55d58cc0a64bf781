package io.flame4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.TaskSerializationException;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testkit.FaultyBackend;
import io.flame4j.testkit.FlameExtension;
import io.flame4j.testkit.LinkFault;
import io.flame4j.testkit.LinkFault.Direction;
import io.flame4j.testkit.LinkProxy;
import io.flame4j.testsupport.DocumentSnippets;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The examples of docs/testing.md, run for real: see {@link DocumentSnippets}. Those about Kubernetes are run where its backend
 * is.
 */
class TestingSnippetsTest {

    // snippet: gallery
    static final class Gallery {
        private final FlamePool pool;

        Gallery(FlamePool pool) {
            this.pool = pool;
        }

        int width(String picture) {
            return pool.call(() -> picture.length());
        }
    }
    // end

    // snippet: extension
    @RegisterExtension
    final FlameExtension flame = FlameExtension.create();

    @Test
    void measuresPictures() {
        Gallery gallery = new Gallery(flame.pool().max(2).build());
        assertThat(gallery.width("abc")).isEqualTo(3);
    }
    // end

    // snippet: processes
    @RegisterExtension
    final FlameExtension processes = FlameExtension.create()
            .backend(() -> ProcessBackend.builder().heap("64m").build());

    @Test
    void runsElsewhere() {
        FlamePool pool = processes.pool().max(1).build();
        long here = ProcessHandle.current().pid();
        long there = pool.call(() -> ProcessHandle.current().pid());
        assertThat(there).isNotEqualTo(here);
    }
    // end

    static final class Jobs {
        private static final CountDownLatch STARTED = new CountDownLatch(1);

        private Jobs() {}

        static int waitForever() throws InterruptedException {
            STARTED.countDown();
            new CountDownLatch(1).await();
            return 0;
        }

        static void awaitStart() throws InterruptedException {
            STARTED.await();
        }
    }

    @Test
    void travel() {
        // snippet: travel
        Lock lock = new ReentrantLock();
        Thread owner = Thread.currentThread();
        FlamePool pool = flame.pool().build();
        assertThatThrownBy(() -> pool.call(() -> owner.getName())).isInstanceOf(TaskSerializationException.class);
        pool.call(() -> lock.tryLock()); // a copy of the lock
        assertThat(lock.tryLock()).isTrue();
        // end
    }

    @Test
    void boots() {
        // snippet: boots
        FaultyBackend backend = new FaultyBackend()
                .failNext(2, "the API server does not answer") // the pool tries again
                .failNextPermanently(1, "no image 'gallery:7'"); // it does not
        FlamePool pool = flame.pool().backend(backend).max(1).build();
        assertThatThrownBy(() -> pool.call(() -> "a"))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("no image 'gallery:7'");
        assertThat(backend.starts()).isEqualTo(3);
        assertThat(pool.call(() -> "b")).isEqualTo("b"); // a later call asks for a runner anew
        // end
    }

    @Test
    void slow() {
        // snippet: slow
        FaultyBackend backend = new FaultyBackend().delayNext(1);
        FlamePool pool = flame.pool().backend(backend).max(1).build();
        CompletableFuture<String> call = pool.callAsync(() -> "done");
        assertThat(call).isNotDone();
        backend.release();
        assertThat(call.join()).isEqualTo("done");
        // end
    }

    @Test
    void kill() throws InterruptedException {
        // snippet: kill
        FaultyBackend backend = new FaultyBackend();
        FlamePool pool = flame.pool().backend(backend).min(1).max(1).build();
        CompletableFuture<?> call = pool.callAsync(() -> Jobs.waitForever());
        Jobs.awaitStart();
        backend.kill(backend.runnerIds().first());
        assertThatThrownBy(call::join).hasCauseInstanceOf(RunnerLostException.class);
        // end
    }

    @Test
    void link() {
        // snippet: link
        LinkProxy network = new LinkProxy(ProcessBackend.builder().heap("64m").build());
        FlamePool pool = flame.pool().backend(network).max(1).build();
        pool.call(() -> "the runner has connected");
        LinkProxy.Link slot = network.slots().get(0);
        slot.inject(LinkFault.reset().towards(Direction.TO_PARENT).afterBytes(1_000));
        assertThatThrownBy(() -> pool.call(() -> new byte[100_000])).isInstanceOf(RunnerLostException.class);
        assertThat(pool.call(() -> "again")).isEqualTo("again"); // over another connection
        // end
    }

    @Test
    void linkRandom() {
        // snippet: link-random
        long seed = 7;
        LinkProxy network = new LinkProxy(
                        ProcessBackend.builder().heap("64m").tls(true).build())
                .onOpen(link -> link.inject(LinkFault.random(new SplittableRandom(seed + link.number()), 100_000)));
        FlamePool pool = flame.pool()
                .backend(network)
                .max(2)
                .heartbeat(Duration.ofMillis(500))
                .build();
        CallOptions briefly = CallOptions.defaults().timeout(Duration.ofSeconds(5));
        for (int i = 0; i < 10; i++) {
            try {
                assertThat(pool.call(() -> "abc".repeat(10_000).length(), briefly))
                        .isEqualTo(30_000);
            } catch (RunnerLostException | CallTimeoutException | RunnerBootException e) {
                // one of these, within its time; never another value
            }
        }
        // end
    }

    @Test
    void theDocumentShowsWhatRunsHere() throws IOException {
        DocumentSnippets.runBy(TestingSnippetsTest.class)
                .in("docs/testing.md", "(?!kubernetes-).*")
                .check(9);
    }
}
