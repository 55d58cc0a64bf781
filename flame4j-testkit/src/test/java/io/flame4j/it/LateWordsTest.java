package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
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
        return start(Backends.LOCAL.pool().backend(ends).max(1).maxConcurrency(1));
    }

    private static Throwable failureOf(FlamePool pool) throws Exception {
        return pool.callAsync(() -> "never")
                .handle((value, failure) -> failure)
                .get(60, TimeUnit.SECONDS);
    }

    /** Its exit is never reported, but its backend knows of it when it is asked. */
    @Test
    void aLossThatIsNotReportedIsToldWithWhatTheBackendKnows() throws Exception {
        FlamePool pool = scripted((runner, sequence, slot) -> {
            ends.lives.get(0).known = TERMINATED;
            ends.lives.get(0).end();
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
            ends.lives.get(0).known = TERMINATED;
            slot.close();
            Awaitility.await()
                    .pollDelay(400, TimeUnit.MILLISECONDS)
                    .until(() -> true);
            ends.lives.get(0).exit.complete(TERMINATED);
            ends.lives.get(0).end();
        });

        assertThat(failureOf(pool)).isInstanceOf(RunnerLostException.class).hasMessageContaining("code 143");
    }
}
