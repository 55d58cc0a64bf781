package io.flame4j.soak;

import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testkit.LinkFault;
import io.flame4j.testkit.LinkFault.Direction;
import io.flame4j.testkit.LinkProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What happens to connections while both ends are well. */
final class LinkScenarios {

    /** The pool waits for 200 ms whether the runner is lost too, to say which it was. */
    private static final Duration A_CONNECTION = Duration.ofMillis(500);

    private static final int PAYLOAD = 64 << 20;

    private LinkScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario(
                        "black-hole",
                        "black hole both ways",
                        RunnerScenarios.THREE_HEARTBEATS,
                        stage -> blackHole(stage, null)),
                new Scenario(
                        "deaf-parent",
                        "half-open: nothing reaches the parent",
                        RunnerScenarios.THREE_HEARTBEATS,
                        stage -> blackHole(stage, Direction.TO_PARENT)),
                new Scenario(
                        "deaf-runner",
                        "half-open: nothing reaches the runner",
                        // It ends itself: it interrupts its tasks first, and the way back is open.
                        RunnerScenarios.THREE_HEARTBEATS.plus(Duration.ofSeconds(1)),
                        stage -> blackHole(stage, Direction.TO_RUNNER)),
                new Scenario(
                        "reset-argument",
                        "reset in the middle of a 64 MiB argument",
                        null,
                        stage -> reset(stage, Direction.TO_RUNNER)),
                new Scenario(
                        "reset-result",
                        "reset in the middle of a 64 MiB result",
                        A_CONNECTION,
                        stage -> reset(stage, Direction.TO_PARENT)),
                new Scenario("corrupt", "one bit corrupted under TLS", A_CONNECTION, LinkScenarios::corrupt),
                new Scenario("slow", "connections late, narrow, split and joined", null, LinkScenarios::slow));
    }

    private static LinkProxy proxy(String heap, boolean tls) {
        return new LinkProxy(ProcessBackend.builder()
                .heap(heap)
                .transport(ProcessBackend.Transport.TCP)
                .tls(tls)
                .build());
    }

    private static void blackHole(Stage stage, @Nullable Direction direction) {
        LinkProxy network = proxy("64m", false);
        FlamePool pool = stage.start(stage.pool(network).min(1).max(1).maxConcurrency(2));
        Stage.Held held = stage.hold(pool, "held");
        Await.pass(Duration.ofMillis(stage.random().nextInt(500)));
        List<LinkProxy.Link> all = new ArrayList<>(network.controls());
        all.addAll(network.slots());
        LinkFault silence =
                direction == null ? LinkFault.silence() : LinkFault.silence().towards(direction);
        all.forEach(link -> link.inject(silence));
        long silenced = System.nanoTime();
        stage.injected(1);
        Throwable failure = stage.failureOf(held.call());
        stage.noticed(silenced);
        stage.expect(failure instanceof RunnerLostException, "the caller was told something else: " + failure);
        Await.until("the end of the runner", () -> !Processes.isAlive(held.pid()));
        stage.expectServes(pool, 2);
    }

    private static void reset(Stage stage, Direction direction) {
        LinkProxy network = proxy("512m", false);
        FlamePool pool =
                stage.start(stage.pool(network).min(1).max(1).maxConcurrency(2).heartbeat(Stage.UNHURRIED));
        long pid = stage.runner(pool);
        LinkProxy.Link slot = network.slots().get(0);
        // Held up half-way, so that the moment of the reset is known.
        slot.inject(LinkFault.silence().towards(direction).afterBytes(PAYLOAD / 2));
        long number = Calls.number();
        stage.calls().begin(number, "64 MiB", Stage.DEADLINE, 1);
        String where = stage.directory().toString();
        CompletableFuture<Integer> call;
        if (direction == Direction.TO_RUNNER) {
            byte[] argument = new byte[PAYLOAD];
            Jobs.stamp(argument, number);
            call = pool.callAsync(() -> Jobs.echo(where, number, argument).length);
        } else {
            int size = PAYLOAD;
            call = pool.callAsync(() -> Jobs.bytes(where, number, size)).thenApply(bytes -> bytes.length);
        }
        Await.until("the payload to be on its way", slot::isHolding);
        long broken = System.nanoTime();
        slot.reset();
        stage.injected(1);
        if (direction == Direction.TO_RUNNER) {
            // A task whose argument has not come whole was not begun, and goes over another connection.
            stage.calls().value(number, call.join() == PAYLOAD);
        } else {
            Throwable failure = stage.failureOf(call);
            stage.noticed(broken);
            stage.calls().failure(number, failure);
        }
        stage.expectServes(pool, 2);
        stage.expect(stage.runner(pool) == pid && stage.losses().isEmpty(), "a reset slot has cost its runner");
    }

    private static void corrupt(Stage stage) {
        LinkProxy network = proxy("64m", true);
        FlamePool pool =
                stage.start(stage.pool(network).min(1).max(1).maxConcurrency(2).heartbeat(Stage.UNHURRIED));
        stage.runner(pool);
        stage.expectServes(pool, 2);
        Direction direction = Direction.values()[stage.random().nextInt(2)];
        List<LinkProxy.Link> slots = network.slots();
        LinkFault fault = LinkFault.corrupt(1 << stage.random().nextInt(8))
                .towards(direction)
                .afterBytes(stage.random().nextInt(2_000));
        slots.forEach(slot -> slot.inject(fault));
        long number = Calls.number();
        stage.calls().begin(number, "call over a corrupt connection", Stage.DEADLINE, 1);
        String where = stage.directory().toString();
        byte[] argument = new byte[4_000];
        Jobs.stamp(argument, number);
        long begun = System.nanoTime();
        Throwable failure = stage.failureOf(pool.callAsync(() -> Jobs.echo(where, number, argument)));
        stage.noticed(begun);
        stage.injected(1);
        // The runner says why it closes the connection.
        stage.mayBeLogged(2);
        stage.calls().failure(number, failure);
        slots.forEach(LinkProxy.Link::heal);
        stage.expectServes(pool, 2);
    }

    private static void slow(Stage stage) {
        LinkProxy network = proxy("64m", stage.random().nextBoolean()).onOpen(link -> {
            link.inject(LinkFault.delay(Duration.ofMillis(5)));
            link.inject(LinkFault.throttle(4 << 20));
            link.inject(LinkFault.split(700).towards(Direction.TO_RUNNER));
            link.inject(LinkFault.join(Duration.ofMillis(3)).towards(Direction.TO_PARENT));
        });
        FlamePool pool =
                stage.start(stage.pool(network).max(2).maxConcurrency(2).heartbeat(Duration.ofSeconds(2)));
        stage.injected(1);
        for (int i = 0; i < 10; i++) {
            long number = Calls.number();
            stage.calls().begin(number, "call over a slow connection", Stage.DEADLINE, 1);
            String where = stage.directory().toString();
            byte[] argument = new byte[stage.random().nextInt(200_000)];
            Jobs.stamp(argument, number);
            byte[] back = pool.call(() -> Jobs.echo(where, number, argument));
            stage.calls().value(number, Jobs.isStamped(back, number) && back.length == argument.length);
        }
        stage.expectServes(pool, 4);
        stage.expect(stage.losses().isEmpty(), "a runner behind a slow connection was given up");
    }
}
