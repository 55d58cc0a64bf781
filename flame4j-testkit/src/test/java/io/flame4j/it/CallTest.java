package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RemoteTaskException;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerContext;
import io.flame4j.TaskSerializationException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one call does, on every backend. */
class CallTest {

    private FlamePool pool;

    private FlamePool start(Backends backend) {
        pool = backend.pool().max(2).maxConcurrency(4).build();
        return pool;
    }

    @AfterEach
    void close() {
        if (pool != null) {
            pool.shutdownNow();
        }
    }

    record Order(String customer, int amount) implements Serializable {}

    enum Colour {
        RED,
        BLUE {
            @Override
            int code() {
                return 2;
            }
        };

        int code() {
            return 1;
        }
    }

    @ParameterizedTest
    @EnumSource
    void returnsValuesOfManyKinds(Backends backend) {
        start(backend);
        int number = 7;
        long wide = 1L << 40;
        double real = 2.5;
        String text = "grün";
        Order order = new Order("ada", 3);
        List<Order> orders = new ArrayList<>(List.of(order, order));
        assertThat(pool.<Integer, RuntimeException>call(() -> number * 6)).isEqualTo(42);
        assertThat(pool.<Long, RuntimeException>call(() -> wide + 1)).isEqualTo((1L << 40) + 1);
        assertThat(pool.<Double, RuntimeException>call(() -> real * 2)).isEqualTo(5.0);
        assertThat(pool.call(() -> text + "!")).isEqualTo("grün!");
        assertThat(pool.call(() -> new Order(order.customer(), order.amount() + 1)))
                .isEqualTo(new Order("ada", 4));
        assertThat(pool.call(() -> orders.get(0) == orders.get(1))).isTrue();
        assertThat(pool.call(() -> Map.of("a", List.of(1, 2)))).isEqualTo(Map.of("a", List.of(1, 2)));
        assertThat(pool.call(() -> Colour.BLUE)).isSameAs(Colour.BLUE);
        assertThat(pool.<Object, RuntimeException>call(() -> null)).isNull();
        assertThat(pool.call(() -> new int[] {1, 2})).containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource
    void runsActionsAndMethodReferences(Backends backend) {
        start(backend);
        pool.call(() -> Thread.currentThread().getName().trim());
        pool.call(CallTest::doNothing);
        assertThat(pool.call("abc"::length)).isEqualTo(3);
    }

    private static void doNothing() {}

    @ParameterizedTest
    @EnumSource
    void aCheckedExceptionKeepsItsTypeAndJoinsTheStacks(Backends backend) {
        start(backend);
        assertThatThrownBy(() -> pool.call(CallTest::failWithIo))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("disk on fire")
                .hasCauseExactlyInstanceOf(IllegalStateException.class)
                .satisfies(thrown -> {
                    assertThat(thrown.getSuppressed()).hasSize(1);
                    List<String> frames = new ArrayList<>();
                    for (StackTraceElement frame : thrown.getStackTrace()) {
                        frames.add(frame.getMethodName());
                    }
                    assertThat(frames).contains("failWithIo", "aCheckedExceptionKeepsItsTypeAndJoinsTheStacks");
                    assertThat(frames.indexOf("failWithIo"))
                            .isLessThan(frames.indexOf("aCheckedExceptionKeepsItsTypeAndJoinsTheStacks"));
                });
    }

    private static String failWithIo() throws IOException {
        IOException failure = new IOException("disk on fire", new IllegalStateException("smoke"));
        failure.addSuppressed(new IllegalArgumentException("water"));
        throw failure;
    }

    static final class StubbornException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("unused")
        private final Object notSerializable = new Object();

        StubbornException(String message) {
            super(message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionThatCannotTravelIsDescribed(Backends backend) {
        start(backend);
        assertThatThrownBy(() -> pool.call(() -> {
                    throw new StubbornException("no way");
                }))
                .isInstanceOfSatisfying(RemoteTaskException.class, thrown -> {
                    assertThat(thrown.remoteClassName()).isEqualTo(StubbornException.class.getName());
                    assertThat(thrown.remoteMessage()).isEqualTo("no way");
                    assertThat(thrown.remoteStackTrace()).contains("StubbornException: no way", "CallTest");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatCannotTravelIsRefusedBeforeARunnerIsStarted(Backends backend) {
        start(backend);
        Object stuck = new Object();
        assertThatThrownBy(() -> pool.call(() -> stuck.hashCode()))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("captured argument 0")
                .hasMessageContaining("java.lang.Object");
        assertThat(pool.stats().runners()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aResultThatCannotTravelSaysSoAndTheRunnerGoesOn(Backends backend) {
        start(backend);
        assertThatThrownBy(() -> pool.call(() -> new Thread("result")))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("java.lang.Thread");
        assertThat(pool.call(() -> "fine")).isEqualTo("fine");
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void largePayloadsTravelBothWays(Backends backend) {
        start(backend);
        for (int size : new int[] {0, 1, 8_000, 8_192, 40_000, 1 << 20, 20 << 20}) {
            byte[] payload = new byte[size];
            for (int i = 0; i < size; i++) {
                payload[i] = (byte) (i * 31 + i / 256);
            }
            assertThat(pool.call(() -> payload)).isEqualTo(payload);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theTaskKnowsWhereItRuns(Backends backend) {
        start(backend);
        String poolName = pool.call(() -> RunnerContext.current().pool());
        assertThat(poolName).isEqualTo(pool.name());
        boolean runner = pool.call(() -> FlameParent.current().isPresent());
        assertThat(runner).isEqualTo(backend != Backends.LOCAL);
        assertThat(pool.call(
                        () -> RunnerContext.current().remaining().orElseThrow().toMillis()))
                .isBetween(1L, 30_000L);
    }

    @ParameterizedTest
    @EnumSource
    void progressReachesTheCallerInOrder(Backends backend) {
        start(backend);
        List<Object> seen = new ArrayList<>();
        String result = pool.call(
                () -> {
                    RunnerContext.current().progress(1);
                    RunnerContext.current().progress("two");
                    return "end";
                },
                CallOptions.defaults().onProgress(seen::add));
        assertThat(result).isEqualTo("end");
        assertThat(seen).containsExactly(1, "two");
    }

    static final Map<String, CountDownLatch> LATCHES = new ConcurrentHashMap<>();

    /** Runs until it is interrupted, and leaves a file behind that says so. */
    static String sleepUntilInterrupted(String file) throws IOException {
        java.nio.file.Files.createFile(java.nio.file.Path.of(file + ".started"));
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException e) {
            java.nio.file.Files.createFile(java.nio.file.Path.of(file + ".interrupted"));
            return "interrupted";
        }
    }

    @org.junit.jupiter.api.io.TempDir
    java.nio.file.Path directory;

    private void awaitFile(String name) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> java.nio.file.Files.exists(directory.resolve(name)));
    }

    @ParameterizedTest
    @EnumSource
    void theDeadlineInterruptsTheTask(Backends backend) {
        start(backend);
        pool.call(() -> "warm");
        String file = directory.resolve("t").toString();
        assertThatThrownBy(() -> pool.call(
                        () -> sleepUntilInterrupted(file),
                        CallOptions.defaults().timeout(Duration.ofSeconds(5))))
                .isInstanceOfSatisfying(CallTimeoutException.class, timeout -> {
                    assertThat(timeout.phase()).isEqualTo(CallTimeoutException.Phase.RUNNING);
                    assertThat(timeout.elapsed()).isBetween(Duration.ofMillis(250), Duration.ofSeconds(20));
                });
        awaitFile("t.interrupted");
        assertThat(pool.call(() -> "after")).isEqualTo("after");
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptOfTheCallerInterruptsTheTask(Backends backend) throws Exception {
        start(backend);
        String file = directory.resolve("i").toString();
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                pool.call(() -> sleepUntilInterrupted(file));
            } catch (Throwable e) {
                outcome.set(e);
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        caller.start();
        awaitFile("i.started");
        caller.interrupt();
        caller.join(10_000);
        assertThat(outcome.get()).isInstanceOf(CallInterruptedException.class);
        assertThat(flag.get()).isTrue();
        awaitFile("i.interrupted");
        awaitIdle();
    }

    private void awaitIdle() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> pool.stats().busySlots() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void cancelInterruptsTheTask(Backends backend) {
        start(backend);
        String file = directory.resolve("c").toString();
        CompletableFuture<String> future = pool.callAsync(() -> sleepUntilInterrupted(file));
        awaitFile("c.started");
        assertThat(future.cancel(true)).isTrue();
        assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
        awaitFile("c.interrupted");
        awaitIdle();
    }

    @ParameterizedTest
    @EnumSource
    void aDetachedTaskGoesOnWhenItsCallerIsInterrupted(Backends backend) throws Exception {
        start(backend);
        String file = directory.resolve("d").toString();
        Thread caller = new Thread(() -> {
            try {
                pool.call(() -> waitForFile(file), CallOptions.defaults().detached());
            } catch (CallInterruptedException expected) {
                // what this test is about
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        caller.start();
        awaitFile("d.started");
        caller.interrupt();
        caller.join(10_000);
        java.nio.file.Files.createFile(directory.resolve("d.go"));
        awaitFile("d.done");
        awaitIdle();
    }

    static void waitForFile(String file) throws IOException {
        java.nio.file.Files.createFile(java.nio.file.Path.of(file + ".started"));
        while (!java.nio.file.Files.exists(java.nio.file.Path.of(file + ".go"))) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
        java.nio.file.Files.createFile(java.nio.file.Path.of(file + ".done"));
    }

    @ParameterizedTest
    @EnumSource
    void asyncCallsReturnValuesAndFailures(Backends backend) throws Exception {
        start(backend);
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            futures.add(pool.callAsync(() -> number * number));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(futures.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i * i);
        }
        assertThatThrownBy(() -> pool.callAsync(CallTest::failWithIo).get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(IOException.class);
    }

    private static void touch(String file) throws IOException {
        Files.createFile(Path.of(file));
    }

    private static int six() {
        return 6;
    }

    private static void nothing() {}

    @ParameterizedTest
    @EnumSource
    void anActionIsCalledWithoutWaiting(Backends backend) throws Exception {
        start(backend);
        String file = directory.resolve("touched").toString();
        CompletableFuture<Void> done = pool.callAsync(() -> touch(file));
        assertThat(done.get(30, TimeUnit.SECONDS)).isNull();
        assertThat(Path.of(file)).exists();
        assertThatThrownBy(() -> pool.callAsync(() -> touch(file)).get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(FileAlreadyExistsException.class);
        CompletableFuture<Void> late = pool.callAsync(
                () -> new CountDownLatch(1).await(), CallOptions.defaults().timeout(Duration.ofMillis(50)));
        assertThatThrownBy(() -> late.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(CallTimeoutException.class);
    }

    /** That this compiles is the test; the types say which of the two was chosen. */
    @Test
    void whatReturnsAValueIsATaskAndWhatReturnsNoneAnAction() throws Exception {
        start(Backends.LOCAL);
        CallOptions options = CallOptions.defaults();
        List<CompletableFuture<Integer>> tasks = List.of(
                pool.callAsync(() -> six()),
                pool.callAsync(CallTest::six),
                pool.callAsync(() -> {
                    nothing();
                    return 6;
                }),
                pool.callAsync(() -> six(), options),
                pool.callAsync(CallTest::six, options));
        List<CompletableFuture<Void>> actions = List.of(
                pool.callAsync(() -> nothing()),
                pool.callAsync(CallTest::nothing),
                pool.callAsync(() -> {
                    six();
                }),
                pool.callAsync(() -> nothing(), options),
                pool.callAsync(CallTest::nothing, options));
        for (CompletableFuture<Integer> task : tasks) {
            assertThat(task.get(30, TimeUnit.SECONDS)).isEqualTo(6);
        }
        for (CompletableFuture<Void> action : actions) {
            assertThat(action.get(30, TimeUnit.SECONDS)).isNull();
        }
    }
}
