package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.RunnerBootException;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.api.Clients;
import io.flame4j.kubernetes.internal.api.Identity;
import io.flame4j.kubernetes.internal.api.PodApi;
import io.flame4j.kubernetes.internal.api.PodFeed;
import io.flame4j.kubernetes.internal.pods.AppContainer;
import io.flame4j.kubernetes.internal.pods.ParentFacts;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import io.flame4j.kubernetes.internal.pods.Syntax;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the pools of one parent share in one namespace: the client, the feed of pods, the parent's own pod, a thread for
 * what is due and a few for what blocks. Connects when it is first needed, and again when that has failed.
 */
public final class Cluster {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private static final String LIFE_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LIFE_LENGTH = 6;
    private static final int WORKERS = 8;
    private static final long FAILURE_COUNTS_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int[] SWEEP_AGAIN_SECONDS = {2, 10, 60};
    private static final long WORKER_LIVES_SECONDS = 10;

    private final KubernetesClient client;
    private final boolean ownsClient;
    private final Surroundings surroundings;
    private final @Nullable String podNamespace;
    private final @Nullable String appContainer;
    private final Identity identity;
    private final PodApi api;
    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor logReaders;
    private final String life;
    private final PodBoard board;
    private final Map<String, Integer> pools = new ConcurrentHashMap<>();

    /** Held while connecting, I/O included: who else wants to connect has to wait anyway. Guards the writing. */
    private final ReentrantLock connecting = new ReentrantLock();

    private volatile @Nullable ParentFacts facts;
    private volatile @Nullable PodFeed feed;
    private volatile boolean closed;

    /** Guarded by {@link #connecting}, as the next. */
    private @Nullable ApiException lastFailure;

    private long lastFailureAt;

    Cluster(Clusters.Key key) {
        KubernetesClient given = key.client();
        this.client = given == null
                ? Clients.create(
                        key.surroundings().variables(), key.surroundings().serviceAccount())
                : given;
        this.ownsClient = given == null;
        this.podNamespace = key.podNamespace();
        this.appContainer = key.appContainer();
        this.surroundings = key.surroundings();
        this.identity = Clients.identity(client);
        this.api = new PodApi(client, identity);
        this.life = newLife();
        this.timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "flame4j-kubernetes-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(WORKER_LIVES_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        this.workers = threads("flame4j-kubernetes-worker");
        this.logReaders = threads("flame4j-kubernetes-log");
        this.board = new PodBoard(life, this::isOwned, pod -> api.delete(pod, PodApi.AT_ONCE));
    }

