package io.flame4j.it;

import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Starts runners on another backend, and reports their ends when a test says so, or when they are killed. */
final class ToldEnds implements Backend {

    private final Backend backend;
    private final Duration lossDetailsWithin;

    /** In the order of their starts. */
    final CopyOnWriteArrayList<Life> lives = new CopyOnWriteArrayList<>();

    ToldEnds(Backend backend, Duration lossDetailsWithin) {
        this.backend = backend;
        this.lossDetailsWithin = lossDetailsWithin;
    }

    @Override
    public Duration lossDetailsWithin() {
        return lossDetailsWithin;
    }

    @Override
    public String name() {
        return "told";
    }

    @Override
    public ListenAt listenAt() {
        return backend.listenAt();
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
        Life life = new Life(backend.start(spec));
        lives.add(life);
        return life;
    }

    @Override
    public void close() {
        backend.close();
    }

    static final class Life implements RunnerHandle {

        private final RunnerHandle runner;

        /** What is reported. */
        final CompletableFuture<RunnerExit> exit = new CompletableFuture<>();

        /** What is known of it when it is asked for. */
        volatile @Nullable RunnerExit known;

        /** What it does when its pool hears its log. */
        volatile Runnable onLog = () -> {};

        private Life(RunnerHandle runner) {
            this.runner = runner;
        }

        @Override
        public String description() {
            return runner.description();
        }

        @Override
        public CompletionStage<RunnerExit> exit() {
            return exit;
        }

        @Override
        public @Nullable RunnerExit unreachable() {
            return known;
        }

        /** Is called by the pool's thread for connections when the runner first sends what it logs. */
        @Override
        public void logOutput(@Nullable Level level) {
            onLog.run();
        }

        /** Closes its connections. */
        void end() {
            runner.kill();
        }

        @Override
        public void kill() {
            runner.kill();
            CompletionStage<Void> unused = runner.exit().thenAccept(exit::complete);
        }
    }
}
