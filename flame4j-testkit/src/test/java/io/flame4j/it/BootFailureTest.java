package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerContext;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Versions;
import io.flame4j.testkit.FaultyBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runners that do not come up. */
class BootFailureTest extends PoolTests {

    private final FaultyBackend backend = new FaultyBackend();
    private final Gate gate = Gate.create();

    @Test
    void aPermanentFailureReachesAllWaitersAtOnceEachWithItsOwnTrace() throws Exception {
        CountDownLatch fail = new CountDownLatch(1);
        backend.on((spec, number) -> {
            fail.await();
            throw FaultyBackend.permanent("Pod was refused: forbidden by quota 'team-a'");
        });
        FlamePool pool = start(on(backend).max(1).maxConcurrency(1));
        List<Background<String>> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callers.add(inBackground(() -> callerOf(pool)));
        }
        CompletableFuture<String> async = pool.callAsync(() -> "async");
        eventually(() -> assertThat(pool.stats().queued()).isEqualTo(4));
        fail.countDown();
        Set<Throwable> failures = new HashSet<>();
        for (Background<String> caller : callers) {
            Throwable failure = caller.failure();
            failures.add(failure);
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            RunnerBootException.class,
                            boot -> assertThat(boot.isPermanent()).isTrue())
                    .hasMessageContaining("forbidden by quota 'team-a'");
            assertThat(failure.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("callerOf"));
        }
        assertThat(failures).hasSize(3);
        assertThatThrownBy(() -> async.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RunnerBootException.class);
    }

    private static String callerOf(FlamePool pool) {
        return pool.call(() -> "never");
    }

    @Test
    void aPassingFailureIsTriedAgainUntilItSucceeds() {
        backend.on((spec, number) -> {
            if (number <= 2) {
                throw FaultyBackend.transientFailure("the API server does not answer");
            }
            return backend.well(spec);
        });
        List<Duration> pauses = new CopyOnWriteArrayList<>();
        FlamePool pool = start(on(backend).max(1).listener(new PoolListener() {
            @Override
            public void onBootFailed(String name, String runner, RunnerBootException failure, Duration retryAfter) {
                pauses.add(retryAfter);
            }
        }));
        assertThat(pool.call(() -> "at last")).isEqualTo("at last");
        assertThat(backend.starts()).isEqualTo(3);
        assertThat(pool.stats().calls().failedBoots()).isEqualTo(2);
        eventually(() -> assertThat(pauses).hasSize(2));
        assertThat(pauses).allMatch(pause -> pause.compareTo(Duration.ZERO) > 0);
    }

    @Test
    void eightFailedBootsDoNotLeaveOneRunnerToServeEverybody() throws Exception {
        CountDownLatch failed = new CountDownLatch(8);
        backend.on((spec, number) -> {
            if (number <= 8) {
                throw FaultyBackend.transientFailure("no address left");
            }
            // A boot that is slow to fail would not be needed any more.
            failed.await();
            return backend.well(spec);
        });
        FlamePool pool = start(on(backend).max(8).maxConcurrency(1).listener(new PoolListener() {
            @Override
            public void onBootFailed(String name, String runner, RunnerBootException failure, Duration retryAfter) {
                failed.countDown();
            }
        }));
        Gate twoAtLeast = gate;
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(pool.callAsync(
                    () -> twoAtLeast.meet(2, RunnerContext.current().runnerId())));
        }
        Set<String> runners = new HashSet<>();
        for (CompletableFuture<String> call : calls) {
            runners.add(call.get(60, TimeUnit.SECONDS));
        }
        assertThat(runners).hasSizeGreaterThan(1);
        assertThat(pool.stats().calls().failedBoots()).isEqualTo(8);
    }

    @Test
    void aCallThatTimesOutIsToldWhatKeepsRunnersFromBooting() {
        backend.on((spec, number) -> {
            throw FaultyBackend.transientFailure("the API server does not answer");
        });
        FlamePool pool = start(on(backend).max(1));
        pool.callAsync(() -> "never");
        eventually(() -> assertThat(pool.stats().calls().failedBoots()).isPositive());
        assertThatThrownBy(() -> pool.call(() -> "never", CallOptions.defaults().timeout(Duration.ofMillis(300))))
                .isInstanceOfSatisfying(
                        CallTimeoutException.class,
                        timeout -> assertThat(timeout.phase()).isEqualTo(CallTimeoutException.Phase.BOOTING))
                .hasMessageContaining("The last boot failed: the API server does not answer")
                .hasCauseInstanceOf(RunnerBootException.class);
    }

    @Test
    void aRunnerThatNeverConnectsFailsTheBootInTimeAndIsKilled() {
        backend.on((spec, number) -> FaultyBackend.silent(spec));
        assertThatThrownBy(() ->
                        on(backend).min(1).bootTimeout(Duration.ofSeconds(5)).build())
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.isPermanent()).isFalse())
                .hasMessageContaining("did not connect to ")
                .hasMessageContaining("a silent runner")
                .hasMessageContaining("Raise bootTimeout if it needs longer");
        assertThat(backend.live()).isZero();
    }

    @Test
    void aBackendThatBlocksIsInterruptedWhenTheBootIsOverdue() throws Exception {
        List<String> interrupted = new CopyOnWriteArrayList<>();
        backend.on((spec, number) -> {
            if (number > 1) {
                return backend.well(spec);
            }
            try {
                new CountDownLatch(1).await();
                return null;
            } catch (InterruptedException e) {
                interrupted.add(spec.runnerId());
                throw e;
            }
        });
        // It is the second runner's too, which needs a part of it.
        FlamePool pool = start(on(backend).max(1).bootTimeout(Duration.ofSeconds(5)));
        assertThat(pool.call(() -> "the second one")).isEqualTo("the second one");
        assertThat(interrupted).hasSize(1);
        assertThat(pool.stats().calls().failedBoots()).isEqualTo(1);
    }

    @Test
    void aBackendWithABugIsAFailedBootAndNoMore() {
        backend.on((spec, number) -> {
            if (number == 1) {
                throw new IllegalStateException("oops");
            }
            return backend.well(spec);
        });
        FlamePool pool = start(on(backend).max(1));
        assertThat(pool.call(() -> "fine")).isEqualTo("fine");
        assertThat(pool.stats().calls().failedBoots()).isEqualTo(1);
    }

    @Test
    void aRunnerOfAnotherVersionIsRefusedWithTheReason() {
        backend.on((spec, number) -> dial(spec, "0.0.1", Runtime.version().feature()));
        assertThatThrownBy(() -> on(backend).min(1).build())
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.isPermanent()).isTrue())
                .hasMessageContaining("the runner has flame4j 0.0.1, the parent has " + Versions.FLAME4J)
                .hasMessageContaining("start runners from the same build as the parent");
    }

    @Test
    void aRunnerOnAnotherJavaIsRefusedWithTheReason() {
        backend.on((spec, number) -> dial(spec, Versions.FLAME4J, 11));
        FlamePool pool = start(on(backend));
        assertThatThrownBy(() -> pool.call(() -> "never"))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("the runner runs on Java 11, the parent on Java "
                        + Runtime.version().feature())
                .hasMessageContaining("use the same Java for both");
    }

    /** Introduces itself as a runner of these versions would, with the right token. */
    private static RunnerHandle dial(RunnerSpec spec, String version, int javaVersion) {
        BootTicket ticket = Tickets.of(spec);
        try (SocketChannel channel = ticket.address().connect()) {
            channel.write(new Hello.Control(ticket.runnerId(), ticket.token(), version, javaVersion, 1).encode());
            ByteBuffer answer = ByteBuffer.allocate(4096);
            while (channel.read(answer) >= 0) {
                // until the parent hangs up
            }
            return FaultyBackend.silent(spec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
