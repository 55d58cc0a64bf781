package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.diagnosis.BootDiagnosis;
import io.flame4j.kubernetes.internal.diagnosis.BootVerdict;
import io.flame4j.kubernetes.internal.diagnosis.EndDiagnosis;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One runner and its pod, from before the pod is created until it is gone. {@code this} guards the fields that are not
 * final; nothing is called under it. The feed's thread tells what becomes of the pod, the pool's threads kill, the
 * workers look for the cause of an end and tell the pool.
 */
final class PodRunner implements RunnerHandle {

    private static final Logger LOG = LoggerFactory.getLogger(PodRunner.class);

    /** How long a node may take to report the end of a pod that was deleted; it may be gone itself. */
    private static final Duration KILL_REPORTED_WITHIN = Duration.ofSeconds(10);

    private static final int LOG_LINES = 50;

    /** Callers wait for the reason of a loss: {@link PoolBackend#lossDetailsWithin}, of which the node takes most. */
    private static final Duration LOG_OF_A_LOSS = Duration.ofSeconds(1);

    private static final Duration LOG_OF_A_BOOT = Duration.ofSeconds(5);

    /** Down this list, never up. */
    private enum Stage {
        /** The pod is being created, or waits for a node, images, volumes. */
        BOOTING,
        /** The runner's container was started. */
        STARTED,
        /** The runner has ended, or is given up. */
        ENDED
    }

    private final String id;
    private final PoolPods pool;
    private final CompletableFuture<RunnerExit> exit = new CompletableFuture<>();

    private final CompletableFuture<Set<InetAddress>> addresses = new CompletableFuture<>();

    private final CompletableFuture<@Nullable Void> scheduled = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> started = new CompletableFuture<>();

    private Stage stage = Stage.BOOTING;
    private @Nullable Pod pod;
    private boolean killed;
    private boolean wasSeenRunning;
    private @Nullable Future<?> secondLook;
    private @Nullable Future<?> lastResort;

    PodRunner(String id, PoolPods pool) {
        this.id = id;
        this.pool = pool;
    }

    String id() {
        return id;
    }

    /** Whether a pod with the right labels is the one of this runner: the first that is seen is. */
    synchronized boolean owns(Pod candidate) {
        return pod == null
                || pod.getMetadata().getUid().equals(candidate.getMetadata().getUid());
    }

    /** Whether this pod is known to be that of this runner. */
    synchronized boolean isAt(Pod candidate) {
        return pod != null
                && pod.getMetadata().getUid().equals(candidate.getMetadata().getUid());
    }

    /** The pod was created; the feed may have told more of it by now. */
    synchronized void created(Pod created) {
        if (!isAt(created)) {
            pod = created;
        }
    }

    /** The latest that is known of the pod. */
    synchronized @Nullable Pod pod() {
        return pod;
    }

    // ---- what becomes of the pod; on the feed's thread, one at a time

    void changed(Pod latest) {
        synchronized (this) {
            pod = latest;
        }
        if (PodStates.hasNode(latest)) {
            scheduled.complete(null);
        }
        if (PodStates.hasStarted(latest)) {
            started.complete(null);
        }
        Set<InetAddress> known = PodStates.addresses(latest);
        // Before its container runs, a pod can still get another sandbox, and another address with it.
        if (!known.isEmpty() && PodStates.hasStarted(latest)) {
            addresses.complete(known);
        }
        look(pool.now());
    }

    void gone(Pod last) {
        boolean ended;
        boolean wanted;
        synchronized (this) {
            pod = last;
            ended = advance(Stage.ENDED);
            wanted = killed;
        }
        pool.removal().gone(last);
        if (ended) {
            pool.work(() -> finish(wanted ? removed() : EndDiagnosis.of(last, true, List.of())));
        }
    }

    /** Decides by what is known of the pod now. On the feed's thread, or the timer's. */
    private void look(Instant now) {
        BootVerdict verdict = null;
        Pod latest;
        synchronized (this) {
            latest = pod;
            if (latest == null || stage == Stage.ENDED) {
                return;
            }
            cancelSecondLook();
            if (PodStates.isOver(latest)) {
                advance(Stage.ENDED);
            } else if (PodStates.hasStarted(latest)) {
                wasSeenRunning = true;
                advance(Stage.STARTED);
                return;
            } else if (stage == Stage.BOOTING && !killed) {
                verdict = BootDiagnosis.of(latest, now, pool.unschedulableGrace());
                if (verdict instanceof BootVerdict.Failed) {
                    advance(Stage.ENDED);
                }
            }
        }
        act(latest, verdict, now);
    }

    private void act(Pod latest, @Nullable BootVerdict verdict, Instant now) {
        if (verdict == null) {
            if (PodStates.isOver(latest)) {
                pool.work(() -> over(latest));
            }
        } else if (verdict instanceof BootVerdict.Failed failed) {
            pool.readLog(() -> neverStarts(latest, failed));
        } else if (verdict instanceof BootVerdict.LookAgain again) {
            planSecondLook(Duration.between(now, again.at()));
        }
    }

    /** Under the monitor. Whether that is news. */
    private boolean advance(Stage to) {
        if (stage.compareTo(to) >= 0) {
            return false;
        }
        stage = to;
        return true;
    }

    private void planSecondLook(Duration in) {
        Future<?> planned =
                pool.timer().schedule(() -> look(pool.now()), Math.max(1, in.toMillis()), TimeUnit.MILLISECONDS);
        synchronized (this) {
            cancelSecondLook();
            secondLook = planned;
        }
    }

