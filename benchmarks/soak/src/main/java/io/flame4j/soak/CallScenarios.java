package io.flame4j.soak;

import io.flame4j.FlamePool;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** What callers do. */
final class CallScenarios {

    private static final int CANCELLED = 10_000;
    private static final int AT_A_TIME = 8;

    private CallScenarios() {}

    static List<Scenario> all() {
        return List.of(new Scenario("cancelled", "call cancelled at a random moment", null, CallScenarios::cancelled));
    }

    private static void cancelled(Stage stage) throws InterruptedException {
        FlamePool pool =
                stage.start(stage.pool().min(1).max(1).maxConcurrency(4).heartbeat(Stage.UNHURRIED));
        stage.runner(pool);
        int calls = stage.times(CANCELLED) / AT_A_TIME;
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            SplittableRandom random = stage.random().split();
            Thread caller = new Thread(() -> cancelAll(stage, pool, calls, random), "soak-canceller-" + i);
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        stage.injected(calls * AT_A_TIME);
        Await.until("all slots to be free; " + pool.stats(), () -> pool.stats().busySlots() == 0);
        stage.expectServes(pool, 4);
        stage.expect(stage.losses().isEmpty(), "cancelled calls have cost a runner");
        stage.expect(pool.stats().calls().boots() == 1, "cancelled calls have booted runners");
    }

    private static void cancelAll(Stage stage, FlamePool pool, int calls, SplittableRandom random) {
        for (int i = 0; i < calls; i++) {
            int millis = random.nextInt(3);
            CompletableFuture<Long> call = stage.async(pool, (where, number) -> () -> Jobs.take(where, number, millis));
            LockSupport.parkNanos(random.nextInt(3_000_000));
            call.cancel(true);
            // Either way it has its outcome now.
            call.handle((value, failure) -> null).join();
        }
    }
}
