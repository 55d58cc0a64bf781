package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.api.PodFeed;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the number of runner pods of one pool, over all replicas of the parent, within a bound. Nobody is asked for
 * permission: a pod is created when there seems to be room, and removed again when the feed shows that others were first.
 * The feed tells of pods in the order in which they were created, so that all replicas agree on which ones those are.
 *
 * <p>Boots wait on any thread; the feed's thread tells what there is. {@link #lock} guards all fields that are not final.
 */
final class RoomGate implements PodFeed.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(RoomGate.class);

    /** Replicas that wait for the same room do not rush for it together. */
    private static final long SPREAD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final String pool;
    private final int most;
    private final String life;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** The uids of the pods whose runners have not ended. */
    private final Set<String> live = new HashSet<>();

    /** Runners whose pods were not seen yet, and whether they turn out to be within the bound. */
    private final Map<String, CompletableFuture<Boolean>> underWay = new HashMap<>();

    private boolean told;

    /**
     * @param most the bound, 1 or more
     * @param life tells the pods of this process from those of others
     */
    RoomGate(String pool, int most, String life) {
        this.pool = pool;
        this.most = most;
        this.life = life;
    }

    /** Waits until there seems to be room. */
    void awaitRoom() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!hasRoom()) {
                tell();
                changed.await();
                letOthersBeFirst();
            }
            told = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there seems to be room, and takes it for a pod that is about to be created. */
    void enter(String runnerId) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            awaitRoom();
            underWay.put(runnerId, new CompletableFuture<>());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether the pod of a runner is within the bound, as soon as that is known.
     *
     * @throws TimeoutException when it is not known in time, because nothing is heard of the API server
     */
    boolean isWithin(String runnerId, Duration patience) throws InterruptedException, TimeoutException {
        CompletableFuture<Boolean> seen;
        lock.lockInterruptibly();
        try {
            seen = Objects.requireNonNull(underWay.get(runnerId));
        } finally {
            lock.unlock();
        }
        try {
            return seen.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The pod was seen, or there will be none. */
    void leave(String runnerId) {
        lock.lock();
        try {
            underWay.remove(runnerId);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private boolean hasRoom() {
        long unseen = underWay.values().stream().filter(seen -> !seen.isDone()).count();
        return live.size() + unseen < most;
    }

    private void tell() {
        if (!told) {
            told = true;
            LOG.info(
                    "Pool '{}': boots wait, because there are {} runner pods of it, over all replicas, and maxInNamespace"
                            + " is {}",
                    pool,
                    live.size(),
                    most);
        }
    }

    /** Under the lock, which is given up meanwhile. */
    private void letOthersBeFirst() throws InterruptedException {
        long rest = hasRoom() ? ThreadLocalRandom.current().nextLong(SPREAD_NANOS) : 0;
        while (rest > 0) {
            rest = changed.awaitNanos(rest);
        }
    }

    @Override
    public void changed(Pod pod) {
        String uid = pod.getMetadata().getUid();
        lock.lock();
        try {
            boolean news = PodStates.isOver(pod) ? live.remove(uid) : live.add(uid);
            CompletableFuture<Boolean> ours = life.equals(RunnerLabels.label(pod, RunnerLabels.PARENT_LIFE))
                    ? underWay.get(RunnerLabels.label(pod, RunnerLabels.RUNNER))
                    : null;
            if (ours != null) {
                // All that are live now were created before it. Only the first sight counts.
                ours.complete(live.size() <= most);
            }
            if (news) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void gone(Pod lastKnown) {
        lock.lock();
        try {
            if (live.remove(lastKnown.getMetadata().getUid())) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
