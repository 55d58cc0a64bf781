package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.diagnosis.EndDiagnosis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** What the runners of one pool share. Thread-safe. */
final class PoolPods {

    private final Cluster cluster;
    private final PodRemoval removal;
    private final @Nullable Duration unschedulableGrace;
    private final String dialled;

    PoolPods(Cluster cluster, PodRemoval removal, @Nullable Duration unschedulableGrace, String dialled) {
        this.cluster = cluster;
        this.removal = removal;
        this.unschedulableGrace = unschedulableGrace;
        this.dialled = dialled;
    }

    PodRemoval removal() {
        return removal;
    }

    ScheduledExecutorService timer() {
        return cluster.timer();
    }

    /** Does something that may block, or tells the pool. */
    void work(Runnable task) {
        cluster.workers().execute(task);
    }

    /** Reads a log, which may take as long as a node takes to answer, and goes on from there. */
    void readLog(Runnable task) {
        cluster.logReaders().execute(task);
    }

    /** The pod as it is now; null when there is none. Blocks. */
    @Nullable
    Pod read(Pod pod) throws ApiException, InterruptedException {
        return cluster.api()
                .get(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    }

    /** By the wall clock, which is what the times in a pod's status are from. */
    Instant now() {
        return Instant.now();
    }

    @Nullable
    Duration unschedulableGrace() {
        return unschedulableGrace;
    }

    /** The address that runners are told to dial, for messages. */
    String dialled() {
        return dialled;
    }

    /** The last lines that a runner wrote, oldest first; none when they cannot be had. Blocks. */
    List<String> lastLines(Pod pod, int most, Duration limit) {
        String container = EndDiagnosis.containerToBlame(pod);
        List<String> lines = container == null
                ? null
                : cluster.api()
                        .log(pod.getMetadata().getNamespace(), pod.getMetadata().getName(), container, most, limit);
        return lines == null ? List.of() : lines;
    }
}
