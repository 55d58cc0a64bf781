package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.FlamePool;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Asynchronous calls on threads of the user's. */
class ExecutorTest extends PoolTests {

    private final ExecutorService executor =
            Executors.newCachedThreadPool(task -> new Thread(task, "the user's own thread"));

    @AfterEach
    void endExecutor() {
        executor.shutdownNow();
    }

    @Test
    void itCarriesAsynchronousCallsAndIsNotClosed() throws Exception {
        FlamePool pool = start(local().max(1).executor(executor));
        Gate gate = Gate.create();
        CompletableFuture<String> call = pool.callAsync(() -> gate.pass("carried"));
        CompletableFuture<String> thread =
                call.thenApply(value -> Thread.currentThread().getName());
        eventually(() -> assertThat(gate.inside()).isEqualTo(1));
        gate.open();
        assertThat(thread.get(60, TimeUnit.SECONDS)).isEqualTo("the user's own thread");
        pool.close();
        assertThat(executor.isShutdown()).isFalse();
    }

    @Test
    void callsThatWaitForASlotTakeNoThread() throws Exception {
        ExecutorService narrow = Executors.newFixedThreadPool(1);
        try {
            FlamePool pool = start(local().max(1).maxConcurrency(1).executor(narrow));
            Gate gate = Gate.create();
            CompletableFuture<String> first = pool.callAsync(() -> gate.pass("first"));
            List<CompletableFuture<Integer>> queued = List.of(pool.callAsync(() -> 1), pool.callAsync(() -> 2));
            eventually(() -> assertThat(gate.inside()).isEqualTo(1));
            // One thread, and it is taken; these two would be stuck behind it if they needed one to wait on.
            assertThat(pool.stats().queued()).isEqualTo(2);
            queued.get(0).cancel(true);
            assertThat(pool.stats().queued()).isEqualTo(1);
            gate.open();
            assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo("first");
            assertThat(queued.get(1).get(60, TimeUnit.SECONDS)).isEqualTo(2);
        } finally {
            narrow.shutdownNow();
        }
    }

    @Test
    void anExecutorThatRefusesFailsTheCallAndNotThePool() {
        AtomicBoolean refuse = new AtomicBoolean(true);
        FlamePool pool = start(local().max(1).maxConcurrency(1).executor(task -> {
            if (refuse.get()) {
                throw new RejectedExecutionException("no threads left");
            }
            executor.execute(task);
        }));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> pool.callAsync(() -> "never").get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("no threads left");
        }
        eventually(() -> assertThat(pool.stats().busySlots()).isZero());
        refuse.set(false);
        assertThat(pool.callAsync(() -> "served").join()).isEqualTo("served");
        assertThat(pool.call(() -> "needs no thread but its own")).isNotEmpty();
    }
}
