package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.backend.NoRoomException;
import io.flame4j.kubernetes.internal.api.PodFeed;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import io.flame4j.kubernetes.internal.pods.Syntax;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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

    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

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

    /** Boots that were told that there is room, by their threads, until they enter. One that has ended needs none. */
    private final Set<Thread> reserved = new HashSet<>();

    /** The uids of pods that were removed again, which say nothing of the pod that their runner gets next. */
    private final Set<String> refused = new HashSet<>();

    /** Those of this process that the list that is being told of has shown first. */
    private final List<CompletableFuture<Boolean>> inList = new ArrayList<>();

    private boolean listing;
    private int waiting;

    /** Whether those who wait now were told why. */
    private boolean told;

    /** What they were told; empty when none waits. Read without the lock: whoever asks must not wait for a log. */
    private volatile String because = "";

    /**
     * @param most the bound, 1 or more
     * @param life tells the pods of this process from those of others
     */
    RoomGate(String pool, int most, String life) {
        this.pool = pool;
        this.most = most;
        this.life = life;
    }

    /** Waits until there seems to be room, and keeps it for this thread until it {@link #enter}s. */
    void awaitRoom() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (reserved.contains(Thread.currentThread())) {
                return;
            }
            waiting++;
            try {
                while (!hasRoom()) {
                    tell();
                    // Threads that end without a word give their room back so.
                    changed.awaitNanos(LOOK_AGAIN_NANOS);
                    letOthersBeFirst();
                }
            } finally {
                waiting--;
                told = told && waiting > 0;
                because = told ? because : "";
            }
            reserved.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the room that was kept for a pod that is about to be created.
     *
     * @throws NoRoomException when none was
     */
    void enter(String runnerId) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!reserved.remove(Thread.currentThread())) {
                throw new NoRoomException("No room was kept for runner " + runnerId);
            }
            underWay.put(runnerId, new CompletableFuture<>());
        } finally {
            lock.unlock();
        }
    }

    /** This thread does not need the room that was kept for it. */
    void giveBack() {
        lock.lock();
        try {
            if (reserved.remove(Thread.currentThread())) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A pod is being removed again; its runner may get another. */
    void refuse(Pod pod) {
        lock.lock();
        try {
            refused.add(pod.getMetadata().getUid());
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
        reserved.removeIf(thread -> !thread.isAlive());
        long unseen = underWay.values().stream().filter(seen -> !seen.isDone()).count();
        return live.size() + unseen + reserved.size() < most;
    }

    private void tell() {
        if (!told) {
            told = true;
            because = why();
            LOG.warn("Pool '{}': {}", pool, because);
        }
    }

    private String why() {
        return "boots wait, because there are " + live.size() + " runner pods of it, over all replicas, and"
                + " maxInNamespace is " + most + ". See which: kubectl get pods -A -L flame4j.io/parent -l "
                + RunnerLabels.POOL + "=" + Syntax.toLabelValue(pool)
                + ". Raise maxInNamespace, or let idle runners end"
                + " sooner with idleShutdownAfter.";
    }

    /** Why boots wait; empty when none does. */
    String whyNoRoom() {
        String reason = because;
        return reason.isEmpty() ? "" : "New " + reason;
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
            if (ours != null && !refused.contains(uid)) {
                if (listing) {
                    inList.add(ours);
                } else {
                    // All that are live now were created before it. Only the first sight counts.
                    ours.complete(live.size() <= most);
                }
            }
            if (news) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A list does not show in which order its pods were created: all of it counts. */
    @Override
    public void listBegins() {
        lock.lock();
        try {
            listing = true;
        } finally {
            lock.unlock();
        }
    }

    /** The end of the list. */
    @Override
    public void listed() {
        lock.lock();
        try {
            listing = false;
            inList.forEach(ours -> ours.complete(live.size() <= most));
            inList.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void gone(Pod lastKnown) {
        lock.lock();
        try {
            refused.remove(lastKnown.getMetadata().getUid());
            if (live.remove(lastKnown.getMetadata().getUid())) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
