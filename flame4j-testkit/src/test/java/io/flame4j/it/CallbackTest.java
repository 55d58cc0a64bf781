package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.Placed;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.RunnerExit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the code of users does on the threads of a pool holds up nobody else. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallbackTest extends PoolTestBase {

    private static final CallOptions SHORT = CallOptions.defaults().timeout(Duration.ofMillis(200));

    private static final String OWN = "the user's own thread";

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> new Thread(task, OWN));

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

    /** The loss comes by the thread that serves all runners, and no pool can close without it. */
    @Test
    void aStageOfALossMayCloseThePool() throws Exception {
        ToldEnds ends = startTold(threads);
        Placed<List<String>> placed = pool.place(() -> new ArrayList<>());
        CompletableFuture<String> stage = placed.onExit()
                .handle((none, why) -> {
                    pool.close();
                    return Thread.currentThread().getName();
                })
                .toCompletableFuture();

        lose(ends);

        // Less than a pool waits for runners that do not end.
        assertThat(stage.get(30, TimeUnit.SECONDS)).isEqualTo(OWN);
    }

    @Test
    void aStageOfTheEndOfAnObjectRunsOnTheExecutorWhoeverEndsIt() {
        start(Backends.LOCAL.pool().max(1).maxConcurrency(2).executor(threads));
        Placed<List<String>> closed = pool.place(() -> new ArrayList<>());
        Placed<List<String>> closedWithThePool = pool.place(() -> new ArrayList<>());
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<String>> stages = new ArrayList<>();
        for (Placed<?> placed : List.of(closed, closedWithThePool)) {
            stages.add(placed.onExit()
                    .thenApply(none -> {
                        awaitUninterruptibly(release);
                        return Thread.currentThread().getName();
                    })
                    .toCompletableFuture());
        }

        closed.close();
        assertThat(closed.onExit().toCompletableFuture()).isCompletedWithValue(null);
        pool.close();

        release.countDown();
        for (CompletableFuture<String> stage : stages) {
            assertThat(valueOf(stage)).isEqualTo(OWN);
        }
    }

    @Test
    void anExecutorThatTakesNothingKeepsNoLossFromThoseWhoWaitForIt() {
        AtomicReference<RuntimeException> refusal = new AtomicReference<>();
        ToldEnds ends = startTold(refusingWith(refusal));
        Placed<List<String>> placed = pool.place(() -> new ArrayList<>());
        CompletableFuture<@Nullable Void> exit = placed.onExit().toCompletableFuture();
        refusal.set(new RejectedExecutionException("full"));

        lose(ends);

        assertThat(failureOf(exit)).isInstanceOf(RunnerLostException.class);
    }

    private ToldEnds startTold(Executor executor) {
        ToldEnds ends = new ToldEnds(LocalBackend.create(), Duration.ofSeconds(5));
        start(Backends.LOCAL.pool().backend(ends).max(1).executor(executor));
        return ends;
    }

    /** In this order the loss is known once the listener reads the end of the connection. */
    private static void lose(ToldEnds ends) {
        // It may serve before its start has returned.
        Awaitility.await().until(() -> !ends.lives.isEmpty());
        ToldEnds.Life life = ends.lives.get(0);
        life.exit.complete(new RunnerExit(
                RunnerLostException.Reason.EXITED, "exited with code 1", OptionalInt.of(1), List.of(), false));
        life.end();
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
