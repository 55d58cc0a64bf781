package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the code of users does on the threads of a pool holds up nobody else. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallbackTest extends PoolTestBase {

    private static final CallOptions SHORT = CallOptions.defaults().timeout(Duration.ofMillis(200));

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    void aStageThatBlocksDoesNotHoldUpTheDeadlinesOfOthers() {
        start(Backends.LOCAL.pool().max(1).maxConcurrency(1));
        CompletableFuture<Long> running = holdAll("running", 1).get(0);
        CountDownLatch refused = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Void> stage = pool.callAsync(() -> "queued", SHORT).handle((value, failure) -> {
            refused.countDown();
            awaitUninterruptibly(release);
            return null;
        });

        awaitUninterruptibly(refused);
        assertThatThrownBy(() -> pool.call(() -> "queued as well", SHORT)).isInstanceOf(CallTimeoutException.class);

        assertThat(stage).isNotDone();
        release.countDown();
        Jobs.go(directory, "running");
        valueOf(running);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anExecutorThatTakesNothingFailsTheCallsAndNothingElse() {
        AtomicReference<RuntimeException> refusal = new AtomicReference<>();
        start(Backends.LOCAL.pool().max(1).maxConcurrency(1).executor(refusingWith(refusal)));
        CompletableFuture<Long> running = holdAll("running", 1).get(0);
        List<CompletableFuture<String>> queued = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            queued.add(pool.callAsync(() -> "never"));
        }
        refusal.set(new RejectedExecutionException("full"));
        Jobs.go(directory, "running");
        valueOf(running);
        for (CompletableFuture<String> call : queued) {
            assertThat(failureOf(call)).isSameAs(refusal.get());
        }
        assertWorksAgain(refusal);
    }

    @Test
    void anExecutorThatFailsCostsNoSlot() {
        AtomicReference<RuntimeException> refusal = new AtomicReference<>();
        start(Backends.LOCAL.pool().max(1).maxConcurrency(1).executor(refusingWith(refusal)));
        assertThat(pool.call(() -> "warm")).isEqualTo("warm");
        refusal.set(new IllegalStateException("broken"));
        assertThat(failureOf(pool.callAsync(() -> "never"))).isSameAs(refusal.get());
        assertWorksAgain(refusal);
    }

    private void assertWorksAgain(AtomicReference<RuntimeException> refusal) {
        refusal.set(null);
        awaitStats("the slot to be free", stats -> stats.busySlots() == 0 && stats.queued() == 0);
        assertThat(valueOf(pool.callAsync(() -> "fine"))).isEqualTo("fine");
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    private Executor refusingWith(AtomicReference<RuntimeException> refusal) {
        return task -> {
            RuntimeException e = refusal.get();
            if (e != null) {
                throw e;
            }
            threads.execute(task);
        };
    }
}
