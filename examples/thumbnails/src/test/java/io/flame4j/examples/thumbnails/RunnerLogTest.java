package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RunnerLogTest {

    private Instant now = Instant.EPOCH;
    private final List<String> counts = new ArrayList<>();
    private final RunnerLog log = new RunnerLog(() -> now, (ready, booting) -> counts.add(ready + "+" + booting));

    @Test
    void notesTheLifeOfARunner() throws Exception {
        log.onGrowStart("p", "p-1", 1);
        now = now.plusMillis(400);
        log.onGrowStart("p", "p-2", 2);
        log.onGrowEnd("p", "p-1", 2, Duration.ofMillis(400));
        now = now.plusMillis(600);
        log.onBootCancelled("p", "p-2");
        assertThat(log.awaitNone(Duration.ZERO)).isFalse();
        log.onShrink("p", "p-1", 0, ShrinkReason.IDLE);
        log.onRunnerLost("p", "p-1", new RunnerLostException("gone", "p-1", RunnerLostException.Reason.EXITED, null));

        assertThat(log.awaitNone(Duration.ZERO)).isTrue();
        assertThat(counts).containsExactly("0+1", "0+2", "1+1", "1+0", "0+0", "0+0");
        assertThat(log.booted()).isEqualTo(1);
        assertThat(log.meanBootTime()).isEqualTo(Duration.ofMillis(400));
        RunnerLog.Life first = log.lives().get(0);
        assertThat(first.ready()).isEqualTo(Instant.ofEpochMilli(400));
        assertThat(first.end()).isEqualTo(Instant.ofEpochSecond(1));
        assertThat(first.ending()).isEqualTo(RunnerLog.Ending.IDLE);
        assertThat(log.lives().get(1).ending()).isEqualTo(RunnerLog.Ending.BOOT_CANCELLED);
    }

    @Test
    void wakesWhoWaits() throws Exception {
        log.onGrowStart("p", "p-1", 1);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return log.awaitNone(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        log.onBootFailed("p", "p-1", new RunnerBootException("no", false, null), Duration.ofSeconds(1));

        assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
    }
}