    private static ThreadPoolExecutor threads(String name) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                WORKER_LIVES_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, name));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static String newLife() {
        SecureRandom random = new SecureRandom();
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < LIFE_LENGTH; i++) {
            name.append(LIFE_LETTERS.charAt(random.nextInt(LIFE_LETTERS.length())));
        }
        return name.toString();
    }

    /** How many pools of this name there have been, with one more that is built now. */
    int nextPool(String name) {
        return pools.merge(name, 1, Integer::sum);
    }

    PodApi api() {
        return api;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    ExecutorService workers() {
        return workers;
    }

    /** Apart from the workers: a node that is in trouble may not answer for long. */
    ExecutorService logReaders() {
        return logReaders;
    }

    PodBoard board() {
        return board;
    }

    String life() {
        return life;
    }

    /** Whether a pod is owned by the parent's, if it is owned at all: who may only set labels cannot have that. */
    private boolean isOwned(Pod pod) {
        ParentFacts parent = facts;
        List<OwnerReference> owners = pod.getMetadata().getOwnerReferences();
        if (parent == null || parent.pod() == null || owners == null || owners.isEmpty()) {
            return true;
        }
        String uid = parent.pod().getMetadata().getUid();
        return owners.stream().anyMatch(owner -> owner.getUid().equals(uid));
    }

    /** The namespace of runner pods. */
    String namespaceOf(ParentFacts parent) {
        return podNamespace == null ? parent.namespace() : podNamespace;
    }

    /** Follows other pods than those of this parent. Closed by the caller. */
    PodFeed follow(String namespace, Map<String, String> labels, PodFeed.Listener listener) {
        return PodFeed.open(client, namespace, labels, identity, listener);
    }

    /**
     * Reads the parent's pod and begins to follow those of its runners, unless that is done already. Blocks.
     *
     * @param patience how long to wait for the first list of pods
     */
    ParentFacts connect(Duration patience) throws ApiException, InterruptedException {
        ParentFacts known = facts;
        if (known != null && feed != null) {
            return known;
        }
        if (!connecting.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new RunnerBootException(
                    "The API server has not answered for " + patience.toSeconds()
                            + " s, so that it is not known which pod this process runs in.",
                    RunnerBootException.Reason.UNAVAILABLE,
                    false,
                    null);
        }
        try {
            failAsOthersDid();
            return connectNow(patience);
        } catch (ApiException e) {
            lastFailure = e;
            lastFailureAt = System.nanoTime();
            throw e;
        } finally {
            connecting.unlock();
        }
    }

    /** Who has waited while others found that it cannot be done need not find out again. */
    private void failAsOthersDid() throws ApiException {
        ApiException failure = lastFailure;
        if (failure != null && System.nanoTime() - lastFailureAt < FAILURE_COUNTS_NANOS) {
            throw failure.copy();
        }
    }

    private ParentFacts connectNow(Duration patience) throws ApiException, InterruptedException {
        if (facts == null) {
            facts = readParent(patience);
        }
        ParentFacts parent = Objects.requireNonNull(facts);
        if (feed == null) {
            feed = openFeed(parent, patience);
            if (closed) {
                // It may have looked for the feed before there was one.
                Objects.requireNonNull(feed).close();
            }
            LOG.debug(
                    "Runner pods of {} are followed in namespace {}, {}",
                    parent,
                    namespaceOf(parent),
                    Objects.requireNonNull(feed).isListing() ? "by listing them" : "by a watch");
        }
        return parent;
    }

    private ParentFacts readParent(Duration patience) throws ApiException, InterruptedException {
        return ParentPods.read(
                api, patience, surroundings, Objects.requireNonNullElse(identity.namespace(), "default"), life);
    }

    private PodFeed openFeed(ParentFacts parent, Duration patience) throws ApiException, InterruptedException {
        Map<String, String> labels = RunnerLabels.ofParent(parent);
        PodFeed opened =
                follow(namespaceOf(parent), labels.isEmpty() ? Map.of(RunnerLabels.PARENT_LIFE, life) : labels, board);
        try {
            opened.awaitSynced(patience);
            sweep(parent, opened, 0);
            return opened;
        } catch (ApiException | InterruptedException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * Removes what earlier processes in the same container have left behind. What it takes to know them may be reported
     * a while after this process was started: while there are pods of others, it looks again.
     */
    private void sweep(ParentFacts parent, PodFeed opened, int attempt) {
        Pod pod = parent.pod();
        List<Pod> others = pod == null
                ? List.of()
                : Leftovers.ofOthers(life, opened.pods()).stream()
                        .filter(this::isOwned)
                        .toList();
        if (pod == null || others.isEmpty()) {
            return;
        }
        for (Pod leftover : Leftovers.ofThePast(pod, containerLabel(pod), surroundings.containerStarted(), others)) {
            LOG.info(
                    "Removing pod {}, which an earlier process of this container has left behind",
                    leftover.getMetadata().getName());
            api.delete(leftover, PodApi.AT_ONCE);
        }
        if (attempt < SWEEP_AGAIN_SECONDS.length) {
            timer.schedule(
                    () -> workers.execute(() -> sweepAgain(opened, attempt + 1)),
                    SWEEP_AGAIN_SECONDS[attempt],
                    TimeUnit.SECONDS);
        }
    }

    private void sweepAgain(PodFeed opened, int attempt) {
        if (Leftovers.ofOthers(life, opened.pods()).isEmpty()) {
            return;
        }
        try {
            sweep(readParent(PodApi.PATIENCE), opened, attempt);
        } catch (ApiException | RuntimeException e) {
            LOG.warn("What earlier processes have left behind cannot be looked for: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String containerLabel(Pod parent) {
        return Syntax.toLabelValue(AppContainer.of(parent, appContainer).getName());
    }

    /** Ends all threads. Pods are removed before, by the pools. */
    void close() {
        closed = true;
        PodFeed open = feed;
        if (open != null) {
            open.close();
        }
        timer.shutdownNow();
        workers.shutdownNow();
        logReaders.shutdownNow();
        api.close();
        if (ownsClient) {
            client.close();
        }
    }
}
