package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerBootException.Reason;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.NoRoomException;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.kubernetes.internal.BackendOptions;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.api.PodFeed;
import io.flame4j.kubernetes.internal.pods.Mesh;
import io.flame4j.kubernetes.internal.pods.ParentFacts;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import io.flame4j.kubernetes.internal.pods.RunnerPod;
import io.flame4j.kubernetes.internal.pods.RunnerPods;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backend of one pool. Boots come on threads of the pool and block there. Has no threads of its own. */
public final class PoolBackend implements Backend {

    private static final Logger LOG = LoggerFactory.getLogger(PoolBackend.class);

    /** Creating a pod is one call, so that the API server bounds it, and not this. */
    private static final int BOOTS_AT_A_TIME = 200;

    private static final Duration REMOVALS_SENT_WITHIN = Duration.ofSeconds(10);

    private final String pool;
    private final BackendOptions options;
    private final Clusters.Key key;
    private final Cluster cluster;
    private final PodRemoval removal;

    /** Which pool of this name it is in the life of this cluster, from 1. */
    private final int ordinal;

    private final AtomicBoolean closed = new AtomicBoolean();

    /** What the user has been warned of. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** Held while connecting, I/O included: the other boots have to wait for it anyway. Guards the writing of the next. */
    private final ReentrantLock connecting = new ReentrantLock();

    private boolean orphansSwept;
    private volatile @Nullable RoomGate gate;
    private volatile @Nullable PodFeed gateFeed;

    /** Written once, when the pool is built. */
    private volatile String dialled = "its parent";

