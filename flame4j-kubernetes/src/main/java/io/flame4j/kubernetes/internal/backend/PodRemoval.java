package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.BackendOptions.Keeping;
import io.flame4j.kubernetes.internal.api.PodApi;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the pods of one pool's runners, now, later or not at all, as the options say. Thread-safe; nothing here blocks
 * but {@link #finish}.
 */
final class PodRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(PodRemoval.class);

    /** For sidecars, and agents that send what they have. */
    private static final Duration AFTER_THE_END = Duration.ofSeconds(5);

    private final PodApi api;
    private final Keeping keeping;
    private final ScheduledExecutorService timer;

    /** Pods that are kept for a while, by uid. */
    private final Map<String, Delayed> delayed = new ConcurrentHashMap<>();

    private volatile boolean finishing;

    PodRemoval(PodApi api, Keeping keeping, ScheduledExecutorService timer) {
        this.api = api;
        this.keeping = keeping;
        this.timer = timer;
    }

    /** The runner must end at once. */
    void kill(Pod pod) {
        api.delete(pod, PodApi.AT_ONCE);
    }

    /**
     * The runner did not come up and must end at once; its pod is kept when failed ones are. One that no node has taken
     * could not be kept from starting later.
     */
    void giveUp(Pod pod) {
        if (keeping.keepFailed() && PodStates.hasNode(pod)) {
            tellKept(pod);
            api.halt(pod).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn(
                            "Pod {} could not be ended and kept, so it is deleted: {}",
                            nameOf(pod),
                            failure.getMessage());
                    kill(pod);
                }
            });
        } else {
            kill(pod);
        }
    }

    /**
     * The runner has ended.
     *
     * @param failed whether that is how it should not end
     */
    void ended(Pod pod, boolean failed) {
        if (failed && keeping.keepFailed()) {
            tellKept(pod);
        } else if (keeping.deleteAfter().isZero() || finishing) {
            api.delete(pod, AFTER_THE_END);
        } else {
            later(pod);
        }
    }

    /** The pod is there no more. */
    void gone(Pod pod) {
        Delayed plan = delayed.remove(pod.getMetadata().getUid());
        if (plan != null) {
            plan.task.cancel(false);
        }
    }

    private record Delayed(Pod pod, Future<?> task) {}

    private void later(Pod pod) {
        String uid = pod.getMetadata().getUid();
        Future<?> task =
                timer.schedule(() -> deleteNow(uid), keeping.deleteAfter().toMillis(), TimeUnit.MILLISECONDS);
        delayed.put(uid, new Delayed(pod, task));
        if (finishing) {
            deleteNow(uid);
        }
    }

    private void deleteNow(String uid) {
        Delayed plan = delayed.remove(uid);
        if (plan != null) {
            plan.task.cancel(false);
            api.delete(plan.pod, AFTER_THE_END);
        }
    }

    private static String nameOf(Pod pod) {
        return pod.getMetadata().getName();
    }

    /** Removes what was kept for a while, and waits until the API server has been told of all. */
    void finish(Duration atMost) {
        finishing = true;
        delayed.keySet().forEach(this::deleteNow);
        boolean interrupted = Thread.interrupted();
        try {
            // Of all pools: among them are pods that the API server was still creating when their boots were given up.
            if (!api.awaitDeletes(atMost)) {
                LOG.warn(
                        "The API server did not take all removals of pods within {}. What is left goes with the parent's"
                                + " pod, or when its process ends, which it does by itself.",
                        atMost);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tellKept(Pod pod) {
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        LOG.info(
                "Pod {} is kept, since keepFailedPods is set. Look at it with: kubectl -n {} describe pod {}; kubectl -n"
                        + " {} logs {}; and remove it with: kubectl -n {} delete pod {}",
                name,
                namespace,
                name,
                namespace,
                name,
                namespace,
                name);
    }
}
