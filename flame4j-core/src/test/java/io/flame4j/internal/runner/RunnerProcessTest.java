package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.FlameParent;
import io.flame4j.FlameRunner;
import io.flame4j.RemoteAction;
import io.flame4j.RemoteTask;
import io.flame4j.RunnerContext;
import io.flame4j.internal.runner.ScriptedParent.Control;
import io.flame4j.internal.runner.ScriptedParent.Line;
import io.flame4j.internal.runner.ScriptedParent.Terms;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A runner that is a process of its own, with a scripted parent, and with one that is killed. */
@Timeout(90)
class RunnerProcessTest {

    @TempDir
    Path directory;

    private ScriptedParent parent;
    private Process runner;

    @BeforeEach
    void listen() throws IOException {
        parent = ScriptedParent.onUnix(directory.resolve("s"));
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        parent.close();
        if (runner != null) {
            runner.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private Control serve(Terms terms) throws Exception {
        runner = RunnerProcess.start(parent.ticket(), "-Xmx64m");
        return parent.welcome(terms);
    }

    private Control serve() throws Exception {
        return serve(new Terms());
    }

    private int exitCode() throws Exception {
        assertThat(runner.waitFor(ScriptedParent.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the runner ends")
                .isTrue();
        return runner.exitValue();
    }

    @Test
    void knowsItsParent() throws Exception {
        Control control = serve();
        assertThat(control.hello.pid()).isEqualTo(runner.pid());
        Line line = parent.line();
        String address = parent.address().toString();
        assertThat(line.call()
                        .run((RemoteTask<Boolean, RuntimeException>) () -> {
                            FlameRunner.runIfRunner();
                            return FlameParent.current()
                                    .orElseThrow()
                                    .equals(new FlameParent(
                                            "scripted",
                                            "scripted-1",
                                            address,
                                            "any",
                                            Runtime.version().feature()));
                        })
                        .result())
                .isEqualTo(true);
    }

    @Test
    void anApplicationThatAsksBecomesARunner() throws Exception {
        runner = RunnerProcess.java(
                RunnerProcess.environment(parent.ticket()), Application.class, new String[0], List.of());
        Control control = parent.welcome();
        assertThat(parent.line()
                        .call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 5)
                        .result())
                .isEqualTo(5);
        control.send(new ControlFrame.Shutdown(1_000));
        assertThat(RunnerProcess.output(runner)).isEmpty();
        assertThat(exitCode()).isZero();
    }

    @Test
    void anApplicationThatIsNoRunnerGoesOn() throws Exception {
        runner = RunnerProcess.java(Map.of(), Application.class, new String[0], List.of());
        assertThat(RunnerProcess.output(runner)).isEqualToIgnoringNewLines("application");
        assertThat(exitCode()).isZero();
    }

    /** As a user would write it. */
    static final class Application {
        public static void main(String[] args) {
            FlameRunner.runIfRunner();
            System.out.println("application");
        }
    }

    @Test
    void saysWhatIsWrongWithItsEnvironment() throws Exception {
        runner = RunnerProcess.java(Map.of(), RunnerMain.class, new String[0], List.of());
        assertThat(RunnerProcess.output(runner)).contains("FLAME_PARENT is not set");
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_NOT_CONNECTED);
        runner = RunnerProcess.java(
                Map.of("FLAME_PARENT", "pool=x", "FLAME_PARENT_TOKEN", "AAAA"),
                RunnerMain.class,
                new String[0],
                List.of());
        assertThat(RunnerProcess.output(runner)).contains("FLAME_PARENT is malformed");
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_NOT_CONNECTED);
        runner = RunnerProcess.java(Map.of("FLAME_PARENT", "pool=x"), RunnerMain.class, new String[0], List.of());
        assertThat(RunnerProcess.output(runner)).contains("FLAME_PARENT_TOKEN is not");
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_NOT_CONNECTED);
    }

