package io.flame4j.backend;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * A runner that is a process. Its thread reads the output until it ends, waits for the process and completes
 * {@link #exit()}. A process that outlives the runner and holds its output open would hold that up, so the process's
 * own notice does the same a moment after the end. The notice alone would not do: it runs on the common pool, which the
 * user's waiting calls may fill.
 */
final class ProcessRunner implements RunnerHandle {

    /**
     * How long the last output of an ended process may take to be read. Whether any is left cannot be asked: that waits
     * for the thread that reads, which may be waiting for a process that keeps the output open. So this is generous, and
     * matters to runners with such a process only.
     */
    private static final long LAST_OUTPUT_MILLIS = 2_000;

    private final Process process;
    private final RunnerOutput output;
    private final OutputLog log;
    private final boolean originalMain;
    private final CompletableFuture<RunnerExit> exit = new CompletableFuture<>();
    private volatile boolean killed;

    /** The output must be read with {@link #watch}. */
    ProcessRunner(Process process, RunnerOutput output, OutputLog log, boolean originalMain) {
        this.process = process;
        this.output = output;
        this.log = log;
        this.originalMain = originalMain;
    }

    void watch(String threadName) {
        Thread thread = new Thread(null, this::readToTheEnd, threadName, 0, false);
        thread.setDaemon(true);
        thread.start();
        Executor later = CompletableFuture.delayedExecutor(LAST_OUTPUT_MILLIS, TimeUnit.MILLISECONDS);
        CompletableFuture<Void> unused = process.onExit().thenRunAsync(this::ended, later);
    }

    @Override
    public String description() {
        return "process " + process.pid();
    }

    @Override
    public CompletionStage<RunnerExit> exit() {
        return exit.minimalCompletionStage();
    }

    @Override
    public void logOutput(@Nullable Level level) {
        log.at(level);
    }

    @Override
    public CompletionStage<@Nullable Void> started() {
        return CompletableFuture.completedStage(null);
    }

    /** Its end, before its last output has been read. */
    @Override
    public @Nullable RunnerExit unreachable() {
        return process.isAlive() ? null : end();
    }

    @Override
    public void kill() {
        if (!process.isAlive()) {
            return;
        }
        killed = true;
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    private void readToTheEnd() {
        output.readAll(process.getInputStream());
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                // This thread is nobody's to interrupt.
            }
        }
        ended();
    }

    private void ended() {
        exit.complete(end());
    }

    private RunnerExit end() {
        return ProcessEnd.of(process.exitValue(), process.pid(), output.lastLines(), killed, originalMain);
    }
}
