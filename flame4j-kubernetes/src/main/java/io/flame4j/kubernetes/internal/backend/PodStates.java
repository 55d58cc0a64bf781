package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.flame4j.kubernetes.internal.pods.RunnerPods;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a runner's pod has come. */
final class PodStates {

    private static final Logger LOG = LoggerFactory.getLogger(PodStates.class);

    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

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

    /** Whether a node was found for it. */
    static boolean hasNode(Pod pod) {
        return pod.getSpec() != null && pod.getSpec().getNodeName() != null;
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

    /** The addresses of the pod, as far as they are known. */
    static Set<InetAddress> addresses(Pod pod) {
        Set<InetAddress> all = new HashSet<>();
        if (pod.getStatus() == null) {
            return all;
        }
        add(all, pod.getStatus().getPodIP());
        for (PodIP each : Objects.requireNonNullElse(pod.getStatus().getPodIPs(), List.<PodIP>of())) {
            add(all, each.getIp());
        }
        return all;
    }

    private static void add(Set<InetAddress> all, @Nullable String literal) {
        // Not a name: that would be looked up.
        if (literal == null || !LITERAL.matcher(literal).matches()) {
            return;
        }
        try {
            all.add(InetAddress.getByName(literal));
        } catch (UnknownHostException e) {
            LOG.debug("The cluster reports an address that is none: {}", literal);
        }
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
