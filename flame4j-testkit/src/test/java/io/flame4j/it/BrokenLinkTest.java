package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallOptions;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.testkit.LinkFault.Direction;
import io.flame4j.testkit.LinkProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Connections that break while both ends are well. */
class BrokenLinkTest extends PoolTestBase {

    final LinkProxy proxy = new LinkProxy(backend().create());

    Backends backend() {
        return Backends.PROCESS_TCP;
    }

    @Test
    void aCutSlotConnectionFailsItsCallAndNoOther() {
        start(backend().pool().backend(proxy).max(1).maxConcurrency(4));
        Map<Integer, CompletableFuture<Long>> calls = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            calls.put(i, hold("held-" + i));
            Jobs.awaitRun(directory, "held-" + i);
        }
        assertThat(proxy.slots()).hasSize(4);

        long cut = System.nanoTime();
        proxy.slots().get(1).cut();
        CompletableFuture.anyOf(calls.values().toArray(new CompletableFuture<?>[0]))
                .handle((value, failure) -> failure)
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        System.out.println(
                "the call on a cut connection failed after " + (System.nanoTime() - cut) / 1_000_000 + " ms");
        for (int i = 0; i < 4; i++) {
            Jobs.go(directory, "held-" + i);
        }
        List<Throwable> failures = new ArrayList<>();
        calls.forEach((number, call) -> {
            if (call.isCompletedExceptionally()) {
                failures.add(failureOf(call));
            } else {
                valueOf(call);
            }
        });
        assertThat(failures).singleElement().isInstanceOfSatisfying(RunnerLostException.class, lost -> {
            assertThat(lost.reason()).isEqualTo(Reason.CONNECTION);
            assertThat(lost.getMessage()).contains("the runner is up");
        });
        assertThat(watch.losses).as("the runner itself was not lost").isEmpty();
        assertServes("after", 4);
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    @Test
    void everySlotConnectionCanBeCutAndComesBack() {
        start(backend().pool().backend(proxy).max(1).maxConcurrency(4));
        for (int round = 0; round < 5; round++) {
            List<CompletableFuture<Long>> calls = holdAll("round-" + round, 4);
            proxy.slots().forEach(LinkProxy.Link::cut);
            assertThat(calls).allSatisfy(call -> assertThat(failureOf(call)).isInstanceOf(RunnerLostException.class));
            // Their tasks were interrupted, or the slots would be taken for good.
        }
        assertServes("after", 4);
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    @Test
    void aConnectionThatWasCutWhileNobodyUsedItCostsNoCall() {
        start(backend().pool().backend(proxy).max(1).maxConcurrency(4));
        assertServes("before", 4);
        for (int round = 0; round < 20; round++) {
            proxy.slots().forEach(LinkProxy.Link::cut);
            // A connection that was used a moment ago is not looked at before a call is sent on it, and one that is
            // being
            // dialled is cut by a thread of the proxy.
            Awaitility.await().pollDelay(Duration.ofMillis(250)).until(() -> true);
            assertThat(pool.<Long, RuntimeException>call(
                            Jobs::pid, CallOptions.defaults().timeout(Duration.ofSeconds(20))))
                    .isPositive();
        }
        assertServes("after", 4);
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    @Test
    void aCutControlConnectionEndsTheRunnerAndThePoolBootsAnother() {
        start(backend().pool().backend(proxy).min(1).max(1).maxConcurrency(2));
        CompletableFuture<Long> call = hold("held");
        long first = Jobs.awaitRun(directory, "held");
        proxy.controls().get(0).cut();
        assertThat(failureOf(call)).isInstanceOf(RunnerLostException.class);
        Processes.awaitEnd(first, Jobs.LONG);
        assertServes("after", 2);
    }

    @Test
    void aSilentControlConnectionLosesTheRunnerWithinThreeHeartbeats() {
        Duration heartbeat = Duration.ofSeconds(1);
        start(backend().pool().backend(proxy).max(1).maxConcurrency(2).heartbeat(heartbeat));
        CompletableFuture<Long> call = hold("held");
        long first = Jobs.awaitRun(directory, "held");
        long silenced = System.nanoTime();
        // One way only: a runner that hears nothing either ends itself, and may be the first.
        proxy.controls().get(0).silence(Direction.TO_PARENT);
        assertThat(failureOf(call))
                .isInstanceOfSatisfying(
                        RunnerLostException.class,
                        lost -> assertThat(lost.reason()).isEqualTo(Reason.HEARTBEAT));
        System.out.println("a silent network was noticed after " + (System.nanoTime() - silenced) / 1_000_000
                + " ms at a heartbeat of 1 s");
        Processes.awaitEnd(first, Jobs.LONG);
        assertServes("after", 2);
    }

    @Test
    void aCallOnItsWayToARunnerThatEndsGoesToAnother() {
        start(backend().pool().backend(proxy).max(1).maxConcurrency(1));
        long first = pool.call(Jobs::pid);
        LinkProxy.Link slot = proxy.slots().get(0);
        slot.silence();
        CompletableFuture<Long> call = hold("held");
        Awaitility.await("the call to be on its way").atMost(Jobs.LONG).until(slot::isHolding);
        Processes.terminate(first);
        Processes.awaitEnd(first, Jobs.LONG);
        long second = Jobs.awaitRun(directory, "held");
        Jobs.go(directory, "held");
        assertThat(valueOf(call)).isEqualTo(second).isNotEqualTo(first);
        assertThat(Jobs.runs(directory, "held")).hasSize(1);
        assertThat(watch.losses).isEmpty();
    }

    /** The answer is on its way when the runner ends: it ran, and must not run again. */
    @Test
    void aCallWhoseAnswerIsLostWithItsRunnerIsNotRepeated() {
        start(backend().pool().backend(proxy).max(1).maxConcurrency(1));
        long first = pool.call(Jobs::pid);
        LinkProxy.Link slot = proxy.slots().get(0);
        CompletableFuture<Long> call = hold("held");
        Jobs.awaitRun(directory, "held");
        slot.silence();
        Jobs.go(directory, "held");
        Awaitility.await("the answer to be on its way").atMost(Jobs.LONG).until(slot::isHolding);
        Processes.terminate(first);
        Processes.awaitEnd(first, Jobs.LONG);
        slot.cut();
        assertThat(failureOf(call)).isInstanceOf(RunnerLostException.class);
        assertThat(Jobs.runs(directory, "held")).hasSize(1);
    }
}
