package io.flame4j.soak;

import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testkit.LinkFault;
import io.flame4j.testkit.LinkFault.Direction;
import io.flame4j.testkit.LinkProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What happens to runners: killed at all moments, frozen, out of memory. */
final class RunnerScenarios {

    private static final Duration AT_ONCE = Duration.ofMillis(100);

    /** Three heartbeats, and what the pool's timer and a busy machine add. */
    static final Duration THREE_HEARTBEATS = Stage.HEARTBEAT.multipliedBy(3).plusMillis(250);

    private static final int BIG = 16 << 20;

    private RunnerScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("killed-idle", "runner killed before a task", AT_ONCE, RunnerScenarios::killedBefore),
                new Scenario("killed-running", "runner killed during a task", AT_ONCE, RunnerScenarios::killedDuring),
                new Scenario("killed-after", "runner killed after a task", AT_ONCE, RunnerScenarios::killedAfter),
                new Scenario(
                        "killed-answering",
                        "runner killed while it sends a result",
                        AT_ONCE,
                        RunnerScenarios::killedAnswering),
                new Scenario(
                        "killed-retried", "runner killed during a task with retries", null, RunnerScenarios::retried),
                new Scenario("frozen", "runner frozen", THREE_HEARTBEATS, RunnerScenarios::frozen),
                new Scenario("thawed", "runner frozen for less than three heartbeats", null, RunnerScenarios::thawed),
                new Scenario("out-of-memory", "runner out of memory", null, RunnerScenarios::outOfMemory));
    }

    private static void killedBefore(Stage stage) {
        FlamePool pool =
                stage.start(stage.pool().min(1).max(1).maxConcurrency(4).heartbeat(Stage.UNHURRIED));
        long pid = stage.runner(pool);
        long killed = System.nanoTime();
        Processes.kill(pid);
        stage.injected(1);
        // At any moment of the runner's end: it is told to another runner, or it is lost, and then it may have begun.
        CompletableFuture<Long> call = stage.async(pool, (where, number) -> () -> Jobs.take(where, number, 0));
        stage.noticed(killed, stage.awaitLoss(1));
        call.handle((value, failure) -> null).join();
        stage.expectServes(pool, 4);
    }

    private static void killedDuring(Stage stage) {
        FlamePool pool =
                stage.start(stage.pool().min(2).max(2).maxConcurrency(2).heartbeat(Stage.UNHURRIED));
        Stage.Held one = stage.hold(pool, "one");
        Stage.Held other = stage.hold(pool, "other");
        long killed = System.nanoTime();
        Processes.kill(one.pid());
        stage.injected(1);
        Throwable failure = stage.failureOf(one.call());
        stage.noticed(killed);
        stage.expect(
                failure instanceof RunnerLostException lost
                        && lost.reason() == RunnerLostException.Reason.EXITED
                        && String.valueOf(lost.getMessage()).contains("137"),
                "the reason is not told: " + failure);
        stage.go("other");
        if (other.pid() != one.pid()) {
            stage.expect(other.call().join() > 0, "a neighbour on another runner failed");
        }
        stage.expectServes(pool, 4);
    }

    private static void killedAfter(Stage stage) {
        FlamePool pool =
                stage.start(stage.pool().min(1).max(1).maxConcurrency(2).heartbeat(Stage.UNHURRIED));
        long pid = stage.runner(pool);
        stage.async(pool, (where, number) -> () -> Jobs.take(where, number, 5)).join();
        long killed = System.nanoTime();
        Processes.kill(pid);
        stage.injected(1);
        stage.noticed(killed, stage.awaitLoss(1));
        stage.expectServes(pool, 2);
    }

    private static void killedAnswering(Stage stage) {
        LinkProxy network = new LinkProxy(ProcessBackend.builder().heap("128m").build());
        FlamePool pool =
                stage.start(stage.pool(network).min(1).max(1).maxConcurrency(1).heartbeat(Stage.UNHURRIED));
        long pid = stage.runner(pool);
        LinkProxy.Link slot = network.slots().get(0);
        // Held up in the middle of the answer, so that the runner is certainly in it.
        slot.inject(LinkFault.silence().towards(Direction.TO_PARENT).afterBytes(1 << 20));
        int size = BIG;
        String where = stage.directory().toString();
        long number = Calls.number();
        stage.calls().begin(number, "big answer", Stage.DEADLINE, 1);
        CompletableFuture<byte[]> big = pool.callAsync(() -> Jobs.bytes(where, number, size));
        Await.until("the answer to be on its way", slot::isHolding);
        long killed = System.nanoTime();
        Processes.kill(pid);
        stage.injected(1);
        slot.heal();
        Throwable failure = stage.failureOf(big);
        stage.noticed(killed);
        stage.calls().failure(number, failure);
        stage.expectServes(pool, 1);
    }

    private static void retried(Stage stage) {
        FlamePool pool =
                stage.start(stage.pool().min(1).max(2).maxConcurrency(2).heartbeat(Stage.UNHURRIED));
        CompletableFuture<Long> call = stage.calls()
                .async(pool, "call", Stage.DEADLINE, 1, (where, number) -> () -> Jobs.hold(where, number, "job"));
        Await.until("the first run", () -> Jobs.begun(stage.directory(), "job").size() == 1);
        Processes.kill(Jobs.begun(stage.directory(), "job").get(0));
        stage.injected(1);
        Await.until("the second run", () -> Jobs.begun(stage.directory(), "job").size() == 2);
        stage.go("job");
        call.join();
        stage.expectServes(pool, 4);
    }

    private static void frozen(Stage stage) {
        FlamePool pool = stage.start(stage.pool().min(1).max(1).maxConcurrency(2));
        Stage.Held held = stage.hold(pool, "held");
        // At any moment between two heartbeats.
        Await.pass(Duration.ofMillis(stage.random().nextInt(500)));
        Processes.freeze(held.pid());
        long frozen = System.nanoTime();
        stage.injected(1);
        Throwable failure = stage.failureOf(held.call());
        stage.noticed(frozen);
        stage.expect(
                failure instanceof RunnerLostException lost && lost.reason() == RunnerLostException.Reason.HEARTBEAT,
                "the reason is not told: " + failure);
        Await.until("the end of the frozen runner", () -> !Processes.isAlive(held.pid()));
        stage.expectServes(pool, 2);
    }

    private static void thawed(Stage stage) {
        FlamePool pool =
                stage.start(stage.pool().min(1).max(1).maxConcurrency(2).heartbeat(Duration.ofSeconds(2)));
        Stage.Held held = stage.hold(pool, "held");
        Processes.freeze(held.pid());
        stage.injected(1);
        Await.pass(Duration.ofMillis(500 + stage.random().nextInt(1_000)));
        Processes.thaw(held.pid());
        stage.go("held");
        stage.expect(held.call().join() > 0, "a call on a runner that was frozen for a moment failed");
        stage.expectServes(pool, 2);
        stage.expect(stage.losses().isEmpty(), "a runner that was frozen for a moment was given up");
    }

    private static void outOfMemory(Stage stage) {
        FlamePool pool =
                stage.start(stage.pool().min(1).max(2).maxConcurrency(2).heartbeat(Stage.UNHURRIED));
        Stage.Held neighbour = stage.hold(pool, "neighbour");
        long number = Calls.number();
        stage.calls().begin(number, "greedy call", Stage.DEADLINE, 1);
        String where = stage.directory().toString();
        long begun = System.nanoTime();
        Throwable failure = stage.failureOf(pool.callAsync(() -> {
            Jobs.note(where, number);
            return new long[1 << 28].length;
        }));
        stage.noticed(begun);
        stage.injected(1);
        // The parent says that the runner is condemned, and the runner why.
        stage.mayBeLogged(1);
        stage.expect(failure instanceof OutOfMemoryError, "the caller was told something else: " + failure);
        stage.calls().expectedFailure(number);
        stage.go("neighbour");
        stage.expect(neighbour.call().join() > 0, "a neighbour of a call without memory failed");
        Await.until("the end of the condemned runner", () -> !Processes.isAlive(neighbour.pid()));
        stage.expectServes(pool, 4);
    }
}
