package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerInitializer;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.NoRoomException;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.testkit.FaultyBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool asks of its backend beside starts. */
class BackendSpiTest extends PoolTests {

    @TempDir
    Path directory;

    /** Lets runners start when a test opens the door. */
    private static final class Crowded extends Delegating {
        private final CountDownLatch door = new CountDownLatch(1);
        private final CountDownLatch waiting = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);

        @Override
        public String whyNoRoom() {
            return door.getCount() > 0 ? "There are others in the room." : "";
        }

        @Override
        public void awaitRoom() throws InterruptedException {
            waiting.countDown();
            try {
                door.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }
    }

    private static class Delegating implements Backend {
        private final Backend runners = LocalBackend.create();

        @Override
        public String name() {
            return "delegating";
        }

        @Override
        public ListenAt listenAt() {
            return runners.listenAt();
        }

        @Override
        public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
            return runners.start(spec);
        }

        @Override
        public void close() {
            runners.close();
        }
    }

    @Test
    void waitingForRoomIsNoPartOfTheBoot() throws Exception {
        Crowded backend = new Crowded();
        FlamePool pool = start(on(backend).max(1).bootTimeout(Duration.ofSeconds(1)));
        CompletableFuture<String> call = pool.callAsync(() -> "served");
        backend.waiting.await();
        // Longer than a boot may take: that of another pool gives up meanwhile.
        assertThatThrownBy(() ->
                        start(on(new FaultyBackend().silenceNext(1)).min(1).bootTimeout(Duration.ofSeconds(1))))
                .isInstanceOf(RunnerBootException.class);
        assertThat(pool.stats().booting()).isEqualTo(1);
        assertThat(call).isNotDone();
        backend.door.countDown();
        assertThat(call.join()).isEqualTo("served");
    }

    @Test
    void aBootWhoseRoomIsGoneWaitsAgain() {
        List<String> asked = new CopyOnWriteArrayList<>();
        Backend backend = new Delegating() {
            @Override
            public void awaitRoom() {
                asked.add("room");
            }

            @Override
            public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
                if (asked.size() < 3) {
                    throw new NoRoomException("others were first");
                }
                return super.start(spec);
            }
        };
        FlamePool pool = start(on(backend).max(1));
        assertThat(pool.call(() -> "served")).isEqualTo("served");
        assertThat(asked).hasSize(3);
    }

    @Test
    void whatABootWithoutRoomWasToComeInWithIsGoodNoMore() {
        List<RunnerSpec> specs = new CopyOnWriteArrayList<>();
        CompletableFuture<RunnerExit> late = new CompletableFuture<>();
        Backend backend = new Delegating() {
            @Override
            public void awaitRoom() throws InterruptedException {
                if (specs.size() == 1) {
                    super.start(specs.get(0)).exit().thenAccept(late::complete);
                    // Room comes when that has been turned away.
                    late.join();
                }
            }

            @Override
            public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
                specs.add(spec);
                if (specs.size() == 1) {
                    throw new NoRoomException("others were first");
                }
                return super.start(spec);
            }
        };
        FlamePool pool = start(on(backend).max(1));
        assertThat(pool.call(() -> "served", CallOptions.defaults().timeout(Duration.ofSeconds(30))))
                .isEqualTo("served");
        assertThat(late.join().exitCode()).hasValue(76);
        assertThat(specs).hasSize(2);
    }

    @Test
    void callersWhoseTimeIsUpHearWhyThereIsNoRoom() throws Exception {
        Crowded backend = new Crowded();
        FlamePool pool = start(on(backend).max(1));
        assertThatThrownBy(() -> pool.call(() -> "never", CallOptions.defaults().timeout(Duration.ofMillis(300))))
                .isInstanceOf(CallTimeoutException.class)
                .hasMessageContaining("There are others in the room.")
                .hasMessageNotContaining("headroom");
    }

    @Test
    void aBootThatWaitsForRoomIsCancelledWithItsPool() throws Exception {
        Crowded backend = new Crowded();
        FlamePool pool = start(on(backend).max(1));
        CompletableFuture<String> call = pool.callAsync(() -> "never");
        backend.waiting.await();
        pool.shutdownNow();
        backend.interrupted.await();
        assertThatThrownBy(call::join).hasMessageContaining("closed");
    }

    @Test
    void aBackendSaysWhyABootTookTooLong() {
        FaultyBackend backend = new FaultyBackend();
        backend.on((spec, number) -> new RunnerHandle() {
            private final CompletableFuture<RunnerExit> exit = new CompletableFuture<>();

            @Override
            public String description() {
                return "pod web-1";
            }

            @Override
            public CompletableFuture<RunnerExit> exit() {
                return exit;
            }

            @Override
            public String bootOverdue() {
                return "The pod waits for its volumes.";
            }

            @Override
            public void kill() {
                exit.complete(new RunnerExit(
                        RunnerLostException.Reason.EXITED, "was killed", OptionalInt.empty(), List.of(), false));
            }
        });
        assertThatThrownBy(() -> start(on(backend).min(1).max(1).bootTimeout(Duration.ofSeconds(5))))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("(pod web-1). The pod waits for its volumes. Raise bootTimeout");
    }

    @Test
    void aBackendIsToldOfABootThatFailed() {
        List<String> told = new CopyOnWriteArrayList<>();
        FaultyBackend backend = new FaultyBackend();
        Backend runners = LocalBackend.create();
        backend.on((spec, number) -> telling(runners.start(spec), told));
        assertThatThrownBy(() -> start(on(backend).min(1).max(1).initializer(Unlicensed.class)))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("no license");
        await().untilAsserted(() -> assertThat(told).containsExactly("boot failed"));

        FlamePool pool = start(on(backend).max(1));
        assertThat(pool.call(() -> 1)).isEqualTo(1);
        pool.shutdownNow();
        await().untilAsserted(() -> assertThat(told).containsExactly("boot failed", "killed"));
    }

    /** Cannot be initialized. */
    public static final class Unlicensed implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {
            throw new IllegalStateException("no license");
        }
    }

    @Test
    void aBackendSaysWhatItKnowsOfARunnerThatIsSilent() throws Exception {
        FaultyBackend backend = new FaultyBackend();
        Backend runners = Backends.PROCESS_UNIX.create();
        backend.on((spec, number) -> silent(runners.start(spec)));
        FlamePool pool = start(on(backend).max(1).heartbeat(Duration.ofSeconds(1)));
        String where = directory.toString();
        CompletableFuture<Long> call = pool.callAsync(() -> Jobs.hold(where, "held"));
        Processes.freeze(Jobs.awaitRun(directory, "held"));

        assertThatThrownBy(call::join)
                .hasCauseInstanceOf(RunnerLostException.class)
                .satisfies(failure -> {
                    RunnerLostException lost = (RunnerLostException) failure.getCause();
                    assertThat(lost.reason()).isEqualTo(RunnerLostException.Reason.NODE_LOST);
                    assertThat(lost)
                            .hasMessageContaining("nothing was heard")
                            .hasMessageContaining("node a is not ready");
                });
    }

    private static RunnerHandle silent(RunnerHandle runner) {
        return new RunnerHandle() {
            @Override
            public String description() {
                return runner.description();
            }

            @Override
            public CompletionStage<RunnerExit> exit() {
                return runner.exit();
            }

            @Override
            public RunnerExit unreachable() {
                return new RunnerExit(
                        RunnerLostException.Reason.NODE_LOST,
                        "cannot be reached any more, and node a is not ready",
                        OptionalInt.empty(),
                        List.of(),
                        false);
            }

            @Override
            public void kill() {
                runner.kill();
            }
        };
    }

    private static RunnerHandle telling(RunnerHandle runner, List<String> told) {
        return new RunnerHandle() {
            @Override
            public String description() {
                return runner.description();
            }

            @Override
            public CompletionStage<RunnerExit> exit() {
                return runner.exit();
            }

            @Override
            public void bootFailed() {
                told.add("boot failed");
                runner.bootFailed();
            }

            @Override
            public void kill() {
                told.add("killed");
                runner.kill();
            }
        };
    }

    @Test
    void aBackendMayServeSeveralPools() {
        List<String> made = new ArrayList<>();
        Backend shared = new Delegating() {
            @Override
            public Backend forPool(String pool) {
                made.add(pool);
                return LocalBackend.create();
            }
        };
        FlamePool one = start(on(shared).max(1));
        FlamePool two = start(on(shared).max(1));
        assertThat(one.call(() -> 1)).isEqualTo(1);
        one.close();
        assertThat(two.call(() -> 2)).isEqualTo(2);
        assertThat(made).containsExactly(one.name(), two.name());
    }
}
