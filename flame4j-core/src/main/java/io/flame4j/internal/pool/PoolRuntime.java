package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.PoolStats;
import io.flame4j.RunnerBootException;
import io.flame4j.TaskSerializationException;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.KnownShapes;
import io.flame4j.internal.closure.TaskEncoder;
import io.flame4j.internal.link.RunnerPort;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.wire.ControlFrame;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The moving parts of one pool, put together, started and ended: the listener's thread, the timer's thread, the
 * executor, the events, the runners. {@code this} guards the ending.
 */
final class PoolRuntime {

    private static final Logger LOG = LoggerFactory.getLogger(PoolRuntime.class);

    /** How long the end of killed runners is waited for; after that they are the platform's. */
    private static final Duration KILL_WAIT = Duration.ofSeconds(15);

    /** How long the pool's own threads may take to end: at once, unless the machine has no time for them. */
    private static final Duration THREADS_WAIT = Duration.ofSeconds(10);

    private final PoolConfig config;
    private final PoolShell shell;
    private final PoolTimer timer;
    private final Listeners listeners;
    private final PoolEvents events;
    private final RunnerPort port;
    private final RunnerServices services;
    private final CallEngine engine;
    private final CallFactory calls;
    private final PoolExecutor executor;
    private final AtomicLong runnerNumbers = new AtomicLong();
    private final Thread shutdownHook;
    private Runnable onEnd = () -> {};
    private boolean ended;
    private final CountDownLatch over = new CountDownLatch(1);

    private PoolRuntime(PoolConfig config, SystemClock clock, byte[] idleCheck) {
        this.config = config;
        String name = config.name();
        executor = PoolExecutor.of(name, config.executor());
        listeners = new Listeners(name, config.listeners(), clock);
        calls = new CallFactory(config, clock, executor.executor(), listeners);
        events = new PoolEvents(name, listeners);
        port = RunnerPort.open(
                config.backend().listenAt(), name, config.heartbeat().toNanos(), clock);
        services = new RunnerServices(config, port, clock, idleCheck);
        shell = new PoolShell(
                config,
                settings(config),
                clock,
                events,
                runner -> new ManagedRunner(runner, services, name + "-" + runnerNumbers.incrementAndGet()));
        timer = new PoolTimer("flame4j-" + name + "-timer", clock, this::tick);
        services.connect(shell, timer);
        engine = new CallEngine(services, new Decoders(config.resultCodec(), config.resultPolicy()));
        shutdownHook = new Thread(this::shutdownNow, "flame4j-" + name + "-shutdown");
    }

    static PoolRuntime create(PoolConfig config) {
        try {
            return new PoolRuntime(config, new SystemClock(), encodedIdleCheck(config));
        } catch (RuntimeException e) {
            config.backend().close();
            throw e;
        }
    }

    private static byte[] encodedIdleCheck(PoolConfig config) {
        if (config.idleCheck() == null) {
            return new byte[0];
        }
        ByteWriter out = new ByteWriter();
        new TaskEncoder(config.codec()).encode(config.idleCheck()).writeTo(out, new KnownShapes());
        if (out.size() > ControlFrame.MAX_TASK) {
            throw new TaskSerializationException(
                    "Pool '" + config.name() + "': the idle check captures " + out.size()
                            + " bytes, but it may only have " + ControlFrame.MAX_TASK + ". Let it capture less.",
                    null);
        }
        return out.toByteArray();
    }

    private static SchedulerSettings settings(PoolConfig config) {
        return new SchedulerSettings(
                config.min(),
                config.max(),
                config.maxConcurrency(),
                config.headroom(),
                config.bootParallelism(),
                config.dispatch(),
                config.singleUse(),
                config.maxQueued(),
                config.idleShutdownAfter().toNanos(),
                config.idleCheck() != null,
                config.minIdleShutdownAfter().toNanos(),
                SchedulerSettings.INITIAL_BACKOFF_NANOS,
                SchedulerSettings.MAX_BACKOFF_NANOS);
    }

    PoolShell shell() {
        return shell;
    }

    PoolStats stats() {
        return shell.stats(port.refused());
    }

    CallEngine engine() {
        return engine;
    }

    CallFactory calls() {
        return calls;
    }

    Listeners listeners() {
        return listeners;
    }

