package io.flame4j.internal.pool;

import io.flame4j.BootPhase;
import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.PoolStats;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.NoRoomException;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.internal.link.ControlChannel;
import io.flame4j.internal.link.RunnerEndpoint;
import io.flame4j.internal.link.RunnerSlots;
import io.flame4j.internal.logs.LogInbox;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One runner from the decision to boot it until nothing is left of it. {@code this} guards {@link #stage} and what
 * belongs to it; the shell, the backend and the connections are only used outside of that monitor.
 *
 * <p>Longer than the house rule: the stages are one state machine under one monitor, and cutting it would share both.
 */
final class ManagedRunner implements RunnerEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(ManagedRunner.class);

    /** How much longer than it was given a runner may take to end before it is killed. */
    private static final long STOP_SLACK_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For what a runner wrote before it ended, to be read by a thread that may be late. */
    static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** For answers that a runner had sent before it ended, to be read by threads that may be late. */
    private static final long LAST_ANSWERS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Down this list, never up; a stage may be left out. */
    enum Stage {
        /** Asked for, not connected. */
        STARTING,
        /** Its control connection is up, its initializer runs. */
        CONNECTED,
        /** It takes calls. */
        READY,
        /** Told to end, or ending by itself. */
        STOPPING,
        /** Lost, failed or cancelled: it is being removed. */
        ENDED,
        GONE
    }

    private final Runner scheduled;
    private final RunnerServices services;
    private final String id;

    /** When its boot began: not before the backend had room for it. */
    private volatile long createdAt;

    private final RunnerSlots slots;
    private final RunnerLoss loss;
    private final RunnerTexts texts;
    private final LogInbox.Runner log;
    private final BootProgress progress;
    private final AtomicBoolean shrunk = new AtomicBoolean();

    /** It has said that it takes no more calls, or showed it. */
    private final AtomicBoolean drains = new AtomicBoolean();

    private Stage stage = Stage.STARTING;
    private @Nullable Thread bootThread;
    private @Nullable RunnerHandle handle;
    private @Nullable RunnerExit exit;

    /** The end of a runner that was connected and had not said goodbye, while its last words are waited for. */
    private @Nullable RunnerExit untold;

    private boolean killed;

    /** Whether its boot has failed, which its backend is told. */
    private boolean failed;

    private int checks;
    private boolean checkPending;
    private boolean saidGoodbye;

    /** Whether it was told to end, by whomever, so that it has not ended by itself. */
    private boolean told;

    /** Whether what it logs comes over its control connection. */
    private volatile boolean forwards;

    private @Nullable String brokenBecause;

    /** Whether it was ever granted to calls: the end of any other is no loss. */
    private volatile boolean wasReady;

    private volatile @Nullable ControlChannel control;
    private volatile @Nullable RunnerBootException bootFailure;
    /** When {@link #onDue} has something to do. */
    private volatile long due;

    ManagedRunner(Runner scheduled, RunnerServices services, String id) {
        this.scheduled = scheduled;
        this.services = services;
        this.id = id;
        this.createdAt = services.now();
        this.due = PoolTimer.NEVER;
        this.loss = new RunnerLoss(services, this);
        this.texts = new RunnerTexts(services.pool(), id);
        this.log = services.logs().runner(id);
        this.progress =
                new BootProgress(createdAt, (phase, took) -> services.shell().noteBootPhase(this, phase, took));
        this.slots = new RunnerSlots(services::now, RunnerServices.MAX_BODY, this::send, this::slotRecovered);
    }

    Runner scheduled() {
        return scheduled;
    }

    String id() {
        return id;
    }

    RunnerSlots slots() {
        return slots;
    }

    /** Why it was lost, and who wants to know. */
    RunnerLoss loss() {
        return loss;
    }

    long due() {
        return due;
    }

    boolean markShrunk() {
        return shrunk.compareAndSet(false, true);
    }

    RunnerBootException bootFailure() {
        return Objects.requireNonNull(bootFailure);
    }

    /** A slot that was given up on is free again on the runner. */
    private void slotRecovered(boolean wasHeld) {
        if (wasHeld) {
            services.shell().releaseHeld(scheduled);
        } else {
            services.shell().release(scheduled, -1);
        }
    }

    void send(ControlFrame frame) {
        ControlChannel current = control;
        if (current != null) {
            current.send(frame);
        }
    }

    PoolStats.RunnerStats stats(long now) {
        PoolStats.State state = switch (scheduled.state()) {
            case BOOTING -> PoolStats.State.BOOTING;
            case READY -> PoolStats.State.READY;
            case DRAINING -> PoolStats.State.DRAINING;
            case ENDING, GONE -> PoolStats.State.STOPPING;
        };
        return new PoolStats.RunnerStats(
                id, state, scheduled.busy(), scheduled.served(), Duration.ofNanos(now - createdAt), progress.phase());
    }

    // ---- booting

    /** Starts the boot on a thread of its own, since a backend may block. */
    void boot() {
        Thread thread = new Thread(this::bootNow, "flame4j-" + services.pool() + "-boot-" + id);
        thread.setDaemon(true);
        synchronized (this) {
            if (stage != Stage.STARTING) {
                thread = null;
            } else {
                bootThread = thread;
            }
        }
        if (thread == null) {
            gone();
            return;
        }
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            bootFailed(texts.notStarted(
                    RunnerBootException.Reason.BACKEND, "there is no thread to be had for that: " + e, false, e));
            gone();
        }
    }

    private void bootNow() {
        RunnerHandle started;
        try {
            started = startWhenThereIsRoom();
        } catch (InterruptedException e) {
            lostWhileStarting();
            bootFailed(texts.notStarted(RunnerBootException.Reason.BACKEND, "the boot was cancelled", false, e));
            gone();
            return;
        } catch (RunnerBootException e) {
            bootFailed(e);
            gone();
            return;
        } catch (RuntimeException | Error e) {
            bootFailed(texts.notStarted(
                    RunnerBootException.Reason.BACKEND, "the backend failed unexpectedly: " + e, false, e));
            gone();
            return;
        }
        boolean unwanted;
        synchronized (this) {
            bootThread = null;
            handle = started;
            unwanted = stage == Stage.ENDED;
        }
        logOutput(started);
        if (unwanted) {
            kill();
        }
        started.scheduled().thenAccept(none -> reached(BootPhase.SCHEDULED));
        started.started().thenAccept(none -> reached(BootPhase.STARTED));
        started.exit().thenAccept(this::exited);
        started.addresses().thenAccept(addresses -> services.comesFrom(this, addresses));
    }

    /** For those who listen. Not under the monitor. */
    private void reached(BootPhase phase) {
        if (progress.reached(phase, services.now())) {
            services.shell().tellNoted();
        }
    }

    private RunnerHandle startWhenThereIsRoom() throws InterruptedException {
        while (true) {
            services.awaitRoom();
            bootBegins();
            try {
                return services.start(this);
            } catch (NoRoomException e) {
                LOG.debug("Pool '{}': runner {} waits for room again: {}", services.pool(), id, e.getMessage());
                // What it was to come in with may have been seen, and comes with the next attempt anew.
                services.forget(this);
                bootPauses();
            }
        }
    }

    private void bootBegins() throws InterruptedException {
        synchronized (this) {
            requireStarting();
            createdAt = services.now();
            due = createdAt + services.bootTimeoutNanos();
        }
        services.wakeBy(due);
        reached(BootPhase.REQUESTED);
    }

    private synchronized void bootPauses() throws InterruptedException {
        requireStarting();
        due = PoolTimer.NEVER;
    }

    /** Under the monitor. */
    private void requireStarting() throws InterruptedException {
        if (stage != Stage.STARTING) {
            throw new InterruptedException("The boot of runner " + id + " was cancelled");
        }
    }

    /** It had connected before its start returned, and its backend has removed it all the same. */
    private void lostWhileStarting() {
        boolean up;
        synchronized (this) {
            up = stage == Stage.READY || stage == Stage.STOPPING;
        }
        if (up) {
            lost(texts.lost(description(), Reason.EVICTED, "its backend has removed it while it was being started"));
        }
    }

    /** Nobody needs the runner any more. */
    void cancelBoot() {
        Thread interrupt;
        boolean neverStarted;
        synchronized (this) {
            if (stage.compareTo(Stage.ENDED) >= 0) {
                return;
            }
            neverStarted = stage == Stage.STARTING && bootThread == null && handle == null;
            stage = Stage.ENDED;
            interrupt = bootThread;
        }
        progress.ends();
        services.forget(this);
        closeConnections();
        if (interrupt != null) {
            interrupt.interrupt();
        } else if (!neverStarted) {
            kill();
        }
        tellUntold();
    }

    private void bootFailed(RunnerBootException failure) {
        synchronized (this) {
            if (stage.compareTo(Stage.READY) >= 0) {
                return;
            }
            bootEnds();
        }
        tellOfFailedBoot(failure);
    }

    /** Under the monitor. */
    private void bootEnds() {
        stage = Stage.ENDED;
        // Here and not later: the thread that boots it may come to kill it before anybody is told.
        failed = true;
        due = PoolTimer.NEVER;
        bootThread = null;
    }

    private void tellOfFailedBoot(RunnerBootException failure) {
        bootFailure = failure;
        progress.ends();
        services.forget(this);
        closeConnections();
        services.shell().noteBootFailure(failure);
        LOG.warn("{}", failure.getMessage(), RunnerTexts.remoteTrace(failure));
        services.shell().bootFailed(this, failure);
        kill();
        tellUntold();
    }

    @Override
    public void onControl(ControlChannel channel, Hello.Control hello) {
        synchronized (this) {
            if (stage != Stage.STARTING) {
                channel.close();
                return;
            }
            stage = Stage.CONNECTED;
            brokenBecause = null;
            control = channel;
        }
        reached(BootPhase.CONNECTED);
        channel.send(services.welcome(this));
    }

    @Override
    public void onSlot(Hello.Slot hello, ByteChannel channel) {
        slots.attach(hello, channel);
        synchronized (this) {
            if (stage != Stage.CONNECTED || untold != null) {
                return;
            }
            stage = Stage.READY;
            due = PoolTimer.NEVER;
        }
        reached(BootPhase.READY);
        Duration bootTime = Duration.ofNanos(services.now() - createdAt);
        services.shell().noteBootFailure(null);
        if (services.shell().bootSucceeded(this, bootTime)) {
            wasReady = true;
            LOG.debug("Pool '{}': runner {} is ready after {} ms", services.pool(), id, bootTime.toMillis());
        } else {
            stop();
        }
    }

    @Override
    public synchronized void onMisplaced(String message) {
        if (stage == Stage.STARTING) {
            brokenBecause = "a connection was refused: " + message;
        }
    }

    @Override
    public void onRefused(String message) {
        bootFailed(texts.notStarted(RunnerBootException.Reason.REFUSED, message + ".", true, null));
    }

    // ---- running

    @Override
    public void onFrame(ControlFrame frame) throws IOException {
        if (frame instanceof ControlFrame.Draining draining) {
            drains(ShrinkReason.DRAINING, draining.why());
        } else if (frame instanceof ControlFrame.Condemned condemned) {
            drains(ShrinkReason.CONDEMNED, condemned.why());
        } else if (frame instanceof ControlFrame.CheckAnswer answer) {
            checkAnswered(answer);
        } else if (frame instanceof ControlFrame.InitFailed failed) {
            initializerFailed(failed);
        } else if (frame instanceof ControlFrame.Goodbye goodbye) {
            // In this order: once it is known to be ending, an exit is its end.
            loss.goodbye(goodbye);
            goodbye(goodbye.why());
        } else if (frame instanceof ControlFrame.Log events && services.forwardsLogs()) {
            logged(events);
        }
    }

    /** Once: what is made of it costs this thread, which serves all runners, and is for those who wait for the boot. */
    private void initializerFailed(ControlFrame.InitFailed failed) throws IOException {
        Stage current;
        synchronized (this) {
            current = stage;
        }
        if (current == Stage.READY || current == Stage.STOPPING) {
            throw new IOException("malformed control frame: INIT_FAILED of a runner that is not booting");
        }
        if (current == Stage.CONNECTED) {
            bootFailed(texts.initializerFailed(failed.message(), failed.trace()));
        }
    }

    private void logged(ControlFrame.Log events) {
        if (!forwards) {
            RunnerHandle current;
            synchronized (this) {
                forwards = true;
                current = handle;
            }
            if (current != null) {
                logOutput(current);
            }
        }
        log.accept(events.dropped(), events.batch());
    }

    /** Its output has what it logs, too, and comes over the other way already. */
    private void logOutput(RunnerHandle started) {
        if (services.isSilent() || forwards) {
            started.logOutput(forwards ? Level.DEBUG : null);
        }
    }

    /** Once: this thread serves all runners, and one of them may repeat itself for ever. */
    private void drains(ShrinkReason reason, String why) {
        if (!drains.compareAndSet(false, true)) {
            return;
        }
        if (reason == ShrinkReason.CONDEMNED) {
            LOG.warn("Pool '{}': runner {} takes no more calls: {}", services.pool(), id, why);
        } else {
            LOG.info("Pool '{}': runner {} drains: {}", services.pool(), id, why);
        }
        services.shell().draining(this, reason);
    }

    /** It answered a call with a refusal, which it does only when it ends: it would refuse the next as well. */
    void refuses(String why) {
        drains(ShrinkReason.DRAINING, "it refused a call: " + why);
    }

    private synchronized void goodbye(String why) {
        if (saidGoodbye) {
            return;
        }
        saidGoodbye = true;
        told = true;
        LOG.debug("Pool '{}': runner {} says goodbye: {}", services.pool(), id, why);
        if (stage == Stage.READY) {
            stage = Stage.STOPPING;
            if (untold == null) {
                due = services.now() + STOP_SLACK_NANOS;
                services.wakeBy(due);
            }
        }
    }

    /** Asks the runner whether it may stop. */
    void askIdleCheck() {
        int number;
        synchronized (this) {
            if (stage != Stage.READY || untold != null) {
                return;
            }
            number = ++checks;
            checkPending = true;
            due = services.now() + services.timeoutNanos();
        }
        services.wakeBy(due);
        send(new ControlFrame.Check(number, services.idleCheck()));
    }

    private void checkAnswered(ControlFrame.CheckAnswer answer) {
        synchronized (this) {
            if (!checkPending || answer.checkId() != checks) {
                return;
            }
            checkPending = false;
            if (stage == Stage.READY && untold == null) {
                due = PoolTimer.NEVER;
            }
        }
        if (answer.answer() == ControlFrame.CheckAnswer.FAILED) {
            LOG.warn("Pool '{}': the idle check failed on runner {}: {}", services.pool(), id, answer.failure());
        }
        services.shell().idleCheckAnswered(this, answer.answer() == ControlFrame.CheckAnswer.YES);
    }

    // ---- ending

    /** Tells the runner to end; it has no calls. */
    void stop() {
        synchronized (this) {
            if (stage.compareTo(Stage.STOPPING) >= 0 || untold != null) {
                return;
            }
            stage = Stage.STOPPING;
            told = true;
            due = services.now() + services.shutdownNanos() + STOP_SLACK_NANOS;
        }
        services.wakeBy(due);
        send(new ControlFrame.Shutdown(TimeUnit.NANOSECONDS.toMillis(services.shutdownNanos())));
    }

    /** Ends the runner whatever it does; its calls are lost. */
    void shutdownNow() {
        Stage before;
        synchronized (this) {
            before = stage;
            told = true;
        }
        if (before == Stage.STARTING || before == Stage.CONNECTED) {
            cancelBoot();
        } else {
            lost(texts.shutDown());
            kill();
            tellUntold();
        }
    }

    @Override
    public void onControlClosed(String why, boolean silent) {
        boolean ready;
        RunnerExit late;
        synchronized (this) {
            late = takeUntold();
            if (late == null) {
                brokenBecause = why;
            }
            ready = stage == Stage.READY;
            if (stage == Stage.CONNECTED) {
                // The end of the process says more; it is waited for, but not for long.
                due = Math.min(due, services.now() + 2 * services.lossDetailsNanos());
            }
        }
        if (late != null) {
            isOver(late, null);
            return;
        }
        services.wakeBy(due);
        if (ready && silent) {
            lost(lossUnreported(Reason.HEARTBEAT, why));
            kill();
        } else if (ready) {
            lostForReasonsToCome();
        }
    }

    /** No new calls from now on; the callers of the old ones are told when the reason is known. */
    private void lostForReasonsToCome() {
        synchronized (this) {
            if (stage != Stage.READY) {
                return;
            }
            stage = Stage.ENDED;
            due = services.now() + services.lossDetailsNanos();
        }
        services.wakeBy(due);
        loss.suspect();
        services.shell().lost(this);
        RunnerExit known = exitOrNull();
        if (known != null) {
            loss.settle(lossOf(known));
        }
        closeControl();
        // Who has not been answered is woken by the end of his own connection, or when the reason is known.
        slots.closeUnused();
    }

    private void lost(RunnerLostException why) {
        synchronized (this) {
            if (stage == Stage.READY || stage == Stage.STOPPING) {
                stage = Stage.ENDED;
                due = PoolTimer.NEVER;
            }
        }
        services.shell().lost(this);
        loss.settle(why);
        closeConnections();
    }

    private RunnerLostException lossOf(RunnerExit ended) {
        String broken;
        boolean expected;
        synchronized (this) {
            broken = brokenBecause;
            expected = told;
        }
        return texts.lost(description(), ended, broken, expected);
    }

    /** Its end was not reported, but the platform may know something all the same. */
    private RunnerLostException lossUnreported(Reason reason, String why) {
        RunnerHandle current = handleOrNull();
        RunnerExit known = current == null ? null : current.unreachable();
        if (known == null) {
            return texts.lost(description(), reason, why);
        }
        if (known.exitCode().isPresent()) {
            return lossOf(known);
        }
        Reason better = known.reason() == Reason.CONNECTION ? reason : known.reason();
        return texts.lost(description(), better, why + "; it " + known.message());
    }

    /** Whether it has certainly ended, as far as its backend knows by now. */
    boolean hasEnded() {
        if (exitOrNull() != null) {
            return true;
        }
        RunnerHandle current = handleOrNull();
        RunnerExit known = current == null ? null : current.unreachable();
        return known != null && known.exitCode().isPresent();
    }

    private synchronized @Nullable RunnerHandle handleOrNull() {
        return handle;
    }

    private String description() {
        RunnerHandle current = handleOrNull();
        return current == null ? "not started" : current.description();
    }

    private synchronized @Nullable RunnerExit exitOrNull() {
        return exit;
    }

    private void exited(RunnerExit ended) {
        boolean speaks;
        boolean ready;
        synchronized (this) {
            exit = ended;
            ready = stage == Stage.READY;
            speaks = (ready || stage == Stage.CONNECTED) && brokenBecause == null;
            if (speaks) {
                // What it said last may be on its way: that its initializer failed and why, or which calls it never
                // began.
                untold = ended;
                due = services.now() + LAST_WORDS_NANOS;
            }
        }
        if (!speaks) {
            isOver(ended, brokenBecauseOrNull());
            return;
        }
        services.wakeBy(services.now() + LAST_WORDS_NANOS);
        if (ready) {
            services.shell().ended(this);
            loss.suspect();
        }
    }

    private synchronized @Nullable String brokenBecauseOrNull() {
        return brokenBecause;
    }

    /** Nothing more is to come of it: tells its end, if that was put off. */
    private void tellUntold() {
        RunnerExit late;
        synchronized (this) {
            late = takeUntold();
        }
        if (late != null) {
            isOver(late, null);
        }
    }

    /** Under the monitor. Whoever takes it tells it. */
    private @Nullable RunnerExit takeUntold() {
        RunnerExit late = untold;
        if (late != null) {
            untold = null;
            due = PoolTimer.NEVER;
        }
        return late;
    }

    private void isOver(RunnerExit ended, @Nullable String broken) {
        Stage before;
        synchronized (this) {
            before = stage;
            due = PoolTimer.NEVER;
            if (before.compareTo(Stage.READY) < 0) {
                // Here and not later: it must not be taken for ready any more.
                bootEnds();
            } else if (before == Stage.READY) {
                stage = Stage.ENDED;
            }
        }
        switch (before) {
            case STARTING, CONNECTED -> tellOfFailedBoot(texts.endedEarly(description(), ended, broken));
            case READY -> {
                services.shell().lost(this);
                loss.settle(lossOf(ended));
            }
            case STOPPING -> loss.settleExpected(lossOf(ended));
            case ENDED -> {
                if (wasReady) {
                    loss.settle(lossOf(ended));
                }
            }
            case GONE -> {
                return;
            }
        }
        gone();
    }

    private void gone() {
        synchronized (this) {
            if (stage == Stage.GONE) {
                return;
            }
            stage = Stage.GONE;
            due = PoolTimer.NEVER;
        }
        services.forget(this);
        closeControl();
        if (slots.closeUnused()) {
            linger();
        }
        log.end();
        services.shell().gone(this);
    }

    /** What was not answered ends with its connection, unless the other end of that is out of reach. */
    private void linger() {
        long until = services.now() + LAST_ANSWERS_NANOS;
        due = until;
        services.lingering().add(this);
        services.wakeBy(until);
    }

    /** Waits until nobody reads from its connections any more, or they are closed for it. */
    void awaitLingering() throws InterruptedException {
        slots.awaitUnused(LAST_ANSWERS_NANOS);
    }

    /** Its connections end now, whoever reads from them. */
    void endLingering() {
        due = PoolTimer.NEVER;
        services.lingering().remove(this);
        slots.close();
    }

    /** At once, whatever was sent over them and not read. */
    private void closeConnections() {
        slots.close();
        closeControl();
    }

    private void closeControl() {
        ControlChannel current = control;
        if (current != null) {
            current.close();
        }
    }

    private void kill() {
        RunnerHandle current;
        boolean bootFailed;
        synchronized (this) {
            current = handle;
            bootFailed = failed;
            Thread starting = bootThread;
            if (current == null && starting != null) {
                // It came up before its start has returned, which ends with nothing left running.
                starting.interrupt();
            }
            if (current == null || killed) {
                return;
            }
            killed = true;
        }
        try {
            if (bootFailed) {
                current.bootFailed();
            } else {
                current.kill();
            }
        } catch (RuntimeException e) {
            LOG.error("Pool '{}': the backend could not kill runner {}", services.pool(), id, e);
        }
    }

    /** Does what time makes due. Called by the pool's timer. */
    void onDue(long now) {
        Stage current;
        boolean checkOverdue;
        RunnerExit late;
        synchronized (this) {
            if (now < due) {
                return;
            }
            late = takeUntold();
            current = stage;
            checkOverdue = current == Stage.READY && checkPending;
            checkPending = false;
            due = PoolTimer.NEVER;
        }
        if (late != null) {
            isOver(late, null);
            return;
        }
        switch (current) {
            case STARTING, CONNECTED -> bootOverdue(now);
            case READY -> {
                if (checkOverdue) {
                    LOG.warn("Pool '{}': the idle check of runner {} did not answer in time", services.pool(), id);
                    services.shell().idleCheckAnswered(this, false);
                }
            }
            case STOPPING -> {
                LOG.warn(
                        "Pool '{}': runner {} did not end in time after it was told to; killing it",
                        services.pool(),
                        id);
                kill();
            }
            case ENDED -> {
                if (wasReady) {
                    loss.settle(lossUnreported(Reason.CONNECTION, String.valueOf(brokenBecause)));
                }
                slots.close();
                kill();
            }
            case GONE -> endLingering();
        }
    }

    private void bootOverdue(long now) {
        Thread interrupt;
        RunnerHandle current;
        synchronized (this) {
            interrupt = bootThread;
            current = handle;
        }
        String known = current == null ? "" : current.bootOverdue();
        String where = control == null
                ? (brokenBecause == null ? "" : brokenBecause + "; ") + "it did not connect to " + services.address()
                        + " within "
                : brokenBecause != null
                        ? "its connection broke (" + brokenBecause + ") after "
                        : "its initializer was not done within ";
        bootFailed(texts.notStarted(
                current == null ? RunnerBootException.Reason.TIMEOUT : current.bootOverdueReason(),
                where + TimeoutMessages.seconds(now - createdAt) + " (" + description() + "). "
                        + (known.isEmpty() ? "" : known + " ") + "Raise bootTimeout if it needs longer.",
                false,
                null));
        if (interrupt != null) {
            interrupt.interrupt();
        }
    }
}
