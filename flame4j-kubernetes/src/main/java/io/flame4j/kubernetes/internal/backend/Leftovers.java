package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import io.flame4j.kubernetes.internal.pods.Syntax;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells runner pods that nobody needs any more. The pods of a process that runs beside this one, in the same container
 * or another one of the pod, are not among them: only what is clearly older than the container can be of a process that
 * is gone.
 */
final class Leftovers {

    /** By how much clocks of one cluster may differ, and more than that. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(10);

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
     * Those of processes that were there before the container they are from was last started, as the times of their pods
     * tell. The API server's clock says when a pod was created, in whole seconds, and a node's when a container was started:
     * so a process is of the past only if one of its pods is older by more than these can differ, and none is younger. Who
     * is taken for alive by mistake is told apart at the next start.
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
        Map<String, List<Pod>> processes = others.stream()
                .collect(Collectors.groupingBy(
                        pod -> RunnerLabels.label(pod, RunnerLabels.PARENT_LIFE),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return processes.values().stream()
                .filter(pods -> isOfThePast(pods, restarts))
                .flatMap(List::stream)
                .toList();
    }

    private static boolean isOfThePast(List<Pod> ofOneProcess, Map<String, Instant> restarts) {
        String container = RunnerLabels.label(ofOneProcess.get(0), RunnerLabels.PARENT_CONTAINER);
        Instant restarted = restarts.get(container);
        if (restarted == null) {
            return false;
        }
        List<Instant> created = ofOneProcess.stream()
                .map(pod -> Instant.parse(pod.getMetadata().getCreationTimestamp()))
                .sorted()
                .toList();
        return created.get(0).isBefore(restarted.minus(CLOCKS_DIFFER))
                && created.get(created.size() - 1).isBefore(restarted);
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