    PoolEvents events() {
        return events;
    }

    /** Starts; blocks until the first runners are ready. */
    void start(Runnable whenEnded) {
        synchronized (this) {
            onEnd = whenEnded;
        }
        if (config.shutdownHook()) {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        }
        timer.start();
        shell.start(timer);
        try {
            // No limit here: each boot has its own, and fails when that has passed.
            RunnerBootException failure = shell.awaitFirst(config.min());
            if (shell.isClosed()) {
                throw shell.closedException();
            }
            if (failure != null) {
                throw new RunnerBootException(
                        "The pool did not start. " + failure.getMessage(),
                        failure.reason(),
                        failure.isPermanent(),
                        failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(
                    "Pool '" + config.name() + "' did not start: the thread that built it was interrupted", e);
        }
    }

    private long tick(long now) {
        try {
            long next = shell.tick(now);
            for (ManagedRunner runner : shell.runners()) {
                next = Math.min(next, look(runner, now));
            }
            for (ManagedRunner runner : services.lingering()) {
                next = Math.min(next, look(runner, now));
            }
            return next;
        } catch (RuntimeException | Error e) {
            LOG.error("Pool '{}': the timer failed; it goes on", config.name(), e);
            return now + 1_000_000_000L;
        }
    }

    private long look(ManagedRunner runner, long now) {
        doDue(runner, now);
        long next = runner.due();
        for (Slot slot : runner.slots().all()) {
            Slot.Line line = slot.lineOrNull();
            next = line == null ? next : Math.min(next, line.watch(now));
        }
        return next;
    }

    /** One runner that makes trouble must not keep the timer from the others, and from the deadlines. */
    private void doDue(ManagedRunner runner, long now) {
        try {
            if (runner.due() <= now) {
                runner.onDue(now);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("Pool '{}': something due on runner {} failed", config.name(), runner.id(), e);
        }
    }

    /** Ends what was made when the pool could not even be registered. */
    void discard() {
        shell.close();
        end();
    }

    void close() {
        if (isEnded()) {
            awaitOver();
            return;
        }
        shell.close();
        for (ManagedRunner runner : shell.runners()) {
            runner.loss().held().forEach(HeldSlot::close);
        }
        try {
            if (!shell.await(scheduler -> scheduler.total() == 0, config.shutdownTimeout())) {
                LOG.warn(
                        "Pool '{}': calls were still running {} after it began to close; shutting down",
                        config.name(),
                        config.shutdownTimeout());
            }
            services.awaitLingering();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        shutdownNow();
    }

    void shutdownNow() {
        if (isEnded()) {
            awaitOver();
            return;
        }
        shell.close();
        for (ManagedRunner runner : shell.runners()) {
            runner.loss().held().forEach(HeldSlot::close);
            runner.shutdownNow();
        }
        services.endLingering();
        boolean interrupted = Thread.interrupted();
        try {
            if (!shell.await(scheduler -> scheduler.total() == 0, KILL_WAIT)) {
                LOG.error(
                        "Pool '{}': the backend does not report the end of {} runners that were killed",
                        config.name(),
                        shell.runners().size());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        end();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    /** The first to come here does it, the others wait for him: what they return from must be the end for them too. */
    private void end() {
        if (beginEnd()) {
            try {
                endParts();
            } finally {
                over.countDown();
            }
        } else {
            awaitOver();
        }
    }

    private synchronized boolean beginEnd() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private void awaitOver() {
        boolean interrupted = false;
        while (over.getCount() > 0) {
            try {
                over.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void endParts() {
        timer.close();
        services.endLingering();
        port.close();
        try {
            long end = services.now() + THREADS_WAIT.toNanos();
            timer.join(THREADS_WAIT.toMillis());
            port.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - services.now())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            config.backend().close();
        } catch (RuntimeException e) {
            LOG.error(
                    "Pool '{}': the backend '{}' failed to close",
                    config.name(),
                    config.backend().name(),
                    e);
        }
        executor.close();
        listeners.closes();
        services.logs().close();
        events.close();
        whatIsLast().run();
        if (Thread.currentThread() != shutdownHook) {
            removeHook();
        }
    }

    private synchronized Runnable whatIsLast() {
        return onEnd;
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            LOG.debug("The JVM is ending already; its hook finds the pool closed");
        }
    }
}
