package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlameParent;
import io.flame4j.RemoteAction;
import io.flame4j.RemoteCheck;
import io.flame4j.RemoteFunction;
import io.flame4j.RemoteTask;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerInitializer;
import io.flame4j.Trackable;
import io.flame4j.Tracked;
import io.flame4j.TrackedHandle;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.KnownShapes;
import io.flame4j.internal.closure.TaskEncoder;
import io.flame4j.internal.closure.TrackedEntry;
import io.flame4j.internal.runner.ScriptedParent.Answer;
import io.flame4j.internal.runner.ScriptedParent.Control;
import io.flame4j.internal.runner.ScriptedParent.Line;
import io.flame4j.internal.runner.ScriptedParent.Terms;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.WireAddress;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A runner on threads of this JVM, driven by a scripted parent. */
@Timeout(60)
class RunnerTest {

    /** What tasks and the test share; the runner lives in this JVM. */
    private static final Map<String, CountDownLatch> LATCHES = new ConcurrentHashMap<>();

    private static final BlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();

    private ScriptedParent parent;
    private LocalRunner runner;

    @BeforeEach
    void listen() throws IOException {
        LATCHES.clear();
        EVENTS.clear();
        parent = ScriptedParent.onTcp();
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        LATCHES.values().forEach(CountDownLatch::countDown);
        parent.close();
        if (runner != null) {
            runner.kill();
            exitCode();
            Awaitility.await().atMost(ScriptedParent.PATIENCE).until(() -> {
                // A task may have come to its latch only now, and ignore interrupts there.
                LATCHES.values().forEach(CountDownLatch::countDown);
                return noThreadOfARunner();
            });
        }
    }

