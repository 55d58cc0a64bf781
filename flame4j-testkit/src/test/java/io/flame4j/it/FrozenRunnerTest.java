package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A runner that is stopped but not dead: it keeps its connections, and takes what is sent, and says nothing. */
class FrozenRunnerTest extends PoolTestBase {

    /** What may be late by on a machine that is busy with other tests. Nothing else ends a call so soon. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private void assertTimesOut(String what, CompletableFuture<?> call, long began, Duration deadline) {
        assertThat(failureOf(call)).isInstanceOf(CallTimeoutException.class);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println(
                what + " with a deadline of " + deadline.toMillis() + " ms returned after " + took.toMillis() + " ms");
        assertThat(took).isBetween(deadline, deadline.plus(GRACE));
    }

    @Test
    void noCallIsHeldPastItsDeadline() {
        start(Backends.PROCESS_UNIX.pool().max(1).maxConcurrency(4).heartbeat(Duration.ofMinutes(1)));
        String where = directory.toString();
        // Two connections: one will have a call, one will be free; the third call needs one that is not there.
        assertServes("warm", 2);
        Duration inFlight = Duration.ofSeconds(3);
        CallOptions options = CallOptions.defaults().timeout(inFlight);
        long began = System.nanoTime();
        CompletableFuture<Long> running = pool.callAsync(() -> Jobs.hold(where, "held"), options);
        long pid = Jobs.awaitRun(directory, "held");
        Processes.freeze(pid);
        Duration deadline = Duration.ofMillis(500);
        CallOptions brief = CallOptions.defaults().timeout(deadline);
        long first = System.nanoTime();
        CompletableFuture<Long> onFreeConnection = pool.callAsync(Jobs::pid, brief);
        CompletableFuture<Long> withoutConnection = pool.callAsync(Jobs::pid, brief);
        byte[] payload = new byte[4 << 20];
        CompletableFuture<Integer> large = pool.callAsync(() -> payload.length, brief);
        assertTimesOut("a new call on a frozen runner", onFreeConnection, first, deadline);
        assertTimesOut("a new call without a connection", withoutConnection, first, deadline);
        assertTimesOut("a new call with a large argument", large, first, deadline);
        assertTimesOut("a call that ran when the runner froze", running, began, inFlight);

        Processes.thaw(pid);
        assertServes("after", 4);
        assertThat(watch.losses).isEmpty();
    }

    @Test
    void aFrozenRunnerIsLostAfterThreeHeartbeatsKilledAndReplaced() {
        // What counts is when it was heard last: up to a heartbeat before it froze, and more when that was late.
        Duration heartbeat = Duration.ofSeconds(3);
        start(Backends.PROCESS_UNIX.pool().min(1).max(2).maxConcurrency(2).heartbeat(heartbeat));
        CompletableFuture<Long> call = hold("held");
        long pid = Jobs.awaitRun(directory, "held");
        long frozen = System.nanoTime();
        Processes.freeze(pid);
        assertThat(failureOf(call)).isInstanceOfSatisfying(RunnerLostException.class, lost -> {
            assertThat(lost.reason()).isEqualTo(Reason.HEARTBEAT);
            assertThat(lost.getMessage()).contains("nothing was heard");
        });
        Duration took = Duration.ofNanos(System.nanoTime() - frozen);
        System.out.println("a frozen runner was lost after " + took.toMillis() + " ms at a heartbeat of 3 s");
        assertThat(took)
                .isBetween(heartbeat.multipliedBy(2), heartbeat.multipliedBy(4).plus(GRACE));
        Processes.awaitEnd(pid, Jobs.LONG);
        awaitStats("a replacement", stats -> stats.ready() >= 1);
        assertServes("after", 2);
    }

    @Test
    void aRunnerThatIsFrozenForLessIsNotLost() {
        Duration heartbeat = Duration.ofSeconds(6);
        start(Backends.PROCESS_UNIX.pool().max(1).maxConcurrency(2).heartbeat(heartbeat));
        CompletableFuture<Long> held = hold("held");
        long pid = Jobs.awaitRun(directory, "held");
        Processes.freeze(pid);
        // Frozen for a while: how long is measured by a call that can only time out.
        assertThat(failureOf(pool.callAsync(Jobs::pid, CallOptions.defaults().timeout(Duration.ofMillis(6_500)))))
                .isInstanceOf(CallTimeoutException.class);
        Processes.thaw(pid);
        Jobs.go(directory, "held");
        assertThat(valueOf(held)).isEqualTo(pid);
        assertServes("after", 2);
        assertThat(watch.losses).isEmpty();
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }
}