    private synchronized void cancelSecondLook() {
        if (secondLook != null) {
            secondLook.cancel(false);
            secondLook = null;
        }
    }

    // ---- the end; on a worker

    private void over(Pod last) {
        boolean failed = !PodStates.hasSucceeded(last);
        boolean wanted;
        Duration limit;
        synchronized (this) {
            wanted = killed;
            limit = wasSeenRunning ? LOG_OF_A_LOSS : LOG_OF_A_BOOT;
        }
        if (wanted) {
            finish(removed());
        } else if (failed && PodStates.mayHaveLog(last)) {
            // A node that is in trouble may take long to answer, and others wait for their workers.
            pool.readLog(() -> tellEnd(last, true, pool.lastLines(last, LOG_LINES, limit)));
        } else {
            tellEnd(last, failed, List.of());
        }
    }

    private void tellEnd(Pod last, boolean failed, List<String> lines) {
        // First, lest the pool closes its backend in between.
        pool.removal().ended(last, failed);
        finish(EndDiagnosis.of(last, false, lines));
    }

    private void neverStarts(Pod last, BootVerdict.Failed failed) {
        List<String> lines = pool.lastLines(last, LOG_LINES, LOG_OF_A_BOOT);
        pool.removal().giveUp(last);
        finish(new RunnerExit(
                Reason.EXITED, failed.message(), OptionalInt.empty(), lines, failed.permanent(), failed.reason()));
    }

    private static RunnerExit removed() {
        return new RunnerExit(Reason.EXITED, "was removed by its pool", OptionalInt.empty(), List.of(), false);
    }

    private void finish(RunnerExit end) {
        cancelSecondLook();
        synchronized (this) {
            if (lastResort != null) {
                lastResort.cancel(false);
            }
        }
        LOG.debug("Runner {} ({}): {}", id, description(), end.message());
        exit.complete(end);
    }

    /** Nothing was heard of the end of a pod that was deleted. The feed may have missed it: the server is asked once. */
    private void notReported() {
        pool.work(() -> {
            Pod known = Objects.requireNonNull(pod());
            try {
                Pod now = pool.read(known);
                if (now == null || !isAt(now)) {
                    gone(known);
                    return;
                }
                changed(now);
            } catch (ApiException e) {
                LOG.debug("Runner {} ({}): {}", id, description(), e.getMessage());
            } catch (InterruptedException e) {
                // The backend is being closed.
                Thread.currentThread().interrupt();
                return;
            }
            giveUpWaiting();
        });
    }

    private void giveUpWaiting() {
        boolean first;
        synchronized (this) {
            first = advance(Stage.ENDED);
        }
        if (first) {
            String clause = "was to be deleted, but its end was not reported within " + KILL_REPORTED_WITHIN.toSeconds()
                    + " s: its node or the API server may be away";
            LOG.warn(
                    "Runner {} ({}) {}. It ends by itself when it can, and the cluster removes the pod",
                    id,
                    description(),
                    clause);
            finish(new RunnerExit(Reason.NODE_LOST, clause, OptionalInt.empty(), List.of(), false));
        }
    }

    // ---- what the pool asks; on its threads

    @Override
    public String description() {
        Pod latest = pod();
        return latest == null
                ? "pod not created"
                : "pod " + latest.getMetadata().getName();
    }

    @Override
    public CompletionStage<Set<InetAddress>> addresses() {
        return addresses;
    }

    @Override
    public CompletionStage<RunnerExit> exit() {
        return exit;
    }

    @Override
    public CompletionStage<@Nullable Void> scheduled() {
        return scheduled;
    }

    @Override
    public CompletionStage<@Nullable Void> started() {
        return started;
    }

    @Override
    public RunnerBootException.Reason bootOverdueReason() {
        Pod latest = pod();
        return latest == null ? RunnerBootException.Reason.TIMEOUT : BootDiagnosis.reasonOverdue(latest, pool.now());
    }

    @Override
    public @Nullable RunnerExit unreachable() {
        Pod latest = pod();
        return latest == null ? null : EndDiagnosis.of(latest, false, List.of());
    }

    @Override
    public String bootOverdue() {
        Pod latest = pod();
        return latest == null ? "" : BootDiagnosis.clue(latest, pool.dialled(), pool.now());
    }

    @Override
    public void bootFailed() {
        end(pool.removal()::giveUp);
    }

    @Override
    public void kill() {
        end(pool.removal()::kill);
    }

    private void end(Consumer<Pod> how) {
        if (remove(how)) {
            Future<?> planned =
                    pool.timer().schedule(this::notReported, KILL_REPORTED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            synchronized (this) {
                if (stage != Stage.ENDED) {
                    lastResort = planned;
                    return;
                }
            }
            // The end was told before anybody could wait for it.
            planned.cancel(false);
        }
    }

    /** Removes the pod of a runner that the pool is not told of, so that nobody waits for its end. */
    void discard() {
        remove(pool.removal()::kill);
    }

    /** Asks for the pod to be removed, once. Whether this was that time. */
    private boolean remove(Consumer<Pod> how) {
        Pod target;
        synchronized (this) {
            if (killed || stage == Stage.ENDED || pod == null) {
                return false;
            }
            killed = true;
            target = pod;
        }
        cancelSecondLook();
        how.accept(target);
        return true;
    }
}
