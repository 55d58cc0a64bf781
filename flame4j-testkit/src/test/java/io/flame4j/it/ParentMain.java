package io.flame4j.it;

import io.flame4j.CallOptions;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RunnerInitializer;
import io.flame4j.backend.ProcessBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A parent that the tests can kill: a process of its own with a pool whose runners have calls. */
final class ParentMain {

    private ParentMain() {}

    /** What the parent does with its pool until it is killed. */
    enum Work {
        /** Two runners with two linked calls each. */
        LINKED,
        /** As before, and the tasks ignore interrupts. */
        STUBBORN,
        /** Two runners, one of them with a detached call. */
        DETACHED,
        /** Two linked calls; at the end of the JVM, the pool is closed by the application's own hook. */
        GRACEFUL,
        /** Runners that come up, but whose initializer never returns. */
        INITIALIZING,
        /** Two runners without a call. */
        IDLE
    }

    /** Arguments: work, directory. */
    public static void main(String[] args) throws Exception {
        Work work = Work.valueOf(args[0]);
        String directory = args[1];
        ProcessBackend backend = ProcessBackend.builder()
                .heap("64m")
                .jvmOptions("-Dflame4j.test.directory=" + directory)
                .build();
        var builder = FlamePool.builder("parent").backend(backend).max(2).maxConcurrency(2);
        if (work == Work.INITIALIZING) {
            FlamePool pool = builder.initializer(EndlessInitializer.class).build();
            pool.callAsync(Jobs::pid);
            new CountDownLatch(1).await();
        }
        if (work == Work.GRACEFUL) {
            closeInOwnHook(builder.shutdownHook(false).build(), directory);
            new CountDownLatch(1).await();
        }
        FlamePool pool = builder.min(2).shutdownTimeout(Duration.ofSeconds(60)).build();
        switch (work) {
            case LINKED -> {
                for (int i = 0; i < 4; i++) {
                    pool.callAsync(() -> Jobs.hold(directory, "linked"));
                }
            }
            case STUBBORN -> {
                for (int i = 0; i < 4; i++) {
                    pool.callAsync(() -> Jobs.holdStubbornly(directory, "linked"));
                }
            }
            case DETACHED ->
                pool.callAsync(
                        () -> {
                            Jobs.hold(directory, "detached");
                            Jobs.mark(directory, "detached-finished");
                            return 0;
                        },
                        CallOptions.defaults().detached());
            default -> {}
        }
        Jobs.mark(directory, "parent");
        new CountDownLatch(1).await();
    }

    private static void closeInOwnHook(FlamePool pool, String directory) {
        CompletableFuture<?> calls = CompletableFuture.allOf(
                pool.callAsync(() -> Jobs.hold(directory, "linked")),
                pool.callAsync(() -> Jobs.hold(directory, "linked")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            Jobs.mark(directory, "closing");
            pool.close();
            calls.join();
            Jobs.mark(directory, "answered");
        }));
        Jobs.mark(directory, "parent");
    }

    /** Tells that it runs, and goes on for ever. */
    public static final class EndlessInitializer implements RunnerInitializer {

        @Override
        public void initialize(FlameParent parent) throws Exception {
            String directory = System.getProperty("flame4j.test.directory");
            Jobs.mark(Path.of(directory).toString(), "initializing");
            new CountDownLatch(1).await();
        }
    }
}
