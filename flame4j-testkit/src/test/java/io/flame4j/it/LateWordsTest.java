package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CodeMismatchException;
import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a runner's end is known by comes in any order: its exit, its goodbye, its answers, the ends of its connections. */
@Timeout(120)
class LateWordsTest extends PoolTestBase {

    private static final RunnerExit TERMINATED =
            new RunnerExit(Reason.EXITED, "exited with code 143", OptionalInt.of(143), List.of("the last line"), false);

    /** What a runner of the script does with a call. The first runner has number 0. */
    private interface Script {
        void answer(int runner, int sequence, SocketChannel slot) throws IOException;
    }

    private final CopyOnWriteArrayList<SocketChannel> controls = new CopyOnWriteArrayList<>();
    private ToldEnds ends;

    private FlamePool scripted(Script script) {
        return scripted(Duration.ofMillis(500), script);
    }

    private FlamePool scripted(Duration lossDetailsWithin, Script script) {
        HostileRunner runners = new HostileRunner(
                (sequence, slot) -> script.answer(controls.size() - 1, sequence, slot), controls::add);
        ends = new ToldEnds(runners, lossDetailsWithin);
        return start(
                Backends.LOCAL.pool().backend(ends).forwardLogs(true).max(1).maxConcurrency(1));
    }

    /** The first runner, which may serve before its start has returned. */
    private ToldEnds.Life first() {
        Awaitility.await().atMost(Jobs.LONG).until(() -> !ends.lives.isEmpty());
        return ends.lives.get(0);
    }

    /** Makes the best of three: a runner is given two seconds for its last words, and a machine may stall for that long. */
    private Throwable unlessLost(Script script) throws Exception {
        Throwable failure = failureOf(scripted(script));
        for (int more = 2; more > 0 && failure instanceof RunnerLostException; more--) {
            pool.shutdownNow();
            controls.clear();
            // Of its own: the one before may still be told of a loss.
            watch = new PoolWatch();
            failure = failureOf(scripted(script));
        }
        return failure;
    }

    private void goodbye(int runner, List<ControlFrame.Goodbye.Begun> begun) throws IOException {
        controls.get(runner).write(new ControlFrame.Goodbye("told to end", Optional.of(begun)).encode());
    }

    /** Something that can only have come from the runner. */
    private static void answer(int sequence, SocketChannel slot) throws IOException {
        ByteWriter body = new ByteWriter();
        body.writeByte(Protocol.FAILURE_CODE_MISMATCH);
        body.writeString("the answer");
        byte[] bytes = body.toByteArray();
        slot.write(ByteBuffer.allocate(16 + bytes.length)
                .put((byte) Protocol.FAILURE)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(sequence)
                .putLong(bytes.length)
                .put(bytes)
                .flip());
    }

    private static Throwable failureOf(FlamePool pool) throws Exception {
        return pool.callAsync(() -> "never").handle((value, failure) -> failure).get(60, TimeUnit.SECONDS);
    }

    @Test
    void anExitThatIsKnownBeforeTheGoodbyeCostsNoCallThatWasNotBegun() throws Exception {
        Throwable failure = unlessLost((runner, sequence, slot) -> {
            if (runner == 0) {
                first().exit.complete(TERMINATED);
                goodbye(0, List.of());
                first().end();
                return;
            }
            answer(sequence, slot);
        });

        assertThat(failure).isInstanceOf(CodeMismatchException.class).hasMessageContaining("the answer");

        Awaitility.await().atMost(Jobs.LONG).until(() -> ends.lives.size() == 2);
        awaitStats(
                "nothing to be left of the first one", stats -> stats.runners().size() == 1);
        assertThat(watch.losses).isEmpty();
        assertThat(pool.stats().calls().lost()).isZero();
    }

    @Test
    void anExitWithoutAGoodbyeIsALoss() throws Exception {
        FlamePool pool = scripted((runner, sequence, slot) -> {
            first().exit.complete(TERMINATED);
            first().end();
        });

        assertThat(failureOf(pool))
                .isInstanceOf(RunnerLostException.class)
                .hasMessageContaining("code 143")
                .hasMessageContaining("the last line");

        awaitStats("the loss to be counted", stats -> stats.calls().lost() == 1);
        Awaitility.await()
                .atMost(Jobs.LONG)
                .untilAsserted(() -> assertThat(watch.losses).hasSize(1));
    }

    /** Its connections stay open, as those of a machine that has gone do. */
    @Test
    void anExitThatNothingFollowsIsALossToo() throws Exception {
        FlamePool pool = scripted((runner, sequence, slot) -> first().exit.complete(TERMINATED));

        assertThat(failureOf(pool)).isInstanceOf(RunnerLostException.class).hasMessageContaining("code 143");

        awaitStats("nothing to be left of it", stats -> stats.runners().isEmpty());
    }

