package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import io.flame4j.kubernetes.internal.pods.Syntax;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells runner pods that nobody needs any more. The pods of a process that runs beside this one, in the same container
 * or another one of the pod, are not among them: only what is older than the container can be of a process that is gone.
 */
final class Leftovers {

    private Leftovers() {}

    /** A pod whose runner has ended is kept, to be looked at, when this annotation says so. */
    static final String KEEP_FAILED = RunnerLabels.PREFIX + "keep-failed";

    /**
     * The pods that other processes of the same parent pod have created, as far as they are not kept on purpose: those
     * of earlier processes, and those of processes that run beside this one.
     *
     * @param life of this process
     * @param pods runner pods of this parent pod
     */
    static List<Pod> ofOthers(String life, Collection<Pod> pods) {
        return pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> !life.equals(RunnerLabels.label(pod, RunnerLabels.PARENT_LIFE)))
                .filter(pod -> !(PodStates.isTerminal(pod) && isKept(pod)))
                .toList();
    }

    private static boolean isKept(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        return annotations != null && annotations.containsKey(KEEP_FAILED);
    }

    /**
     * Those that were created before the container they are from was last started.
     *
     * @param parent the parent's pod
     * @param container the label of this process's own container
     * @param started when that was started, as far as this process can tell itself
     * @param others of other processes
     */
    static List<Pod> ofThePast(Pod parent, String container, @Nullable Instant started, Collection<Pod> others) {
        Map<String, Instant> restarts = restarts(parent);
        if (started != null) {
            restarts.merge(container, started, (one, other) -> one.isAfter(other) ? one : other);
        }
        return others.stream()
                .filter(pod -> {
                    Instant restarted = restarts.get(RunnerLabels.label(pod, RunnerLabels.PARENT_CONTAINER));
                    return restarted != null
                            && Instant.parse(pod.getMetadata().getCreationTimestamp())
                                    .isBefore(restarted);
                })
                .toList();
    }

    /** When the containers that were started more than once were last started, by the label of their runners. */
    private static Map<String, Instant> restarts(Pod parent) {
        Map<String, Instant> restarts = new HashMap<>();
        if (parent.getStatus() == null) {
            return restarts;
        }
        for (ContainerStatus status : parent.getStatus().getContainerStatuses()) {
            boolean again = status.getRestartCount() != null && status.getRestartCount() > 0;
            if (again && status.getState() != null && status.getState().getRunning() != null) {
                restarts.put(
                        Syntax.toLabelValue(status.getName()),
                        Instant.parse(status.getState().getRunning().getStartedAt()));
            }
        }
        return restarts;
    }
}
