package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.RemoteTask;
import io.flame4j.internal.runner.ScriptedParent.Control;
import io.flame4j.internal.runner.ScriptedParent.Line;
import io.flame4j.internal.wire.ControlFrame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a runner and its host have agreed on. */
@Timeout(60)
class RunnerHostTest {

    /** A host that takes its time. */
    private static final class SlowHost implements RunnerHost {
        private final CountDownLatch welcomed = new CountDownLatch(1);
        private final CountDownLatch prepared = new CountDownLatch(1);
        private final CompletableFuture<Integer> exit = new CompletableFuture<>();

        @Override
        public void onWelcome(Runner runner) {
            welcomed.countDown();
            try {
                prepared.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public boolean sharesLog() {
            return true;
        }

        @Override
        public long pid() {
            return 0;
        }

        @Override
        public boolean parentIsGone() {
            return false;
        }

        @Override
        public void report(String message) {
            System.out.println(message);
        }

        @Override
        public void exit(int code) {
            exit.complete(code);
        }

        @Override
        public void halt(int code) {
            exit.complete(code);
        }
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING;
    }

    private static Thread slotThread() {
        String name = "flame4j-" + ScriptedParent.RUNNER + "-slot-0";
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findAny()
                .orElseThrow();
    }

    /** Or a SIGTERM would end a call that it is to let finish, as nobody handles it yet. */
    @Test
    void noCallIsTakenBeforeTheHostIsPrepared() throws Exception {
        SlowHost host = new SlowHost();
        try (ScriptedParent parent = ScriptedParent.onTcp()) {
            Runner runner = new Runner(parent.ticket(), getClass().getClassLoader(), host, Clock.system());
            runner.thread(runner, "-control").start();
            try {
                Control control = parent.welcome();
                assertThat(host.welcomed.await(20, TimeUnit.SECONDS)).isTrue();
                Thread slot = slotThread();
                // For its tools or its host, or it would go on to read from the parent, which is no such wait.
                Awaitility.await("the slot waits")
                        .during(200, TimeUnit.MILLISECONDS)
                        .atMost(ScriptedParent.PATIENCE)
                        .until(() -> isWaiting(slot));
                assertThat(runner.isServing()).isFalse();
                host.prepared.countDown();
                Line line = parent.line();
                assertThat(line.call()
                                .run((RemoteTask<Integer, RuntimeException>) () -> 7)
                                .result())
                        .isEqualTo(7);
                control.send(new ControlFrame.Shutdown(0));
                assertThat(host.exit.get(20, TimeUnit.SECONDS)).isZero();
            } finally {
                host.prepared.countDown();
                runner.kill(1);
                host.exit.get(20, TimeUnit.SECONDS);
            }
        }
    }
}