    private static boolean noThreadOfARunner() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("flame4j-" + ScriptedParent.RUNNER));
    }

    private static CountDownLatch latch(String name) {
        return LATCHES.computeIfAbsent(name, key -> new CountDownLatch(1));
    }

    private static void await(String name) throws InterruptedException {
        assertThat(latch(name).await(ScriptedParent.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .as(name)
                .isTrue();
    }

    private static String event() throws InterruptedException {
        return EVENTS.poll(ScriptedParent.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ignores interrupts until the test lets it go. */
    private static void stubborn(String until) {
        while (latch(until).getCount() > 0) {
            try {
                latch(until).await();
            } catch (InterruptedException e) {
                EVENTS.add("ignored");
            }
        }
    }

    private void start() {
        start(parent.ticket());
    }

    private void start(BootTicket ticket) {
        runner = LocalRunner.start(RunnerProcess.environment(ticket), RunnerTest.class.getClassLoader());
    }

    private int exitCode() throws Exception {
        return runner.exit().toCompletableFuture().get(ScriptedParent.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Control serve(Terms terms) throws Exception {
        start();
        return parent.welcome(terms);
    }

    private Control serve() throws Exception {
        return serve(new Terms());
    }

    // --- boot

    @Test
    void introducesItselfAndDialsSlotZero() throws Exception {
        Control control = serve();
        Line line = parent.line();
        assertThat(control.hello.runnerId()).isEqualTo(ScriptedParent.RUNNER);
        assertThat(control.hello.javaVersion()).isEqualTo(Runtime.version().feature());
        assertThat(line.hello.slotId()).isZero();
        assertThat(line.hello.generation()).isZero();
    }

    @Test
    void triesAgainWhileTheParentDoesNotListen() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        BootTicket ticket = new BootTicket(
                "p",
                ScriptedParent.RUNNER,
                new WireAddress.Tcp("127.0.0.1", port),
                null,
                new byte[32],
                "v",
                17,
                0,
                500);
        start(ticket);
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_NOT_CONNECTED);
    }

    @Test
    void dialsAgainWhenTheConnectionEndsBeforeTheWelcome() throws Exception {
        start();
        parent.control().close();
        parent.welcome();
        assertThat(parent.line().hello.slotId()).isZero();
    }

    @Test
    void aNameThatCannotBeResolvedIsNoReasonToGiveUpEarly() throws Exception {
        start(new BootTicket(
                "p",
                ScriptedParent.RUNNER,
                new WireAddress.Tcp("no.such.invalid", 1),
                null,
                new byte[32],
                "v",
                17,
                0,
                400));
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_NOT_CONNECTED);
    }

    @Test
    void theFailsafeEndsARunnerThatIsNotAnswered() throws Exception {
        // Enough for it to dial, however busy the machine.
        start(parent.ticket(0, 6_000));
        parent.control();
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_NOT_CONNECTED);
    }

    @Test
    void endsWhenRejected() throws Exception {
        start();
        parent.control().send(new ControlFrame.Reject("wrong version"));
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_REJECTED);
    }

    public static final class FailingInitializer implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {
            throw new IllegalStateException("no model for " + parent.pool());
        }
    }

    @Test
    void tellsWhyTheInitializerFailed() throws Exception {
        Terms terms = new Terms();
        terms.initializer = FailingInitializer.class.getName();
        Control control = serve(terms);
        ControlFrame.InitFailed said = control.expect(ControlFrame.InitFailed.class);
        assertThat(said.message()).isEqualTo("java.lang.IllegalStateException: no model for scripted.");
        assertThat(said.trace()).contains("FailingInitializer.initialize");
        control.expectEnd();
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_INIT_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"com.acme.Till$Hidden", "com.acme.Till$Choosy"})
    void saysHowAnInitializerMustBeDeclared(String initializer) throws Exception {
        Terms terms = new Terms();
        terms.initializer = initializer;
        Control control = serve(terms);
        assertThat(control.expect(ControlFrame.InitFailed.class).message())
                .startsWith("make " + initializer + " public with a public no-argument constructor")
                .contains("export or open its package to io.flame4j.core", "Caused by: ");
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_INIT_FAILED);
    }

    public static final class SlowInitializer implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) throws InterruptedException {
            EVENTS.add("initializing");
            latch("initialize").await();
        }
    }

    @Test
    void noticesALostParentWhileItInitializes() throws Exception {
        Terms terms = new Terms();
        terms.initializer = SlowInitializer.class.getName();
        Control control = serve(terms);
        assertThat(event()).isEqualTo("initializing");
        control.close();
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_PARENT_LOST);
    }

    @Test
    void anUnknownCodecIsAFailureToInitialize() throws Exception {
        Terms terms = new Terms();
        terms.codec = "com.acme.NoSuchCodec";
        Control control = serve(terms);
        assertThat(control.expect(ControlFrame.InitFailed.class).message()).contains("com.acme.NoSuchCodec");
    }

    // --- calls

    @Test
    void answersWithTheValue() throws Exception {
        serve();
        Line line = parent.line();
        String greeting = "hello";
        for (int i = 0; i < 100; i++) {
            int number = i;
            assertThat(line.call()
                            .run((RemoteTask<String, RuntimeException>) () -> greeting + number)
                            .result())
                    .isEqualTo("hello" + i);
        }
    }

    @Test
    void runsOnANamedThreadWithTheLoaderOfTheApplication() throws Exception {
        serve();
        Line line = parent.line();
        assertThat(line.call()
                        .run((RemoteTask<String, RuntimeException>)
                                () -> Thread.currentThread().getName())
                        .result())
                .isEqualTo("flame4j-scripted-1-slot-0");
        assertThat(line.call()
                        .run((RemoteTask<Boolean, RuntimeException>) () ->
                                Thread.currentThread().getContextClassLoader() == RunnerTest.class.getClassLoader())
                        .result())
                .isEqualTo(true);
    }

    @Test
    void answersWithWhatTheTaskThrew() throws Exception {
        serve();
        Line line = parent.line();
        Throwable thrown = line.call()
                .run((RemoteAction<IOException>) () -> {
                    throw new IOException("disk full");
                })
                .thrown();
        assertThat(thrown).isInstanceOf(IOException.class).hasMessage("disk full");
        Throwable overflow = line.call()
                .run((RemoteAction<RuntimeException>) () -> {
                    throw new StackOverflowError("deep");
                })
                .thrown();
        assertThat(overflow).isInstanceOf(StackOverflowError.class);
        assertThat(line.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                        .result())
                .isEqualTo(1);
    }

    @Test
    void aResultThatCannotTravelIsSaidSo() throws Exception {
        serve();
        Line line = parent.line();
        Answer answer = line.call().run((RemoteTask<Object, RuntimeException>) Object::new);
        assertThat(answer.failureKind()).isEqualTo(Protocol.FAILURE_RESULT);
        assertThat(line.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                        .result())
                .isEqualTo(1);
    }

    @Test
    void aTaskThatCannotBeReadIsSaidSo() throws Exception {
        serve();
        Line line = parent.line();
        Unreadable unreadable = new Unreadable();
        Answer answer = line.call().run((RemoteTask<Object, RuntimeException>) unreadable::toString);
        assertThat(answer.failureKind()).isEqualTo(Protocol.FAILURE_TASK_UNREADABLE);
        assertThat(line.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                        .result())
                .isEqualTo(1);
    }

    private static final class Unreadable implements java.io.Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(java.io.ObjectInputStream in) throws IOException {
            throw new java.io.InvalidObjectException("not today");
        }
    }

    @Test
    void largeValuesTravelBothWays() throws Exception {
        serve();
        Line line = parent.line();
        byte[] large = new byte[20_000_000];
        large[19_999_999] = 7;
        assertThat((byte[]) line.call()
                        .run((RemoteTask<byte[], RuntimeException>) () -> large)
                        .result())
                .isEqualTo(large);
    }

    @Test
    void opensSlotsAsAskedAndRunsTheirCallsSideBySide() throws Exception {
        Control control = serve();
        Line first = parent.line();
        control.send(new ControlFrame.OpenSlot(1));
        control.send(new ControlFrame.OpenSlot(1));
        Line second = parent.line();
        assertThat(second.hello.slotId()).isEqualTo(1);
        first.call().send((RemoteTask<Integer, Exception>) () -> {
            await("other");
            return 1;
        });
        second.call().send((RemoteTask<Integer, Exception>) () -> {
            latch("other").countDown();
            return 2;
        });
        assertThat(first.answer().result()).isEqualTo(1);
        assertThat(second.answer().result()).isEqualTo(2);
        assertThat(parent.hasLine()).isFalse();
    }

    // --- context

    @Test
    void theContextKnowsTheCall() throws Exception {
        serve();
        Line line = parent.line();
        assertThat(line.call()
                        .run((RemoteTask<String, RuntimeException>) () -> {
                            RunnerContext context = RunnerContext.current();
                            return context.pool() + " " + context.runnerId() + " "
                                    + context.remaining().isPresent() + " " + context.isCancelled();
                        })
                        .result())
                .isEqualTo("scripted scripted-1 false false");
        assertThat(line.call()
                        .limit(Duration.ofSeconds(30))
                        .run((RemoteTask<Boolean, RuntimeException>) () -> RunnerContext.current()
                                        .remaining()
                                        .orElseThrow()
                                        .compareTo(Duration.ofSeconds(30))
                                <= 0)
                        .result())
                .isEqualTo(true);
        assertThat(line.call()
                        .run((RemoteTask<Object, RuntimeException>)
                                () -> RunnerContext.current().track("x"))
                        .thrown())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not track");
    }

    @Test
    void progressComesBeforeTheResultFromAnyThread() throws Exception {
        serve();
        Line line = parent.line();
        line.call().flags(Protocol.CALL_PROGRESS).send((RemoteTask<String, Exception>) () -> {
            RunnerContext context = RunnerContext.current();
            context.progress(1);
            Thread helper = new Thread(() -> context.progress(2));
            helper.start();
            helper.join();
            Thread.currentThread().interrupt();
            context.progress(3);
            EVENTS.add("interrupted " + Thread.interrupted());
            LATCHES.put("late", new CountDownLatch(1));
            new Thread(() -> {
                        try {
                            await("late");
                            context.progress(4);
                            EVENTS.add("late");
                        } catch (Exception e) {
                            EVENTS.add(e.toString());
                        }
                    })
                    .start();
            return "done";
        });
        for (int i = 1; i <= 3; i++) {
            Answer progress = line.answer();
            assertThat(progress.type()).isEqualTo(Protocol.PROGRESS);
            assertThat(progress.value()).isEqualTo(i);
        }
        assertThat(line.answer().result()).isEqualTo("done");
        assertThat(event()).isEqualTo("interrupted true");
        latch("late").countDown();
        assertThat(event()).isEqualTo("late");
        assertThat(line.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                        .result())
                .isEqualTo(1);
    }

    /** Watched from within tasks. */
    private static final Map<String, WeakReference<Object>> WATCHED = new ConcurrentHashMap<>();

    private static <T> T watched(String name, T value) {
        WATCHED.put(name, new WeakReference<>(value));
        return value;
    }

    private static void expectForgotten(String name) {
        assertThat(isForgotten(name, ScriptedParent.PATIENCE)).as(name).isTrue();
    }

    private static boolean isForgotten(String name, Duration patience) {
        try {
            Awaitility.await(name).atMost(patience).until(() -> {
                System.gc();
                return WATCHED.get(name).get() == null;
            });
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    @Test
    void nothingOfACallIsKeptWhileTheSlotWaitsForTheNext() throws Exception {
        Control control = serve();
        Line line = parent.line();
        byte[] large = new byte[1 << 20];

        line.call()
                .run((RemoteTask<Integer, RuntimeException>) () -> watched("argument", large).length)
                .result();
        expectForgotten("argument");
        line.call()
                .run((RemoteTask<byte[], RuntimeException>) () -> watched("result", new byte[1 << 20]))
                .result();
        expectForgotten("result");
        line.call().flags(Protocol.CALL_PROGRESS).run((RemoteAction<RuntimeException>)
                () -> RunnerContext.current().progress(watched("progress", new byte[1 << 20])));
        line.answer().result();
        expectForgotten("progress");
        // The JVM itself was seen to hold what a thread has thrown last, for longer than this; not with each thread.
        boolean forgotten = false;
        for (int slot = 1; slot <= 3 && !forgotten; slot++) {
            control.send(new ControlFrame.OpenSlot(slot));
            parent.line()
                    .call()
                    .run((RemoteAction<RuntimeException>) () -> {
                        throw watched("failure", new IllegalStateException("on purpose"));
                    })
                    .thrown();
            forgotten = isForgotten("failure", Duration.ofSeconds(10));
        }
        assertThat(forgotten).as("what a task has thrown is let go of").isTrue();
    }

    @Test
    void progressThatNobodyWantsIsNotSent() throws Exception {
        serve();
        Line line = parent.line();
        assertThat(line.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> {
                            RunnerContext.current().progress("unheard");
                            return 5;
                        })
                        .result())
                .isEqualTo(5);
    }

    @Test
    void progressThatCannotTravelFailsTheTaskWhoeverListens() throws Exception {
        serve();
        Line line = parent.line();
        for (int flags : new int[] {0, Protocol.CALL_PROGRESS}) {
            Answer answer = line.call().flags(flags).run((RemoteAction<RuntimeException>)
                    () -> RunnerContext.current().progress(new ArrayList<>(List.of(new Object()))));
            assertThat(answer.thrown())
                    .isInstanceOf(ResultSerializationException.class)
                    .hasMessageContaining("progress value (java.util.ArrayList)[0]");
        }
    }

    // --- the time of a task

    @Test
    void theTimeOfATaskComesWithItsAnswerWhenItIsWanted() throws Exception {
        serve();
        Line line = parent.line();
        assertThat(line.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 5)
                        .flags())
                .isZero();
        assertThat(line.taskNanos).isEqualTo(-1);
        Answer answer = line.call().flags(Protocol.CALL_TIMED).run((RemoteTask<Integer, Exception>) () -> {
            Thread.sleep(20);
            return 5;
        });
        assertThat(answer.result()).isEqualTo(5);
        assertThat(line.taskNanos).isGreaterThan(19_000_000);
        assertThat(line.call()
                        .flags(Protocol.CALL_TIMED)
                        .run((RemoteAction<Exception>) () -> {
                            Thread.sleep(20);
                            throw new IllegalStateException("mine");
                        })
                        .thrown())
                .isInstanceOf(IllegalStateException.class);
        assertThat(line.taskNanos).isGreaterThan(19_000_000);
        assertThat(line.call()
                        .flags(Protocol.CALL_TIMED)
                        .run((RemoteTask<Object, RuntimeException>) Object::new)
                        .failureKind())
                .isEqualTo(Protocol.FAILURE_RESULT);
        assertThat(line.taskNanos).isNotNegative();
        assertThat(line.call()
                        .flags(Protocol.CALL_TIMED)
                        .target(Protocol.TARGET_PLACED)
                        .run((RemoteFunction<Object, Integer, RuntimeException>) Object::hashCode)
                        .failureKind())
                .isEqualTo(Protocol.FAILURE_GONE);
        assertThat(line.taskNanos).as("of a task that did not begin").isEqualTo(-1);
    }

    // --- cancelling

    @Test
    void aCancelledTaskIsInterruptedAndItsSlotDialledAnew() throws Exception {
        Control control = serve();
        Line line = parent.line();
        line.call().send((RemoteAction<Exception>) () -> {
            EVENTS.add("started");
            try {
                await("never");
            } catch (InterruptedException e) {
                EVENTS.add("interrupted " + RunnerContext.current().isCancelled());
                await("may end");
                throw e;
            }
        });
        assertThat(event()).isEqualTo("started");
        line.abandon(control, true, false);
        assertThat(event()).isEqualTo("interrupted true");
        assertThat(parent.hasLine()).as("dialled before the task has ended").isFalse();
        latch("may end").countDown();
        Line next = parent.line();
        assertThat(next.hello.slotId()).isZero();
        assertThat(next.hello.generation()).isEqualTo(1);
        assertThat(next.call()
                        .run((RemoteTask<Boolean, RuntimeException>) Thread::interrupted)
                        .result())
                .isEqualTo(false);
    }

    @Test
    void aDetachedTaskSurvivesItsCaller() throws Exception {
        Control control = serve();
        Line line = parent.line();
        line.call().flags(Protocol.CALL_DETACHED).send((RemoteAction<Exception>) () -> {
            EVENTS.add("started");
            await("may end");
            EVENTS.add("ended " + RunnerContext.current().isCancelled());
            throw new IllegalStateException("logged as a warning");
        });
        assertThat(event()).isEqualTo("started");
        line.abandon(control, false, false);
        latch("may end").countDown();
        assertThat(event()).isEqualTo("ended false");
        assertThat(parent.line().hello.generation()).isEqualTo(1);
    }

    @Test
    void anInterruptNeverReachesTheNextCall() throws Exception {
        serve();
        Line line = parent.line();
        for (int i = 0; i < 300; i++) {
            Answer first = line.call()
                    .limit(Duration.ofNanos(1_000_000 + i * 1_000L))
                    .run((RemoteTask<Integer, Exception>) () -> {
                        // Nobody opens it: a task that ends at about the time of its interrupt.
                        new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
                        return 1;
                    });
            assertThat(first.type()).isIn(Protocol.RESULT, Protocol.FAILURE);
            assertThat(line.call()
                            .run((RemoteTask<Boolean, RuntimeException>)
                                    () -> Thread.currentThread().isInterrupted())
                            .result())
                    .isEqualTo(false);
        }
    }

    @Test
    void aTaskThatInterruptsItselfHarmsNobody() throws Exception {
        serve();
        Line line = parent.line();
        for (int i = 0; i < 3; i++) {
            assertThat(line.call()
                            .run((RemoteTask<Integer, RuntimeException>) () -> {
                                Thread.currentThread().interrupt();
                                return 1;
                            })
                            .result())
                    .isEqualTo(1);
        }
    }

    @Test
    void aCallWhoseConnectionIsClosedAtOnceMayRunButHarmsNobody() throws Exception {
        Control control = serve();
        for (int i = 0; i < 100; i++) {
            Line line = parent.line();
            assertThat(line.hello.generation()).isEqualTo(i);
            line.call().send((RemoteAction<Exception>) () -> new CountDownLatch(1).await());
            line.abandon(control, true, false);
        }
        assertThat(parent.line()
                        .call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                        .result())
                .isEqualTo(1);
    }

    @Test
    void aBrokenConnectionIsDialledAnewByItself() throws Exception {
        serve();
        parent.line().close();
        Line next = parent.line();
        assertThat(next.hello.generation()).isEqualTo(1);
        assertThat(next.call()
                        .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                        .result())
                .isEqualTo(1);
    }

    // --- deadlines

    @Test
    void theDeadlineInterruptsTheTask() throws Exception {
        serve();
        Line line = parent.line();
        Answer answer = line.call().limit(Duration.ofMillis(50)).run((RemoteAction<Exception>) () -> await("never"));
        assertThat(answer.failureKind()).isEqualTo(Protocol.FAILURE_DEADLINE);
        assertThat(line.call()
                        .limit(Duration.ofMinutes(1))
                        .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                        .result())
                .isEqualTo(1);
    }

    @Test
    void anEarlierDeadlineIsNotMissedBehindALaterOne() throws Exception {
        Control control = serve();
        Line first = parent.line();
        control.send(new ControlFrame.OpenSlot(1));
        Line second = parent.line();
        first.call().limit(Duration.ofMinutes(1)).send((RemoteAction<Exception>) () -> {
            EVENTS.add("running");
            await("end");
        });
        assertThat(event()).isEqualTo("running");
        assertThat(second.call()
                        .limit(Duration.ofMillis(50))
                        .run((RemoteAction<Exception>) () -> await("never"))
                        .failureKind())
                .isEqualTo(Protocol.FAILURE_DEADLINE);
        latch("end").countDown();
        assertThat(first.answer().result()).isNull();
    }

    @Test
    void aDetachedTaskHasItsDeadlineToo() throws Exception {
        serve();
        Line line = parent.line();
        assertThat(line.call()
                        .flags(Protocol.CALL_DETACHED)
                        .limit(Duration.ofMillis(50))
                        .run((RemoteAction<Exception>) () -> await("never"))
                        .failureKind())
                .isEqualTo(Protocol.FAILURE_DEADLINE);
    }

    @Test
    void whatIsLoggedOfADetachedTaskTellsADeadlineFromACallerThatIsGone() {
        assertThat(CallServer.unheardFailure(true, true))
                .contains("failed", "its deadline has passed")
                .doesNotContain("gone");
        assertThat(CallServer.unheardFailure(true, false)).isEqualTo("A detached task failed, and its caller is gone");
    }

    @Test
    void aTaskKnowsThatItsDeadlineHasPassed() throws Exception {
        Control control = serve();
        Line line = parent.line();
        // Enough for it to begin, however busy the machine.
        line.call().flags(Protocol.CALL_DETACHED).limit(Duration.ofSeconds(6)).send((RemoteAction<Exception>) () -> {
            TaskScope scope = (TaskScope) RunnerContext.current();
            EVENTS.add("passed " + scope.isDeadlinePassed());
            try {
                await("never");
            } finally {
                EVENTS.add("passed " + scope.isDeadlinePassed());
            }
        });
        assertThat(event()).isEqualTo("passed false");
        line.abandon(control, false, false);
        assertThat(event()).isEqualTo("passed true");
        assertThat(parent.line().hello.generation()).isEqualTo(1);
    }

    @Test
    void aCallWithoutTimeLeftDoesNotRun() throws Exception {
        serve();
        Line line = parent.line();
        assertThat(line.call()
                        .limit(Duration.ZERO)
                        .run((RemoteAction<RuntimeException>) () -> EVENTS.add("ran"))
                        .failureKind())
                .isEqualTo(Protocol.FAILURE_DEADLINE);
        assertThat(EVENTS).isEmpty();
    }

    @Test
    void aTaskThatIgnoresItsInterruptCondemnsTheRunner() throws Exception {
        Terms terms = new Terms();
        terms.interruptGraceMillis = 100;
        Control control = serve(terms);
        Line stuck = parent.line();
        control.send(new ControlFrame.OpenSlot(1));
        Line other = parent.line();
        control.send(new ControlFrame.OpenSlot(2));
        Line idle = parent.line();
        other.call().send((RemoteTask<Integer, Exception>) () -> {
            EVENTS.add("other runs");
            await("other may end");
            return 9;
        });
        assertThat(event()).isEqualTo("other runs");
        // Enough for it to begin, however busy the machine.
        stuck.call().limit(Duration.ofSeconds(6)).send((RemoteAction<RuntimeException>) () -> stubborn("let go"));
        ControlFrame.Condemned condemned = control.expect(ControlFrame.Condemned.class);
        assertThat(condemned.slotId()).isZero();
        assertThat(condemned.why()).contains("RunnerTest").contains("100 ms");
        assertThat(idle.call()
                        .run((RemoteAction<RuntimeException>) () -> EVENTS.add("ran"))
                        .type())
                .isEqualTo(Protocol.REFUSED);
        latch("other may end").countDown();
        assertThat(other.answer().result()).isEqualTo(9);
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_CONDEMNED);
        assertThat(event()).isEqualTo("ignored");
        assertThat(EVENTS).isEmpty();
    }

    @Test
    void aCancelledTaskThatIgnoresItsInterruptCondemnsTheRunner() throws Exception {
        Terms terms = new Terms();
        terms.interruptGraceMillis = 100;
        Control control = serve(terms);
        Line line = parent.line();
        line.call().send((RemoteAction<RuntimeException>) () -> {
            EVENTS.add("started");
            stubborn("let go");
        });
        assertThat(event()).isEqualTo("started");
        line.abandon(control, true, false);
        assertThat(control.expect(ControlFrame.Condemned.class).slotId()).isZero();
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_CONDEMNED);
    }

    @Test
    void aTaskWithoutMemoryCondemnsTheRunner() throws Exception {
        Control control = serve();
        Line line = parent.line();
        Throwable thrown = line.call()
                .run((RemoteAction<RuntimeException>) () -> {
                    throw new OutOfMemoryError("Java heap space");
                })
                .thrown();
        assertThat(thrown).isInstanceOf(OutOfMemoryError.class);
        assertThat(control.expect(ControlFrame.Condemned.class).why()).contains("OutOfMemoryError");
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_CONDEMNED);
    }

    // --- ending

    @Test
    void shutsDownWhenTold() throws Exception {
        Control control = serve();
        Line line = parent.line();
        line.call().send((RemoteTask<Integer, Exception>) () -> {
            EVENTS.add("started");
            await("may end");
            return 3;
        });
        assertThat(event()).isEqualTo("started");
        control.send(new ControlFrame.Shutdown(10_000));
        control.send(new ControlFrame.OpenSlot(1));
        latch("may end").countDown();
        assertThat(line.answer().result()).isEqualTo(3);
        control.expect(ControlFrame.Goodbye.class);
        line.expectEnd();
        control.expectEnd();
        assertThat(exitCode()).isZero();
    }

    @Test
    void aShutdownRefusesNewCallsAndInterruptsOldOnesAfterTheGrace() throws Exception {
        Control control = serve();
        Line line = parent.line();
        control.send(new ControlFrame.OpenSlot(1));
        Line idle = parent.line();
        line.call().send((RemoteAction<Exception>) () -> {
            EVENTS.add("started");
            await("never");
        });
        assertThat(event()).isEqualTo("started");
        // Enough for the idle slot to be asked meanwhile, however busy the machine.
        control.send(new ControlFrame.Shutdown(60_000));
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .until(() -> idle.call()
                                .run((RemoteTask<Integer, RuntimeException>) () -> 1)
                                .type()
                        == Protocol.REFUSED);
        control.send(new ControlFrame.Shutdown(100));
        assertThat(line.answer().thrownAtItsEnd()).isInstanceOf(InterruptedException.class);
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isZero();
    }

    @Test
    void aTaskThatHoldsUpTheShutdownIsNamed() throws Exception {
        Control control = serve();
        Line line = parent.line();
        line.call().send((RemoteAction<Exception>) () -> {
            EVENTS.add("started");
            stubborn("let go");
        });
        assertThat(event()).isEqualTo("started");
        control.send(new ControlFrame.Shutdown(0));
        assertThat(control.expect(ControlFrame.Condemned.class).slotId()).isZero();
        control.expect(ControlFrame.Goodbye.class);
        assertThat(exitCode()).isZero();
    }

    @Test
    void aLostParentInterruptsLinkedTasksAndLetsDetachedOnesFinish() throws Exception {
        Control control = serve();
        Line linked = parent.line();
        control.send(new ControlFrame.OpenSlot(1));
        Line detached = parent.line();
        detached.call().flags(Protocol.CALL_DETACHED).send((RemoteAction<Exception>) () -> {
            EVENTS.add("detached runs");
            await("detached may end");
            EVENTS.add("detached ended " + RunnerContext.current().isCancelled());
        });
        assertThat(event()).isEqualTo("detached runs");
        linked.call().send((RemoteAction<Exception>) () -> {
            EVENTS.add("linked runs");
            try {
                await("never");
            } catch (InterruptedException e) {
                EVENTS.add("linked interrupted");
            }
        });
        assertThat(event()).isEqualTo("linked runs");
        parent.close();
        assertThat(event()).isEqualTo("linked interrupted");
        latch("detached may end").countDown();
        assertThat(event()).isEqualTo("detached ended false");
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_PARENT_LOST);
    }

    @Test
    void aStubbornTaskCannotHoldARunnerWithoutParent() throws Exception {
        // What is promised, at the best of some attempts: the machine may be busy.
        Duration promised = Duration.ofSeconds(2);
        Duration best = endOfAStubbornTask();
        for (int more = 4; more > 0 && best.compareTo(promised) >= 0; more--) {
            parent = ScriptedParent.onTcp();
            Duration next = endOfAStubbornTask();
            best = next.compareTo(best) < 0 ? next : best;
        }
        assertThat(best).isLessThan(promised);
    }

    /** How long a runner outlives its parent. */
    private Duration endOfAStubbornTask() throws Exception {
        serve();
        Line line = parent.line();
        line.call().send((RemoteAction<Exception>) () -> {
            EVENTS.add("started");
            stubborn("let go");
        });
        assertThat(event()).isEqualTo("started");
        long before = System.nanoTime();
        parent.close();
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_PARENT_LOST);
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        // The only interrupt. What comes of it late would be taken for the start of the next task.
        assertThat(event()).isEqualTo("ignored");
        return took;
    }

    @Test
    void heartbeatsAreSentAndMissed() throws Exception {
        Terms terms = new Terms();
        // Long enough for this thread to answer in time on any machine; the last one is not answered.
        terms.heartbeatMillis = 1_000;
        Control control = serve(terms);
        for (int i = 0; i < 2; i++) {
            control.expect(ControlFrame.RunnerHeartbeat.class);
            control.send(new ControlFrame.ParentHeartbeat());
        }
        control.expectEnd();
        assertThat(exitCode()).isEqualTo(Protocol.EXIT_PARENT_LOST);
    }

    @Test
    void killEndsItsThreads() throws Exception {
        serve();
        Line line = parent.line();
        line.call().send((RemoteAction<Exception>) () -> {
            EVENTS.add("started");
            await("never");
        });
        assertThat(event()).isEqualTo("started");
        runner.kill();
        assertThat(exitCode()).isEqualTo(137);
        // The last of them has told the exit code.
        Awaitility.await().atMost(ScriptedParent.PATIENCE).until(RunnerTest::noThreadOfARunner);
    }

    @Test
    void killEndsARunnerThatIsStillDialling() throws Exception {
        start();
        parent.control();
        runner.kill();
        assertThat(exitCode()).isEqualTo(137);
    }

    // --- what slots keep

    private static final class Thing implements AutoCloseable {
        private final AtomicInteger uses = new AtomicInteger();

        @Override
        public void close() {
            EVENTS.add("closed on " + Thread.currentThread().getName());
        }
    }

    private void place(Line line) throws IOException {
        RemoteTask<Thing, RuntimeException> make = Thing::new;
        assertThat(line.call().target(Protocol.TARGET_PLACE).run(make).result()).isNull();
    }

    private static Answer use(Line line) throws IOException {
        RemoteFunction<Thing, Integer, RuntimeException> use = thing -> thing.uses.incrementAndGet();
        return line.call().target(Protocol.TARGET_PLACED).run(use);
    }

    @Test
    void aPlacedObjectStaysUntilItIsDiscarded() throws Exception {
        Control control = serve();
        Line line = parent.line();
        place(line);
        assertThat(use(line).result()).isEqualTo(1);
        assertThat(use(line).result()).isEqualTo(2);
        // The word first: a slot waits a second for it once its connection has ended, and then dials again.
        control.send(new ControlFrame.SlotClosed(0, 0, true, true));
        line.expectEnd();
        line.close();
        assertThat(event()).isEqualTo("closed on flame4j-scripted-1-slot-0");
        Line next = parent.line();
        assertThat(use(next).failureKind()).isEqualTo(Protocol.FAILURE_GONE);
    }

    @Test
    void aPlacedObjectSurvivesABrokenConnectionAndACancelledCall() throws Exception {
        Control control = serve();
        Line line = parent.line();
        place(line);
        line.call().target(Protocol.TARGET_PLACED).send((RemoteFunction<Thing, Integer, Exception>) thing -> {
            EVENTS.add("started");
            await("never");
            return 1;
        });
        assertThat(event()).isEqualTo("started");
        line.abandon(control, true, false);
        Line second = parent.line();
        assertThat(use(second).result()).isEqualTo(1);
        second.close();
        Line third = parent.line();
        assertThat(third.hello.generation()).isEqualTo(2);
        assertThat(use(third).result()).isEqualTo(2);
        assertThat(EVENTS).isEmpty();
    }

    @Test
    void aDiscardThatComesLateHitsOnlyWhatItIsMeantFor() throws Exception {
        Control control = serve();
        Line line = parent.line();
        place(line);
        line.close();
        Line second = parent.line();
        control.send(new ControlFrame.SlotClosed(0, 0, true, true));
        assertThat(event()).startsWith("closed on flame4j-scripted-1-slot-0");
        place(second);
        control.send(new ControlFrame.SlotClosed(0, 0, true, true));
        control.send(new ControlFrame.OpenSlot(1));
        parent.line();
        assertThat(use(second).result()).isEqualTo(1);
        assertThat(EVENTS).isEmpty();
    }

    @Test
    void anObjectWhosePlacingWasGivenUpIsClosed() throws Exception {
        Control control = serve();
        Line line = parent.line();
        line.call().target(Protocol.TARGET_PLACE).send((RemoteTask<Thing, Exception>) () -> {
            EVENTS.add("started");
            try {
                await("never");
            } catch (InterruptedException e) {
                EVENTS.add("interrupted");
            }
            return new Thing();
        });
        assertThat(event()).isEqualTo("started");
        line.abandon(control, true, false);
        assertThat(event()).isEqualTo("interrupted");
        assertThat(event()).startsWith("closed on");
    }

    @Test
    void whatSlotsKeepIsClosedWhenTheRunnerEnds() throws Exception {
        Control control = serve();
        Line line = parent.line();
        place(line);
        control.send(new ControlFrame.Shutdown(1_000));
        assertThat(event()).isEqualTo("closed on flame4j-scripted-1-slot-0");
        assertThat(exitCode()).isZero();
    }

    static final class Resource implements Trackable {
        private static final long serialVersionUID = 1L;
        private transient int uses;
        private final String name;

        Resource(String name) {
            this.name = name;
        }

        @Override
        public void tracked(TrackedHandle handle) {}

        @Override
        public void released() {
            EVENTS.add("released " + name + " after " + uses);
        }
    }

    private static Answer useTracked(Line line, long id) throws IOException {
        RemoteFunction<Resource, Integer, RuntimeException> use = resource -> ++resource.uses;
        return line.call().target(Protocol.TARGET_TRACKED, id).run(use);
    }

    @Test
    void trackedObjectsStayUntilTheyAreReleased() throws Exception {
        Control control = serve();
        Line line = parent.line();
        Answer answer = line.call().flags(Protocol.CALL_TRACK).run((RemoteTask<List<Resource>, RuntimeException>)
                () -> List.of(new Resource("a"), new Resource("b")));
        assertThat(answer.flags()).isEqualTo(Protocol.RESULT_TRACKED);
        List<TrackedEntry> entries = Line.tracked(answer);
        assertThat(entries).hasSize(2);
        long first = entries.get(0).id();
        assertThat(useTracked(line, first).result()).isEqualTo(1);
        assertThat(useTracked(line, first).result()).isEqualTo(2);
        assertThat(line.call().target(Protocol.TARGET_RELEASE, first).run(null).result())
                .isNull();
        assertThat(event()).isEqualTo("released a after 2");
        assertThat(useTracked(line, first).failureKind()).isEqualTo(Protocol.FAILURE_GONE);
        line.abandon(control, false, true);
        assertThat(event()).isEqualTo("released b after 0");
    }

    @Test
    void trackKeepsWhatIsNotSerializable() throws Exception {
        serve();
        Line line = parent.line();
        Answer answer = line.call().flags(Protocol.CALL_TRACK).run((RemoteTask<Tracked<Thing>, RuntimeException>)
                () -> RunnerContext.current().track(new Thing()));
        long id = Line.tracked(answer).get(0).id();
        RemoteFunction<Tracked<Thing>, Integer, RuntimeException> use =
                tracked -> tracked.get().uses.incrementAndGet();
        assertThat(line.call().target(Protocol.TARGET_TRACKED, id).run(use).result())
                .isEqualTo(1);
        assertThat(line.call().target(Protocol.TARGET_RELEASE, id).run(null).result())
                .isNull();
        assertThat(event()).startsWith("closed on flame4j-scripted-1-slot-0");
    }

    // --- checks

    private static ControlFrame.Check check(int id, RemoteCheck check) {
        ByteWriter out = new ByteWriter();
        new TaskEncoder(Codec.jdk()).encode(check).writeTo(out, new KnownShapes());
        return new ControlFrame.Check(id, out.toByteArray());
    }

    @Test
    void answersChecks() throws Exception {
        Control control = serve();
        parent.line();
        control.send(check(7, () -> true));
        assertThat(control.expect(ControlFrame.CheckAnswer.class))
                .isEqualTo(new ControlFrame.CheckAnswer(7, ControlFrame.CheckAnswer.YES, ""));
        control.send(check(8, () -> false));
        assertThat(control.expect(ControlFrame.CheckAnswer.class))
                .isEqualTo(new ControlFrame.CheckAnswer(8, ControlFrame.CheckAnswer.NO, ""));
        control.send(check(9, () -> {
            throw new IllegalStateException("cannot say");
        }));
        ControlFrame.CheckAnswer failed = control.expect(ControlFrame.CheckAnswer.class);
        assertThat(failed.answer()).isEqualTo(ControlFrame.CheckAnswer.FAILED);
        assertThat(failed.failure()).contains("cannot say");
        control.send(new ControlFrame.Check(10, new byte[] {1, 2, 3}));
        assertThat(control.expect(ControlFrame.CheckAnswer.class).answer()).isEqualTo(ControlFrame.CheckAnswer.FAILED);
    }
}
