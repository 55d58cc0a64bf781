package io.flame4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FaultyBackendTest {

    private static volatile CountDownLatch reached = new CountDownLatch(1);

    @RegisterExtension
    final FlameExtension flame = FlameExtension.create();

    private final FaultyBackend backend = new FaultyBackend();

    @Test
    void startsWhatWorksAndCounts() {
        FlamePool pool = flame.pool().backend(backend).max(1).build();
        assertThat(backend.starts()).isZero();
        assertThat(pool.call(() -> 1)).isEqualTo(1);
        assertThat(backend.starts()).isEqualTo(1);
        assertThat(backend.live()).isEqualTo(1);
        assertThat(backend.runnerIds()).containsExactly(pool.name() + "-1");
        pool.close();
        assertThat(backend.live()).isZero();
        assertThat(backend.isClosed()).isTrue();
    }

    @Test
    void failsSoManyTimes() {
        FlamePool pool = flame.pool()
                .backend(backend.failNext(2, "the API server does not answer"))
                .max(1)
                .build();
        assertThat(pool.call(() -> 1)).isEqualTo(1);
        assertThat(backend.starts()).isEqualTo(3);
    }

    @Test
    void failsForGood() {
        FlamePool pool = flame.pool()
                .backend(backend.failNextPermanently(1, "there is no image 'thumbs:7'"))
                .max(1)
                .build();
        assertThatThrownBy(() -> pool.call(() -> 1))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.isPermanent()).isTrue())
                .hasMessageContaining("there is no image 'thumbs:7'");
    }

    @Test
    void holdsStartsUpUntilTheyAreReleased() {
        FlamePool pool = flame.pool().backend(backend.delayNext(1)).max(1).build();
        CompletableFuture<Integer> call = pool.callAsync(() -> 1);
        Awaitility.await().until(() -> backend.delayed() == 1);
        assertThat(call).isNotDone();
        assertThat(backend.live()).isZero();
        backend.release();
        assertThat(call.join()).isEqualTo(1);
        assertThat(backend.delayed()).isZero();
    }

    @Test
    void aDelayedStartIsGivenUpWithItsPool() {
        FlamePool pool = flame.pool().backend(backend.delayNext(1)).max(1).build();
        pool.callAsync(() -> 1);
        Awaitility.await().until(() -> backend.delayed() == 1);
        pool.shutdownNow();
        Awaitility.await().until(() -> backend.delayed() == 0);
        assertThat(backend.live()).isZero();
    }

    @Test
    void neverConnects() {
        FlamePool pool = flame.pool()
                .backend(backend.silenceNext(1))
                .max(1)
                .bootTimeout(Duration.ofSeconds(5))
                .build();
        assertThat(pool.call(() -> 1)).isEqualTo(1);
        assertThat(backend.starts()).isEqualTo(2);
    }

    @Test
    void modesFollowOneAnother() {
        backend.failNext(1, "busy").failNextPermanently(1, "no image").delayNext(1);
        FlamePool pool = flame.pool().backend(backend).max(1).build();
        assertThatThrownBy(() -> pool.call(() -> 1)).hasMessageContaining("no image");
        assertThat(backend.starts()).isEqualTo(2);
    }

    /** A call that does not end by itself, and runs when this returns. */
    private static CompletableFuture<Integer> endless(FlamePool pool) throws InterruptedException {
        reached = new CountDownLatch(1);
        CompletableFuture<Integer> call = pool.callAsync(
                () -> {
                    reached.countDown();
                    new CountDownLatch(1).await();
                    return 1;
                },
                CallOptions.defaults());
        reached.await();
        return call;
    }

    @Test
    void killsARunnerOnCommand() throws InterruptedException {
        FlamePool pool = flame.pool().backend(backend).max(1).build();
        CompletableFuture<Integer> call = endless(pool);
        backend.kill(pool.name() + "-1");
        assertThatThrownBy(call::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RunnerLostException.class);
        assertThat(pool.call(() -> 2)).isEqualTo(2);
        assertThat(backend.runnerIds()).containsExactly(pool.name() + "-2");
    }

    /** A backend whose runners are up before it says so, as it may be on a busy machine. */
    private static final class LateAnswers implements Backend {
        final CountDownLatch mayAnswer = new CountDownLatch(1);
        private final Backend backend = LocalBackend.create();

        @Override
        public String name() {
            return "late";
        }

        @Override
        public ListenAt listenAt() {
            return backend.listenAt();
        }

        @Override
        public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
            RunnerHandle runner = backend.start(spec);
            mayAnswer.await();
            return runner;
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    @Test
    void aRunnerThatServesBeforeItsStartHasReturnedIsCountedAndKilled() throws InterruptedException {
        LateAnswers late = new LateAnswers();
        FaultyBackend counting = new FaultyBackend(late);
        FlamePool pool = flame.pool().backend(counting).max(1).build();
        CompletableFuture<Integer> call = endless(pool);
        assertThat(counting.live()).isEqualTo(1);
        assertThat(counting.runnerIds()).containsExactly(pool.name() + "-1");
        counting.kill(pool.name() + "-1");
        late.mayAnswer.countDown();
        assertThatThrownBy(call::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RunnerLostException.class);
        Awaitility.await().until(() -> counting.live() == 0);
    }

    @Test
    void whatCannotBeStartedIsNotCounted() {
        FaultyBackend broken = new FaultyBackend(new FaultyBackend().failNextPermanently(1, "there is no image"));
        FlamePool pool = flame.pool().backend(broken).max(1).build();
        assertThatThrownBy(() -> pool.call(() -> 1)).hasMessageContaining("there is no image");
        assertThat(broken.live()).isZero();
    }

    @Test
    void wrapsAnyBackend() {
        FaultyBackend processes =
                new FaultyBackend(ProcessBackend.builder().heap("64m").build()).failNext(1, "busy");
        FlamePool pool = flame.pool().backend(processes).max(1).build();
        long pid = pool.call(() -> ProcessHandle.current().pid());
        assertThat(pid).isNotEqualTo(ProcessHandle.current().pid());
        processes.kill(pool.name() + "-2");
        Awaitility.await().until(() -> !LeakCheck.isRunning(pid));
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> backend.failNext(0, "x")).hasMessage("count must be at least 1, but is 0");
        assertThatThrownBy(() -> backend.kill("nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no live runner 'nobody'. Live runners: []");
    }

    @Test
    void aProxyCutsWhatItRelaysOnAnySocket() {
        LinkProxy network = new LinkProxy(backend);
        FlamePool pool = flame.pool().backend(network).max(1).maxConcurrency(2).build();
        assertThat(pool.call(() -> 1)).isEqualTo(1);
        assertThat(network.slots()).isNotEmpty();
        assertThat(network.controls()).hasSize(1);
        network.controls().get(0).cut();
        Awaitility.await().until(() -> backend.live() == 0);
        assertThat(pool.call(() -> 2)).isEqualTo(2);
        assertThat(backend.starts()).isEqualTo(2);
    }
}
