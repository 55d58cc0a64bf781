package io.flame4j.spring.internal.runner;

import io.flame4j.FlameException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Runs the application's {@code main} on a thread of its own, and keeps that where the context has started, for ever: what
 * comes after it in {@code main} is not for runners, and no exception thrown there would do, which {@code main} may catch and
 * end the process for. A {@code main} that ends the process before that is told as what it is, too.
 */
final class ApplicationThread {

    /** How long the end of the process waits for the parent to be told. */
    private static final long TELLING_SECONDS = 3;

    private final CompletableFuture<ConfigurableApplicationContext> started = new CompletableFuture<>();

    /** What an application does. */
    interface Body {
        /** Runs the application. */
        void run() throws Throwable;
    }

    /**
     * Waits until the context has started.
     *
     * @param body starts it
     * @return the context
     * @throws Exception why there is none
     */
    ConfigurableApplicationContext start(RunnerHook hook, Body body) throws Exception {
        Thread waiting = Thread.currentThread();
        Thread atExit = new Thread(() -> exited(hook, waiting), "flame4j-exit");
        Thread main = new Thread(() -> run(hook, body), "main");
        main.setDaemon(true);
        Runtime.getRuntime().addShutdownHook(atExit);
        main.start();
        try {
            return started.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw e;
        } finally {
            removeHook(atExit);
        }
    }

    /** The context has started: this thread goes no further. */
    void hold(ConfigurableApplicationContext context) {
        started.complete(context);
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            try {
                never.await();
            } catch (InterruptedException e) {
                // Nobody has a reason to; going on is what must not be.
                continue;
            }
        }
    }

    private void run(RunnerHook hook, Body body) {
        SpringApplication.withHook(hook, () -> {
            try {
                try {
                    body.run();
                } finally {
                    hook.mainHasEnded();
                }
                // It returned, so there was no context to hold it with, or it has caught why.
                started.completeExceptionally(hook.noContext());
            } catch (Throwable e) {
                started.completeExceptionally(SpringRunner.failure(e));
            }
            return true;
        });
    }

    private void exited(RunnerHook hook, Thread waiting) {
        Throwable failure = hook.failure();
        FlameException exit = failure != null
                ? SpringRunner.failure(failure)
                : new FlameException(
                        "The main method of the application ended this process (System.exit) before its context"
                                + " had started. Ask FlameRunner.isRunner() there, or name another class in"
                                + " flame4j.runner.main-class");
        if (started.completeExceptionally(exit)) {
            try {
                waiting.join(TimeUnit.SECONDS.toMillis(TELLING_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already.
            return;
        }
    }
}