    /** Of a backend that is quick to tell, callers wait as long as the runner may take for its last words. */
    @Test
    void anExitIsToldThoughOnlyTheConnectionOfTheCallHasBroken() throws Exception {
        FlamePool pool = scripted(Duration.ofMillis(100), (runner, sequence, slot) -> {
            first().exit.complete(TERMINATED);
            slot.close();
        });

        assertThat(failureOf(pool)).isInstanceOfSatisfying(RunnerLostException.class, lost -> {
            assertThat(lost.reason()).isEqualTo(Reason.EXITED);
            assertThat(lost.getMessage()).contains("code 143");
        });
    }

    @Test
    void aPoolThatIsShutDownDoesNotWaitForLastWords() throws Exception {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        FlamePool pool = scripted((runner, sequence, slot) -> {
            first().exit.complete(TERMINATED);
            ended.complete(true);
        });
        CompletableFuture<Throwable> failure = pool.callAsync(() -> "never").handle((value, thrown) -> thrown);
        ended.get(60, TimeUnit.SECONDS);

        long began = System.nanoTime();
        pool.shutdownNow();

        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)).isLessThan(10);
        assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(RunnerLostException.class);
    }

    /** Its exit is never reported, but its backend knows of it when it is asked. */
    @Test
    void aLossThatIsNotReportedIsToldWithWhatTheBackendKnows() throws Exception {
        FlamePool pool = scripted((runner, sequence, slot) -> {
            first().known = TERMINATED;
            first().end();
        });

        assertThat(failureOf(pool)).isInstanceOfSatisfying(RunnerLostException.class, lost -> {
            assertThat(lost.reason()).isEqualTo(Reason.EXITED);
            assertThat(lost.getMessage()).contains("code 143", "the last line");
        });
    }

    /** The news of its control connection is late. */
    @Test
    void aRunnerThatItsBackendKnowsToHaveEndedIsNotSaidToBeUp() throws Exception {
        FlamePool pool = scripted(Duration.ofSeconds(30), (runner, sequence, slot) -> {
            first().known = TERMINATED;
            slot.close();
            Awaitility.await().pollDelay(400, TimeUnit.MILLISECONDS).until(() -> true);
            first().exit.complete(TERMINATED);
            first().end();
        });

        assertThat(failureOf(pool)).isInstanceOf(RunnerLostException.class).hasMessageContaining("code 143");
    }

    /** That its control connection has ended is there to be read, and the thread that reads it has not come to it. */
    @Test
    void aRunnerWhoseEndHasNotBeenReadIsNotSaidToBeUp() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        FlamePool pool = scripted(Duration.ofSeconds(30), (runner, sequence, slot) -> {
            first().onLog = () -> {
                stalled.countDown();
                awaitQuietly(goesOn);
            };
            controls.get(0).write(new ControlFrame.Log(0, new byte[0]).encode());
            awaitQuietly(stalled);
            first().end();
            Awaitility.await().pollDelay(400, TimeUnit.MILLISECONDS).until(() -> true);
            goesOn.countDown();
            first().exit.complete(TERMINATED);
        });

        assertThat(failureOf(pool)).isInstanceOf(RunnerLostException.class).hasMessageContaining("code 143");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It was written before the end, and the thread that is to read it has not come to it. */
    @Test
    void anAnswerThatIsReadAfterTheEndOfItsRunnerIsAnAnswer() throws Exception {
        Throwable failure = unlessLost((runner, sequence, slot) -> {
            goodbye(0, List.of(new ControlFrame.Goodbye.Begun(0, 0, sequence)));
            first().exit.complete(TERMINATED);
            controls.get(0).close();
            awaitStats("nothing to be left of it", stats -> stats.runners().isEmpty());
            answer(sequence, slot);
            first().end();
        });

        assertThat(failure).isInstanceOf(CodeMismatchException.class).hasMessageContaining("the answer");

        assertThat(watch.losses).isEmpty();
    }

    /** As one does that is killed: it says nothing, and its control connection ends before its end is reported. */
    @Test
    void anAnswerThatIsReadAfterTheControlConnectionHasEndedIsAnAnswer() throws Exception {
        Throwable failure = unlessLost((runner, sequence, slot) -> {
            controls.get(0).close();
            awaitStats("no more calls to be given to it", stats -> stats.ready() == 0);
            answer(sequence, slot);
            first().exit.complete(TERMINATED);
            first().end();
        });

        assertThat(failure).isInstanceOf(CodeMismatchException.class).hasMessageContaining("the answer");
    }

    /** Runner and parent are told to end at the same time. */
    @Test
    void aPoolThatIsClosedWaitsForAnswersThatWereSent() throws Exception {
        Throwable failure = unlessLost((runner, sequence, slot) -> {
            Thread closer = new Thread(pool::close, "test-closer");
            closer.start();
            goodbye(0, List.of(new ControlFrame.Goodbye.Begun(0, 0, sequence)));
            first().exit.complete(TERMINATED);
            controls.get(0).close();
            awaitStats("nothing to be left of it", stats -> stats.runners().isEmpty());
            // For long enough that the pool would have ended.
            Awaitility.await().pollDelay(200, TimeUnit.MILLISECONDS).until(() -> true);
            answer(sequence, slot);
            first().end();
        });

        assertThat(failure).isInstanceOf(CodeMismatchException.class).hasMessageContaining("the answer");
    }
}
