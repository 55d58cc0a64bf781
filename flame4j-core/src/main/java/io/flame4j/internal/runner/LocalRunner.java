package io.flame4j.internal.runner;

import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.Protocol;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A runner on threads of its parent's JVM. It cannot be ended against the will of its tasks: one that ignores its
 * interrupt is left behind on its daemon thread, with nothing else of the runner.
 */
public final class LocalRunner implements RunnerHost {

    private static final int EXIT_KILLED = 137;
    private static final long JOIN_MILLIS = 1_000;

    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final Clock clock = Clock.system();
    private final Runner runner;

    private LocalRunner(BootTicket ticket, ClassLoader loader) {
        this.runner = new Runner(ticket, loader, this, clock);
    }

    /**
     * Starts one.
     *
     * @param environment what a runner process would find there
     * @param loader finds the application's classes
     */
    public static LocalRunner start(Map<String, String> environment, ClassLoader loader) {
        BootTicket ticket = BootInfo.read(environment);
        if (ticket == null) {
            throw new IllegalArgumentException("The environment has no variable that says who the parent is.");
        }
        LocalRunner local = new LocalRunner(ticket, loader);
        local.runner.thread(local.runner, "-control").start();
        return local;
    }

    /** Whether a runner that ends with this exit code before it is ready would do so again. */
    public static boolean isPermanent(int code) {
        return code == Protocol.EXIT_REJECTED || code == Protocol.EXIT_INIT_FAILED;
    }

    /** Completes with the exit code that a process would have had, once the runner's threads have ended. */
    public CompletionStage<Integer> exit() {
        return exit.minimalCompletionStage();
    }

    /** Ends the runner: interrupts its tasks and closes its connections. */
    public void kill() {
        runner.kill(EXIT_KILLED);
    }

    @Override
    public void onWelcome(Runner welcomed) {
        // The signals of this process are its own.
    }

    @Override
    public boolean sharesLog() {
        return true;
    }

    /** The parent would take its own process for the runner's; 0 is none. */
    @Override
    public long pid() {
        return 0;
    }

    @Override
    public boolean parentIsGone() {
        return false;
    }

    @Override
    public void report(String message) {
        RunnerLog.LOG.warn("Runner {}: {}", runner.ticket().runnerId(), message);
    }

    @Override
    public void exit(int code) {
        long end = Clock.after(clock.nanos(), JOIN_MILLIS);
        join(runner.controlThread(), end);
        join(runner.timer().thread(), end);
        exit.complete(code);
    }

    private void join(@Nullable Thread thread, long end) {
        while (thread != null && thread.isAlive() && clock.nanos() < end) {
            try {
                thread.join(Math.max(1, (end - clock.nanos()) / Clock.NANOS_PER_MILLI));
            } catch (InterruptedException e) {
                RunnerLog.LOG.debug("The end of a local runner was interrupted; it goes on");
            }
        }
    }

    /** The parent lives in the same process, so this is as far as it goes. */
    @Override
    public void halt(int code) {
        report("there is no memory left to end it properly, exit code " + Protocol.EXIT_CONDEMNED);
        exit.complete(code);
    }
}
