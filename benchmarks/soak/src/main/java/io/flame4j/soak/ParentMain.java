package io.flame4j.soak;

import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.ProcessBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A parent that can be killed and frozen: its calls wait, and when they have failed it calls again. */
public final class ParentMain {

    static final int CALLS = 4;

    private ParentMain() {}

    /** What its runners have on their command lines, so that they are found when their parent is gone. */
    static String mark(String run) {
        return "flame4j.soak.run=" + run;
    }

    /** Arguments: directory, run. */
    public static void main(String[] args) throws Exception {
        String directory = args[0];
        ProcessBackend backend = ProcessBackend.builder()
                .heap("64m")
                .jvmOptions("-D" + mark(args[1]))
                .build();
        FlamePool pool = FlamePool.builder("parent")
                .backend(backend)
                .min(2)
                .max(2)
                .maxConcurrency(CALLS / 2)
                .heartbeat(Stage.HEARTBEAT)
                .build();
        List<CompletableFuture<Long>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(pool.callAsync(() -> Jobs.hold(directory, 0, "linked")));
        }
        for (CompletableFuture<Long> call : calls) {
            awaitLoss(call);
        }
        Jobs.mark(directory, "failed");
        pool.call(() -> Jobs.mark(directory, "recovered"));
        Await.until("the end", () -> Path.of(directory, "end.go").toFile().exists());
        pool.close();
    }

    private static void awaitLoss(CompletableFuture<Long> call) {
        try {
            call.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RunnerLostException) {
                return;
            }
            throw e;
        }
        throw new IllegalStateException("a call has survived its runner");
    }
}