    @Test
    void saysWhyItWasRejected() throws Exception {
        runner = RunnerProcess.start(parent.ticket());
        parent.control().send(new ControlFrame.Reject("the runner runs on Java 11"));
        assertThat(RunnerProcess.output(runner)).contains("the runner runs on Java 11");
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_REJECTED);
    }

    @Test
    void theFailsafeSaysWhatWasTried() throws Exception {
        BootTicket ticket = parent.ticket(0, 500);
        parent.close();
        runner = RunnerProcess.start(ticket);
        assertThat(RunnerProcess.output(runner))
                .contains("could not connect to the parent at unix:" + directory)
                .contains("within 500 ms");
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_NOT_CONNECTED);
    }

    @Test
    void doesNotWaitForAParentThatIsGone() throws Exception {
        Process gone = RunnerProcess.java(Map.of(), Application.class, new String[0], List.of());
        assertThat(gone.waitFor(20, TimeUnit.SECONDS)).isTrue();
        BootTicket ticket = parent.ticket(gone.pid(), 600_000);
        parent.close();
        runner = RunnerProcess.start(ticket);
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_NOT_CONNECTED);
        assertThat(RunnerProcess.output(runner)).contains("is gone");
    }

    @Test
    void aTaskMayEndTheProcess() throws Exception {
        Control control = serve();
        Line line = parent.line();
        line.call().send((RemoteAction<RuntimeException>) () -> System.exit(3));
        assertThat(exitCode()).isEqualTo(3);
        control.expectEnd();
        line.expectEnd();
    }

    /** Leaves room for the head of a long frame, and none for the copy of its body that the system reads. */
    private static String progressWithoutMemory() {
        List<ByteBuffer> hoard = new ArrayList<>();
        try {
            while (true) {
                hoard.add(ByteBuffer.allocateDirect(128 * 1024));
            }
        } catch (OutOfMemoryError e) {
            // As wanted.
        }
        try {
            RunnerContext.current().progress(new byte[250_000]);
            return "sent";
        } catch (OutOfMemoryError e) {
            return "survived with " + hoard.size();
        }
    }

    @Test
    @DisabledForJreRange(min = JRE.JAVA_25, disabledReason = "the copy that the system reads is not counted there")
    void progressThatBreaksOffEndsTheConnectionAndNotTheRunner() throws Exception {
        runner = RunnerProcess.start(parent.ticket(), "-Xmx64m", "-XX:MaxDirectMemorySize=1m");
        parent.welcome(new Terms());
        Line line = parent.line();

        line.call().flags(Protocol.CALL_PROGRESS).send((RemoteTask<String, RuntimeException>)
                RunnerProcessTest::progressWithoutMemory);

        assertThatThrownBy(line::answer).isInstanceOf(IOException.class);
        assertThat(parent.line()
                        .call()
                        .run((RemoteTask<String, RuntimeException>) () -> "served on")
                        .result())
                .isEqualTo("served on");
    }

    @Test
    void aTaskThatRunsOutOfMemoryIsAnsweredAndEndsTheRunner() throws Exception {
        Control control = serve();
        Throwable thrown = parent.line()
                .call()
                .run((RemoteTask<Integer, RuntimeException>) () -> {
                    List<byte[]> hoard = new java.util.ArrayList<>();
                    while (true) {
                        hoard.add(new byte[1024 * 1024]);
                    }
                })
                .thrown();
        assertThat(thrown).isInstanceOf(OutOfMemoryError.class);
        control.expect(ControlFrame.Condemned.class);
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_CONDEMNED);
    }

    @Test
    void aCondemnedProcessEndsAlthoughItsTaskDoesNot() throws Exception {
        Terms terms = new Terms();
        terms.interruptGraceMillis = 1_000;
        Control control = serve(terms);
        Line line = parent.line();
        Path begun = directory.resolve("begun");
        String path = begun.toString();
        line.call().send((RemoteAction<IOException>) () -> goOnForEver(path));
        Awaitility.await().atMost(ScriptedParent.PATIENCE).until(() -> Files.exists(begun));
        line.abandon(control, true, false);
        assertThat(control.expect(ControlFrame.Condemned.class).why())
                .startsWith("lambda in io.flame4j.internal.runner.RunnerProcessTest.aCondemnedProcess")
                .contains(" goes on although it was interrupted ")
                .contains(" ms ago, at ", "RunnerProcessTest.goOnForEver(RunnerProcessTest.java:")
                .contains(
                        " (interruptGrace is 1000 ms). The runner ends when its other calls have. Have the task heed");
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_CONDEMNED);
        assertThat(RunnerProcess.output(runner))
                .contains("RunnerProcessTest.goOnForEver(RunnerProcessTest.java:")
                .contains("slot 0 has not ended in time");
    }

    /** Makes a file when it has begun: only from then on is it certain where it is found. */
    private static void goOnForEver(String begun) throws IOException {
        Files.createFile(Path.of(begun));
        while (true) {
            Thread.interrupted();
        }
    }

    @Test
    void hooksThatHangDoNotHoldTheProcess() throws Exception {
        Control control = serve();
        parent.line().call().run((RemoteAction<RuntimeException>) () -> Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                })));
        control.send(new ControlFrame.Shutdown(0));
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isZero();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void sigtermLetsCallsFinish() throws Exception {
        Control control = serve();
        Line line = parent.line();
        control.send(new ControlFrame.OpenSlot(1));
        Line idle = parent.line();
        Path flag = directory.resolve("flag");
        String path = flag.toString();
        line.call().flags(Protocol.CALL_PROGRESS).send((RemoteTask<String, Exception>) () -> {
            RunnerContext.current().progress("started");
            Awaitility.await().until(() -> Files.exists(Path.of(path)));
            return "finished";
        });
        assertThat(line.answer().value()).isEqualTo("started");
        RunnerProcess.signal(runner, "TERM");
        control.expect(ControlFrame.Draining.class);
        assertThat(idle.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                        .type())
                .isEqualTo(Protocol.REFUSED);
        Files.createFile(flag);
        assertThat(line.answer().result()).isEqualTo("finished");
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isEqualTo(143);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSecondSigtermEndsAtOnce() throws Exception {
        Control control = serve();
        Line line = parent.line();
        Path begun = directory.resolve("begun");
        String path = begun.toString();
        line.call().send((RemoteAction<IOException>) () -> goOnForEver(path));
        Awaitility.await().atMost(ScriptedParent.PATIENCE).until(() -> Files.exists(begun));
        RunnerProcess.signal(runner, "TERM");
        control.expect(ControlFrame.Draining.class);
        RunnerProcess.signal(runner, "TERM");
        assertThat(exitCode()).isEqualTo(143);
        control.expectEnd();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCIsTheParentsBusiness() throws Exception {
        Control control = serve();
        Line line = parent.line();
        line.call().run((RemoteTask<Integer, RuntimeException>) () -> 1);
        RunnerProcess.signal(runner, "INT");
        assertThat(line.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 2)
                        .result())
                .isEqualTo(2);
        control.send(new ControlFrame.Shutdown(0));
        assertThat(exitCode()).isZero();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aProcessThatWasStoppedDoesNotTakeItsParentForLost() throws Exception {
        Terms terms = new Terms();
        terms.heartbeatMillis = 800;
        Control control = serve(terms);
        Line line = parent.line();
        for (int i = 0; i < 2; i++) {
            control.send(new ControlFrame.ParentHeartbeat());
            RunnerProcess.signal(runner, "STOP");
            // The passing of time is what this is about: longer than a parent may be silent.
            assertThat(runner.waitFor(3, TimeUnit.SECONDS)).isFalse();
            // A parent that lives goes on sending; after the stop it might, on a busy machine, come too late.
            control.send(new ControlFrame.ParentHeartbeat());
            RunnerProcess.signal(runner, "CONT");
            assertThat(line.call()
                            .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                            .result())
                    .isEqualTo(1);
        }
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_PARENT_LOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"idle", "stubborn"})
    @DisabledOnOs(OS.WINDOWS)
    void doesNotOutliveAParentThatIsKilled(String state) throws Exception {
        Process killed = RunnerProcess.java(Map.of(), FakeParentMain.class, new String[0], List.of(state));
        String[] told;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(killed.getInputStream(), StandardCharsets.UTF_8))) {
            String first = reader.readLine();
            assertThat(first).as("the first line of the fake parent").isNotNull();
            told = first.split(" ", 2);
            ProcessHandle orphan = ProcessHandle.of(Long.parseLong(told[0])).orElseThrow();
            long before = System.nanoTime();
            killed.destroyForcibly();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> new ParentProcess(orphan.pid()).isDead());
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
            assertThat(Path.of(told[1])).doesNotExist();
        } finally {
            killed.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }
}
