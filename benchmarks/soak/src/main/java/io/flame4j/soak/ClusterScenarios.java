package io.flame4j.soak;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.FlamePool;
import io.flame4j.PoolStats;
import io.flame4j.RunnerLostException;
import io.flame4j.testkit.kubernetes.Fault;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** What happens to a cluster: its API server is away or errs, a node is gone, pods are deleted. */
final class ClusterScenarios {

    private static final Duration OUTAGE = Duration.ofSeconds(60);

    private static final Duration SHUTDOWN = Duration.ofSeconds(5);

    /** What closing may take: 15 s more for runners, 10 s for the API server, and a machine that is busy. */
    private static final Duration CLOSED_WITHIN = SHUTDOWN.plusSeconds(35);

    private static final String NETWORK = "127.0.31";
    private static final String OTHER_NETWORK = "127.0.32";

    private ClusterScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("api-down-boot", "API server away while pods are needed", null, ClusterScenarios::boot),
                new Scenario("api-down-idle", "API server away while pods idle out", null, ClusterScenarios::idle),
                new Scenario("api-down-close", "API server away while the pool closes", null, ClusterScenarios::close),
                new Scenario("api-errors", "API server fails 30 % of requests", null, ClusterScenarios::errors),
                new Scenario("node-gone", "node gone", RunnerScenarios.THREE_HEARTBEATS, ClusterScenarios::nodeGone),
                new Scenario("pods-deleted", "pods deleted while calls run", null, ClusterScenarios::deleted));
    }

    private static Duration outage(Stage stage) {
        return Duration.ofSeconds(stage.times((int) OUTAGE.toSeconds()));
    }

    private static void boot(Stage stage) {
        ClusterStage cluster = new ClusterStage(stage);
        cluster.node("a", NETWORK);
        FlamePool pool = stage.start(cluster.pool().min(1).max(3).maxConcurrency(1));
        stage.expect(stage.runner(pool) > 0, "no runner before");
        // It says once that calls do not go through, and once that the feed is lost.
        stage.mayBeLogged(4);
        cluster.server().stop();
        stage.injected(1);
        List<CompletableFuture<Long>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(stage.calls()
                    .async(
                            pool,
                            "call",
                            OUTAGE.multipliedBy(3),
                            0,
                            (where, number) -> () -> Jobs.hold(where, number, "during")));
        }
        Await.until("the runner that is there to serve", () -> begun(stage) == 1);
        Await.pass(outage(stage));
        stage.expect(begun(stage) == 1, "a runner was booted without an API server");
        cluster.server().start();
        Await.until("pods to be created again", () -> begun(stage) == 3);
        stage.go("during");
        CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new)).join();
        stage.expectServes(pool, 3);
        cluster.expectNoPods(pool);
    }

    private static int begun(Stage stage) {
        return Jobs.begun(stage.directory(), "during").size();
    }

    private static void idle(Stage stage) {
        ClusterStage cluster = new ClusterStage(stage);
        ProcessNode node = cluster.node("a", NETWORK);
        FlamePool pool = stage.start(cluster.pool().max(2).maxConcurrency(1).idleShutdownAfter(Duration.ofMillis(500)));
        Stage.Held one = stage.hold(pool, "one");
        Stage.Held other = stage.hold(pool, "other");
        // Two of the client about its watch, one of the feed, one for each runner and each pod that cannot be ended.
        stage.mayBeLogged(7);
        cluster.server().stop();
        stage.injected(1);
        stage.go("one");
        stage.go("other");
        CompletableFuture.allOf(one.call(), other.call()).join();
        Await.until("idle runners to end without the API server", () -> !isAlive(one) && !isAlive(other));
        Await.pass(outage(stage));
        cluster.server().start();
        Await.until(
                "their pods to go; the node has " + node.pods().size(),
                () -> cluster.pods().isEmpty());
        stage.expectServes(pool, 2);
        cluster.expectNoPods(pool);
    }

    private static boolean isAlive(Stage.Held held) {
        return ProcessHandle.of(held.pid()).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void close(Stage stage) {
        ClusterStage cluster = new ClusterStage(stage);
        cluster.node("a", NETWORK);
        FlamePool pool =
                stage.start(cluster.pool().min(2).max(2).maxConcurrency(1).shutdownTimeout(SHUTDOWN));
        Stage.Held one = stage.hold(pool, "one");
        stage.go("one");
        one.call().join();
        // Also that what is left goes with its owner, and which runners' ends were not reported.
        stage.mayBeLogged(8);
        cluster.server().stop();
        stage.injected(1);
        long began = System.nanoTime();
        pool.close();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        stage.expect(took.compareTo(CLOSED_WITHIN) < 0, "closing took " + took.toSeconds() + " s");
        Await.until("the runner to end without the API server", () -> !isAlive(one));
        cluster.server().start();
    }

    private static void errors(Stage stage) {
        ClusterStage cluster = new ClusterStage(stage);
        cluster.node("a", NETWORK);
        Random dice = new Random(stage.random().nextLong());
        List<Fault> faults = new ArrayList<>();
        for (int status : new int[] {429, 500, 409}) {
            // One in nine, of what is left one in nine: three in ten together, about.
            faults.add(cluster.server()
                    .failWhen(
                            request -> request.user().equals(ClusterStage.PARENT) && dice.nextInt(9) == 0,
                            status,
                            "the scenario says so"));
        }
        FlamePool pool = stage.start(cluster.pool().max(3).maxConcurrency(1).idleShutdownAfter(Duration.ofMillis(50)));
        int rounds = stage.times(20);
        stage.mayBeLogged(8L * rounds);
        for (int i = 0; i < rounds; i++) {
            List<CompletableFuture<Long>> calls = new ArrayList<>();
            for (int j = 0; j < 3; j++) {
                calls.add(stage.calls()
                        .async(pool, "call", Await.LONG, 0, (where, number) -> () -> Jobs.take(where, number, 1)));
            }
            CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new)).join();
            Await.until("the runners to idle out", () -> pool.stats().runners().isEmpty());
        }
        stage.injected(faults.stream().mapToInt(Fault::hits).sum());
        stage.expectServes(pool, 3);
        faults.forEach(Fault::end);
        cluster.expectNoPods(pool);
    }

    private static void nodeGone(Stage stage) {
        ClusterStage cluster = new ClusterStage(stage);
        ProcessNode first = cluster.node("a", NETWORK);
        FlamePool pool = stage.start(cluster.pool().max(2).maxConcurrency(1).heartbeat(Stage.HEARTBEAT));
        Stage.Held held = stage.hold(pool, "held");
        // The end of a pod that was deleted is not reported.
        stage.mayBeLogged(2);
        long gone = System.nanoTime();
        first.freeze();
        stage.injected(1);
        Throwable failure = stage.failureOf(held.call());
        stage.noticed(gone);
        stage.expect(
                failure instanceof RunnerLostException lost && lost.reason() == RunnerLostException.Reason.HEARTBEAT,
                "not lost for its silence: " + failure);
        cluster.node("b", OTHER_NETWORK);
        stage.expectServes(pool, 2);
        first.recover();
        Await.until("the lost pod to be ended by its node", () -> !isAlive(held));
        cluster.expectNoPods(pool);
    }

    private static void deleted(Stage stage) {
        ClusterStage cluster = new ClusterStage(stage);
        cluster.node("a", NETWORK);
        FlamePool pool = stage.start(cluster.pool().min(2).max(3).maxConcurrency(2));
        int times = stage.times(10);
        stage.mayBeLogged(times);
        for (int i = 0; i < times; i++) {
            List<CompletableFuture<Long>> calls = new ArrayList<>();
            for (int j = 0; j < 6; j++) {
                int millis = stage.random().nextInt(200);
                calls.add(stage.calls()
                        .async(pool, "call", Await.LONG, 5, (where, number) -> () -> Jobs.take(where, number, millis)));
            }
            Await.until(
                    "a runner",
                    () -> pool.stats().runners().stream().anyMatch(runner -> runner.state() == PoolStats.State.READY));
            Await.pass(Duration.ofMillis(stage.random().nextInt(100)));
            List<Pod> pods = cluster.pods();
            if (!pods.isEmpty()) {
                // With grace its calls finish, without they are lost and run again.
                cluster.delete(
                        pods.get(stage.random().nextInt(pods.size())),
                        stage.random().nextInt(2) * 30);
                stage.injected(1);
            }
            CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new)).join();
        }
        stage.expectServes(pool, 6);
        cluster.expectNoPods(pool);
    }
}
