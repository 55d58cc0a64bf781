package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.Placed;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerLostException;
import io.flame4j.Trackable;
import io.flame4j.TrackedHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls on objects that live on a runner: whose interrupts, whose turn, whose end. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PlacedCallsTest extends PoolTestBase {

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    void anInterruptedExceptionOfTheTaskIsNotAnInterruptOfTheCaller() {
        start(Backends.LOCAL.pool().max(1));
        try (Placed<List<String>> placed = pool.place(() -> new ArrayList<>())) {
            assertThatThrownBy(() -> placed.call(list -> {
                        throw new InterruptedException("of the task");
                    }))
                    .isExactlyInstanceOf(InterruptedException.class)
                    .hasMessage("of the task");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void aStageMayWaitForALaterCallOnTheSameObject() {
        start(Backends.LOCAL.pool().max(1));
        String where = directory.toString();
        try (Placed<List<String>> placed = pool.place(() -> new ArrayList<>())) {
            CompletableFuture<Boolean> stage = placed.callAsync(list -> {
                        Jobs.hold(where, "first");
                        return list.add("first");
                    })
                    .thenApply(added -> valueOf(placed.callAsync(list -> list.add("second"))));
            Jobs.awaitRun(directory, "first");
            CompletableFuture<Integer> third = placed.callAsync(list -> list.size());
            Jobs.go(directory, "first");
            assertThat(valueOf(stage)).isTrue();
            assertThat(valueOf(third)).isEqualTo(1);
            assertThat(placed.<String, RuntimeException>call(list -> list.toString()))
                    .isEqualTo("[first, second]");
        }
    }

    @Test
    void aCallThatWaitsBehindAnotherEndsAtItsDeadlineAndDoesNotRun() {
        start(Backends.LOCAL.pool().max(1));
        String where = directory.toString();
        try (Placed<List<String>> placed = pool.place(() -> new ArrayList<>())) {
            CompletableFuture<Long> first = placed.callAsync(list -> Jobs.hold(where, "first"));
            Jobs.awaitRun(directory, "first");
            CompletableFuture<Boolean> second = placed.callAsync(
                    list -> list.add("never"), CallOptions.defaults().timeout(Duration.ofMillis(200)));
            CompletableFuture<Integer> third = placed.callAsync(list -> list.size());

            assertThat(failureOf(second)).isInstanceOfSatisfying(CallTimeoutException.class, timeout -> {
                assertThat(timeout.phase()).isEqualTo(CallTimeoutException.Phase.QUEUED);
                assertThat(timeout.elapsed()).isPositive();
                assertThat(timeout)
                        .hasMessageContaining("of waiting for its turn on an object")
                        .hasMessageContaining("the task did not run");
            });
            assertThat(first.isDone()).isFalse();
            Jobs.go(directory, "first");
            assertThat(valueOf(third)).isZero();
        }
    }

    @Test
    void callsAndStagesAfterALossAreToldOfItThoughThePoolIsClosed() throws Exception {
        start(Backends.PROCESS_UNIX.pool().max(1));
        Placed<List<String>> placed = pool.place(() -> new ArrayList<>());
        long pid = placed.call(list -> Jobs.pid());
        CompletableFuture<Throwable> why =
                placed.onExit().handle((none, loss) -> loss).toCompletableFuture();
        Processes.kill(pid);

        assertThat(why.get(60, TimeUnit.SECONDS)).isExactlyInstanceOf(RunnerLostException.class);
        pool.close();
        assertThat(failureOf(placed.callAsync(list -> list.size()))).isExactlyInstanceOf(RunnerLostException.class);
    }

    @Test
    void anAsynchronousCallOnAnObjectWhosePoolIsClosedFailsAsASynchronousOneDoes() {
        start(Backends.LOCAL.pool().max(1));
        Placed<List<String>> placed = pool.place(() -> new ArrayList<>());
        pool.close();

        Throwable synchronous = catchThrowable(() -> placed.call(list -> list.size()));
        assertThat(failureOf(placed.callAsync(list -> list.size())))
                .isExactlyInstanceOf(synchronous.getClass())
                .hasMessage(synchronous.getMessage());
    }

    @Test
    void anObjectThatIsReadyWhenThePoolClosesDoesNotHoldItUp()
            throws InterruptedException, ExecutionException, TimeoutException {
        start(Backends.LOCAL.pool().max(1).shutdownTimeout(Duration.ofSeconds(100)));
        Future<Placed<List<String>>> placing = threads.submit(() -> place(directory));
        Jobs.awaitRun(directory, "factory");
        Future<?> closing = threads.submit(() -> pool.close());
        awaitStats("the pool to drain", stats -> stats.ready() == 0);
        Jobs.go(directory, "factory");
        Placed<List<String>> placed = placing.get(60, TimeUnit.SECONDS);

        closing.get(60, TimeUnit.SECONDS);

        assertThat(placed.onExit().toCompletableFuture()).isCompleted();
    }

    /** Counts how often one of them was let go of; a local runner shares its static fields with the test. */
    static final class Probe implements Trackable {
        private static final long serialVersionUID = 1L;
        static final AtomicInteger MADE = new AtomicInteger();
        static final AtomicInteger RELEASED = new AtomicInteger();

        Probe() {
            MADE.incrementAndGet();
        }

        @Override
        public void tracked(TrackedHandle handle) {}

        @Override
        public void released() {
            RELEASED.incrementAndGet();
        }
    }

    @Test
    void whatACallLeavesBehindWhoseCallerIsGoneIsReleased() {
        start(Backends.LOCAL.pool().max(1).maxConcurrency(1).idleShutdownAfter(Duration.ofHours(1)));
        String where = directory.toString();
        int made = Probe.MADE.get();
        int released = Probe.RELEASED.get();
        CountDownLatch listening = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        CompletableFuture<Probe> call = pool.callAsync(
                () -> {
                    RunnerContext.current().progress("about to end");
                    Jobs.hold(where, "task");
                    return new Probe();
                },
                CallOptions.defaults().trackResources(true).onProgress(value -> {
                    listening.countDown();
                    await(mayGoOn);
                }));
        await(listening);
        Jobs.go(directory, "task");
        // The answer is on its way when the thread of the slot waits for the next call.
        awaitThat("the task to be answered", () -> Probe.MADE.get() > made && isSlotWaiting());

        call.cancel(true);
        mayGoOn.countDown();

        awaitThat("the object to be released", () -> Probe.RELEASED.get() > released);
        awaitStats("the slot to be free", stats -> stats.busySlots() == 0);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitThat(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Jobs.LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    private boolean isSlotWaiting() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getName().equals("flame4j-" + pool.name() + "-1-slot-0"))
                .flatMap(each -> Arrays.stream(each.getValue()))
                .anyMatch(frame -> frame.getMethodName().equals("receive"));
    }

    private Placed<List<String>> place(Path marks) throws InterruptedException {
        String where = marks.toString();
        return pool.place(() -> {
            Jobs.hold(where, "factory");
            return new ArrayList<>();
        });
    }
}
