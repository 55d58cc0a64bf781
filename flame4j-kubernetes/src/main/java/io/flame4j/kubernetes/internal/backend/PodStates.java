package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.pods.RunnerPods;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How far a runner's pod has come. */
final class PodStates {

    private PodStates() {}

    /**
     * Whether the runner in it has ended. The pod itself may go on, since a sidecar that does not end keeps it alive; the
     * runner's container is not started again.
     */
    static boolean isOver(Pod pod) {
        return hasPhase(pod, "Succeeded") || hasPhase(pod, "Failed") || terminated(pod) != null;
    }

    /** Whether the whole pod has ended. */
    static boolean isTerminal(Pod pod) {
        return hasPhase(pod, "Succeeded") || hasPhase(pod, "Failed");
    }

    /** Whether the runner's container has been started. */
    static boolean hasStarted(Pod pod) {
        ContainerState state = state(pod);
        return state != null && (state.getRunning() != null || state.getTerminated() != null);
    }

    /** Whether there may be a log to read: not of a pod that was taken away with or by its node. */
    static boolean mayHaveLog(Pod pod) {
        return pod.getStatus() != null && pod.getStatus().getReason() == null && hasStarted(pod);
    }

    /** Whether the runner ended well: by itself, with exit code 0. */
    static boolean hasSucceeded(Pod pod) {
        ContainerStateTerminated end = terminated(pod);
        return end != null ? Objects.equals(end.getExitCode(), 0) : hasPhase(pod, "Succeeded");
    }

    private static @Nullable ContainerStateTerminated terminated(Pod pod) {
        ContainerState state = state(pod);
        return state == null ? null : state.getTerminated();
    }

    private static @Nullable ContainerState state(Pod pod) {
        if (pod.getStatus() == null) {
            return null;
        }
        return pod.getStatus().getContainerStatuses().stream()
                .filter(status -> RunnerPods.CONTAINER.equals(status.getName()))
                .map(ContainerStatus::getState)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static boolean hasPhase(Pod pod, String phase) {
        return pod.getStatus() != null && phase.equals(pod.getStatus().getPhase());
    }
}
