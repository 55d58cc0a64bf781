package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.BootPhase;
import io.flame4j.CallOptions;
import io.flame4j.FlameException;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.Backend;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.internal.BackendOptions.Keeping;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.api.Identity;
import io.flame4j.kubernetes.internal.api.PodFeed;
import io.flame4j.kubernetes.internal.doctor.TrialLog.Step;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Boots one runner through a real pool, calls it and removes it, and times each step. One object makes one trial. Blocks
 * for as long as that takes.
 */
final class TrialRun {

    private static final Logger LOG = LoggerFactory.getLogger(TrialRun.class);

    /** It comes on a thread of its own, and may be later than the answer. */
    private static final Duration LISTENERS_TOLD_WITHIN = Duration.ofSeconds(5);

    private static final Duration SYNCED_WITHIN = Duration.ofSeconds(10);

    /** The pool hears of its pod by another feed, which may be ahead. */
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(10);

    private static final Duration CALLED_WITHIN = Duration.ofSeconds(30);

    /** The time that a node gives its containers to end, and some. */
    private static final Duration REMOVED_WITHIN = Duration.ofSeconds(60);

    private final Backend backend;
    private final String pool;
    private final String namespace;
    private final Keeping keeping;
    private final TrialLog log = new TrialLog(System::nanoTime);
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    /** Completes when the listener has been told how the boot has ended. */
    private final CompletableFuture<@Nullable Void> booted = new CompletableFuture<>();

    /** How far the pool knows the pod to have come. */
    private volatile @Nullable Step told;

    /**
     * @param backend the backend
     * @param pool a name that no other pool has
     * @param namespace of the runner's pod
     * @param keeping what becomes of ended pods
     */
    TrialRun(Backend backend, String pool, String namespace, Keeping keeping) {
        this.backend = backend;
        this.pool = pool;
        this.namespace = namespace;
        this.keeping = keeping;
    }

    /**
     * Makes the trial.
     *
     * @param networkPolicy what lets runners connect, for when one did not
     */
    List<Finding> run(KubernetesClient client, Identity identity, Duration bootTimeout, String networkPolicy)
            throws InterruptedException {
        try (PodFeed feed = PodFeed.open(client, namespace, Map.of(RunnerLabels.POOL, pool), identity, log)) {
            feed.awaitSynced(SYNCED_WITHIN);
            String failure = call(bootTimeout);
            awaitFeed();
            // First: when the pod is gone, the feed has told all of it.
            Finding removal = removal(failure != null);
            List<Finding> findings = new ArrayList<>(log.findings(failure, remedy(networkPolicy)));
            findings.add(removal);
            return findings;
        } catch (ApiException e) {
            return List.of(Findings.bad(
                    "Boot",
                    "the pod cannot be followed: " + e.getMessage(),
                    "Let the service account list and watch pods in namespace " + namespace + "."));
        }
    }

    /** Returns why it failed; null when it did not. */
    private @Nullable String call(Duration bootTimeout) throws InterruptedException {
        try (FlamePool opened = FlamePool.builder(pool)
                .backend(backend)
                .max(1)
                .bootTimeout(bootTimeout)
                .listener(new Listener())
                .build()) {
            log.begin();
            CompletableFuture<String> answer = opened.callAsync(
                    RunnerFacts::describe, CallOptions.defaults().timeout(bootTimeout.plus(CALLED_WITHIN)));
            CompletableFuture<?> unused = answer.whenComplete((facts, failure) -> answered(facts, failure));
            String failure = failure();
            log.closing();
            if (failure != null) {
                answer.cancel(true);
                opened.shutdownNow();
            }
            return failure;
        } catch (FlameException e) {
            // It cannot listen, or not be built for this backend.
            return e.getMessage();
        }
    }

    private void answered(@Nullable String facts, @Nullable Throwable failure) {
        if (failure == null) {
            log.reached(Step.CALLED, String.valueOf(facts));
            outcome.complete("");
        } else {
            outcome.completeExceptionally(failure);
        }
    }

    private @Nullable String failure() throws InterruptedException {
        try {
            outcome.get();
            awaitListener();
            return null;
        } catch (ExecutionException e) {
            awaitListener();
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            return cause instanceof FlameException ? String.valueOf(cause.getMessage()) : cause.toString();
        }
    }

    private void awaitListener() throws InterruptedException {
        try {
            booted.get(LISTENERS_TOLD_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("The listener has not been told of the boot", e);
        }
    }

    private void awaitFeed() throws InterruptedException {
        Step known = told;
        if (known != null && !log.awaitSeen(known, SEEN_WITHIN)) {
            LOG.debug("The pool has been told of {}, and the feed of the trial has not", known);
        }
    }

    private String remedy(String networkPolicy) {
        String pod = log.pod();
        if (pod == null) {
            return "kubectl get events -n " + namespace + "\n# what is said above names what to change";
        }
        if (log.hasReached(Step.CONNECTED)) {
            return "# of a pod that keepFailedPods(true) of the backend's builder keeps\nkubectl logs -n " + namespace
                    + " " + pod;
        }
        return log.hasReached(Step.STARTED)
                ? networkPolicy
                : "kubectl get events -n " + namespace + " --field-selector involvedObject.name=" + pod
                        + "\n# keepFailedPods(true) of the backend's builder keeps the pod to be looked at";
    }

    private Finding removal(boolean failed) throws InterruptedException {
        String pod = log.pod();
        if (pod != null && failed && keeping.keepFailed()) {
            return Findings.skipped(TrialLog.nameOfRemoval(), "pod " + pod + " stays, as keepFailedPods says");
        }
        if (pod != null && !keeping.deleteAfter().isZero()) {
            return Findings.skipped(
                    TrialLog.nameOfRemoval(), "pod " + pod + " stays for a while, as deletePodAfter says");
        }
        if (pod != null) {
            log.awaitGone(REMOVED_WITHIN);
        }
        return log.removal(namespace);
    }

    private final class Listener implements PoolListener {
        @Override
        public void onBootPhase(String name, String runnerId, BootPhase phase, Duration took) {
            if (phase == BootPhase.SCHEDULED) {
                told = Step.SCHEDULED;
            } else if (phase == BootPhase.STARTED) {
                told = Step.STARTED;
            }
        }

        @Override
        public void onGrowEnd(String name, String runnerId, int runners, Duration bootTime) {
            log.reachedAfter(bootTime, Step.CONNECTED);
            booted.complete(null);
        }

        @Override
        public void onBootFailed(String name, String runnerId, RunnerBootException failure, Duration retryAfter) {
            outcome.completeExceptionally(failure);
            booted.complete(null);
        }

        @Override
        public void onBootCancelled(String name, String runnerId) {
            booted.complete(null);
        }
    }
}