    /**
     * @param pool the pool's name
     * @param surroundings of this process
     */
    public PoolBackend(String pool, BackendOptions options, Surroundings surroundings) {
        this.pool = pool;
        this.options = options;
        this.key = new Clusters.Key(
                options.client(), options.pods().namespace(), options.pods().appContainer(), surroundings);
        this.cluster = Clusters.acquire(key);
        this.ordinal = cluster.nextPool(pool);
        this.removal = new PodRemoval(cluster.api(), options.keeping(), cluster.timer());
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public ListenAt listenAt() {
        String address = ListenPlace.told(options.listen(), cluster.surroundings());
        if (address == null) {
            address =
                    ListenPlace.of(cluster.surroundings().isPod() ? parentNow().pod() : null);
        } else {
            cluster.workers().execute(this::connectAhead);
        }
        dialled = address;
        return ListenPlace.of(address, options.listen());
    }

    @Override
    public boolean tellsAddresses() {
        return options.listen().tokenBound();
    }

    /** Tokens are to be bound to addresses that the parent will not see, as far as can be known. */
    private void warnOfTranslation(ParentFacts parent, RunnerPod wanted) {
        Pod pod = parent.pod();
        String cause = pod != null && Mesh.isIn(pod)
                ? "a proxy of its service mesh takes this pod's connections"
                : pod != null && Boolean.TRUE.equals(pod.getSpec().getHostNetwork())
                        ? "this pod has hostNetwork"
                        : Boolean.TRUE.equals(wanted.pod().getSpec().getHostNetwork())
                                ? "runners have hostNetwork"
                                : null;
        if (tellsAddresses() && cause != null && told.add(cause)) {
            LOG.warn(
                    "Pool '{}': tokens of runners are bound to the addresses of their pods, but {}, so that this process"
                            + " sees others as a rule and refuses them: leave tokenBoundToAddress(true) out.",
                    pool,
                    cause);
        }
    }

    @Override
    public int bootParallelism() {
        return BOOTS_AT_A_TIME;
    }

    @Override
    public Duration lossDetailsWithin() {
        return options.lossDetailsWithin();
    }

    // ---- connecting

    private ParentFacts parentNow() {
        try {
            return cluster.connect(REMOVALS_SENT_WITHIN);
        } catch (ApiException | ParentPods.NoParentPodException e) {
            throw new RunnerBootException("Pool '" + pool + "': " + e.getMessage(), true, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunnerBootException("Pool '" + pool + "': interrupted while its pod was looked for", false, e);
        }
    }

    /** So that the first call need not wait for it, and what is wrong is told early. */
    private void connectAhead() {
        try {
            cluster.connect(REMOVALS_SENT_WITHIN);
        } catch (ApiException | RuntimeException e) {
            if (!closed.get()) {
                LOG.warn("Pool '{}': no runner can be started as things are: {}", pool, e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ParentFacts connect(Duration patience) throws ApiException, InterruptedException {
        ParentFacts parent = cluster.connect(patience);
        connecting.lockInterruptibly();
        try {
            if (options.maxInNamespace().isPresent() && gate == null) {
                openGate(parent, patience);
            }
            if (!orphansSwept) {
                orphansSwept = true;
                sweepOrphans(parent);
            }
        } finally {
            connecting.unlock();
        }
        return parent;
    }

    private void openGate(ParentFacts parent, Duration patience) throws ApiException, InterruptedException {
        RoomGate opened = new RoomGate(pool, options.maxInNamespace().getAsInt(), cluster.life());
        PodFeed feed = cluster.follow(cluster.namespaceOf(parent), RunnerLabels.ofPool(parent, pool), opened);
        try {
            feed.awaitSynced(patience);
        } catch (ApiException | InterruptedException | RuntimeException e) {
            feed.close();
            throw e;
        }
        gate = opened;
        gateFeed = feed;
        if (closed.get()) {
            // It may have looked for the feed before there was one.
            feed.close();
        }
    }

    private void sweepOrphans(ParentFacts parent) throws InterruptedException {
        Pod pod = parent.pod();
        String namespace = cluster.namespaceOf(parent);
        if (pod == null || (!options.pods().omitOwnerReference() && namespace.equals(parent.namespace()))) {
            return;
        }
        try {
            new Orphans(cluster.api()).sweep(parent, pod, namespace);
        } catch (ApiException e) {
            LOG.warn("Pool '{}': runners of replicas that are gone cannot be looked for: {}", pool, e.getMessage());
        }
    }

    // ---- starting

    @Override
    public void awaitRoom() throws InterruptedException {
        if (options.maxInNamespace().isEmpty()) {
            return;
        }
        try {
            connect(REMOVALS_SENT_WITHIN);
        } catch (ApiException | RuntimeException e) {
            // The start that follows finds the same and says so.
            LOG.debug("Pool '{}': not connected yet: {}", pool, e.getMessage());
            return;
        }
        RoomGate bound = gate;
        if (bound != null) {
            bound.awaitRoom();
        }
    }

    @Override
    public String whyNoRoom() {
        RoomGate bound = gate;
        return bound == null ? "" : bound.whyNoRoom();
    }

    @Override
    public RunnerHandle start(RunnerSpec asked) throws InterruptedException {
        RunnerSpec spec = distinct(asked);
        Patience patience = new Patience(spec.bootTimeout());
        RoomGate kept = gate;
        try {
            ParentFacts parent = connect(patience.rest());
            RunnerPod wanted = RunnerPods.build(options.pods(), parent, spec);
            tell(wanted);
            warnOfTranslation(parent, wanted);
            RoomGate bound = gate;
            return bound == null ? create(spec, wanted, patience) : createWithin(bound, spec, wanted, patience);
        } catch (ApiException e) {
            throw notStarted(spec, reason(e.kind()), e.getMessage(), e.isPermanent(), e);
        } catch (ParentPods.NoParentPodException e) {
            throw notStarted(spec, Reason.CONFIGURATION, e.getMessage(), true, e);
        } catch (TimeoutException e) {
            throw notStarted(
                    spec,
                    Reason.UNAVAILABLE,
                    "its pod was created, but the API server has not told of it since, so that it is not known whether"
                            + " there are more than maxInNamespace.",
                    false,
                    e);
        } finally {
            if (kept != null) {
                kept.giveBack();
            }
        }
    }

    /** A pool of the same name that was closed before may have had a runner of that id, whose pod is still there. */
    private RunnerSpec distinct(RunnerSpec spec) {
        return ordinal == 1
                ? spec
                : new RunnerSpec(
                        spec.pool(),
                        spec.runnerId() + "." + ordinal,
                        spec.environment(),
                        spec.bootTimeout(),
                        spec.shutdownTimeout());
    }

    private RunnerBootException notStarted(
            RunnerSpec spec, Reason reason, @Nullable String why, boolean permanent, Exception cause) {
        return new RunnerBootException(
                "Pool '" + pool + "': runner " + spec.runnerId() + " could not be started: " + why,
                reason,
                permanent,
                cause);
    }

    private static Reason reason(ApiException.Kind kind) {
        return switch (kind) {
            case DENIED, UNAUTHENTICATED, REFUSED -> Reason.DENIED;
            case QUOTA -> Reason.QUOTA;
            case NOT_FOUND -> Reason.CONFIGURATION;
            case UNAVAILABLE -> Reason.UNAVAILABLE;
        };
    }

    /**
     * Creates the pod, and removes it again if others were first.
     *
     * @throws NoRoomException in that case
     */
    private PodRunner createWithin(RoomGate bound, RunnerSpec spec, RunnerPod wanted, Patience patience)
            throws ApiException, InterruptedException, TimeoutException {
        bound.enter(spec.runnerId());
        PodRunner runner = null;
        boolean stays = false;
        try {
            runner = createPod(spec, wanted, patience);
            if (!bound.isWithin(runner.id(), patience.rest())) {
                throw new NoRoomException(runner.description() + " is one too many");
            }
            createSecret(runner, wanted, patience);
            stays = true;
            return runner;
        } finally {
            if (!stays && runner != null) {
                bound.refuse(Objects.requireNonNull(runner.pod()));
                discard(runner);
            }
            bound.leave(spec.runnerId());
        }
    }

    private PodRunner create(RunnerSpec spec, RunnerPod wanted, Patience patience)
            throws ApiException, InterruptedException {
        PodRunner runner = createPod(spec, wanted, patience);
        boolean done = false;
        try {
            createSecret(runner, wanted, patience);
            done = true;
            return runner;
        } finally {
            if (!done) {
                discard(runner);
            }
        }
    }

    private PodRunner createPod(RunnerSpec spec, RunnerPod wanted, Patience patience)
            throws ApiException, InterruptedException {
        PodRunner runner =
                new PodRunner(spec.runnerId(), new PoolPods(cluster, removal, options.unschedulableGrace(), dialled));
        cluster.board().add(runner);
        boolean done = false;
        try {
            runner.created(cluster.api().create(kept(wanted.pod()), patience.rest()));
            done = true;
            return runner;
        } finally {
            if (!done) {
                discard(runner);
            }
        }
    }

    private void createSecret(PodRunner runner, RunnerPod wanted, Patience patience)
            throws ApiException, InterruptedException {
        Secret secret = wanted.secret();
        if (secret != null) {
            cluster.api().create(RunnerPod.secretOf(secret, Objects.requireNonNull(runner.pod())), patience.rest());
        }
    }

    /** The pool is never told of this runner. */
    private void discard(PodRunner runner) {
        runner.discard();
        cluster.board().discard(runner);
    }

    private Pod kept(Pod pod) {
        if (!options.keeping().keepFailed()) {
            return pod;
        }
        return new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(Leftovers.KEEP_FAILED, "true")
                .endMetadata()
                .build();
    }

    private void tell(RunnerPod wanted) {
        wanted.warnings().stream().filter(told::add).forEach(warning -> LOG.warn("Pool '{}': {}", pool, warning));
    }

    // ---- ending

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        removal.finish(REMOVALS_SENT_WITHIN);
        PodFeed feed = gateFeed;
        if (feed != null) {
            feed.close();
        }
        Clusters.release(key);
    }
}
