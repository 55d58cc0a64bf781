package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Volume;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the state of a pod says when nothing in it is an error, and yet its runner did not connect. */
final class Clues {

    private Clues() {}

    static String running(PodView pod, Part runner, String dialled, Instant now) {
        ContainerStateRunning state =
                runner.state() == null ? null : runner.state().getRunning();
        Instant started = state == null ? null : PodView.instant(state.getStartedAt());
        String mesh = mesh(pod);
        return "is Running" + pod.onNode() + (started == null ? "" : " since " + Texts.since(started, now))
                + " but did not connect to " + dialled + deadSidecars(pod)
                + "; check that no NetworkPolicy keeps runners from that address"
                + (mesh.isEmpty()
                        ? ""
                        : ", and that " + mesh + " lets them through: exclude the parent's port from mutual TLS")
                + ", and that the JVM had time to start: see kubectl logs " + pod.name() + " -n " + pod.namespace()
                + " -c " + runner.spec().getName();
    }

    static String pending(PodView pod, Instant now) {
        PodCondition scheduled = pod.condition("PodScheduled");
        if (pod.node().isEmpty()) {
            return unscheduled(pod, scheduled);
        }
        Instant since = scheduled == null ? null : PodView.instant(scheduled.getLastTransitionTime());
        String where = "is " + pod.phase() + pod.onNode() + (since == null ? "" : " since " + Texts.since(since, now));
        Part busy = pod.inits().stream()
                .filter(part -> part.role() == Role.INIT && part.isRunning())
                .findFirst()
                .orElse(null);
        if (busy != null) {
            return where + ": its " + busy.words() + " still runs. See its log: kubectl logs " + pod.name() + " -n "
                    + pod.namespace() + " -c " + busy.spec().getName();
        }
        if (hasNoSandbox(pod)) {
            return where + " without an address: it waits for " + volumes(pod) + "its network. The events say more: "
                    + describe(pod);
        }
        String images = pod.parts().stream()
                .filter(part -> part.terminated() == null && !part.isRunning())
                .map(Part::image)
                .distinct()
                .collect(Collectors.joining(", "));
        return where + ": it waits for " + volumes(pod) + "its images (" + images + "), which takes long when they are"
                + " large. The events say more: " + describe(pod);
    }

    private static String unscheduled(PodView pod, @Nullable PodCondition scheduled) {
        if (scheduled == null) {
            return "is Pending and no scheduler has looked at it"
                    + Texts.parenthesis(
                            pod.spec().getSchedulerName() == null
                                    ? ""
                                    : "schedulerName is " + pod.spec().getSchedulerName())
                    + ". Check that the scheduler runs";
        }
        if ("SchedulingGated".equals(scheduled.getReason())) {
            String gates = pod.spec().getSchedulingGates().stream()
                    .map(gate -> gate.getName())
                    .collect(Collectors.joining(", "));
            return "is Pending behind the scheduling gates " + gates + ". Whoever set them has not let it go yet";
        }
        return "is Pending without a node" + Texts.parenthesis(Objects.requireNonNullElse(scheduled.getReason(), ""))
                + Texts.colon(Texts.clause(scheduled.getMessage()))
                + (pod.nominatedNode().isEmpty() ? "" : ". Other pods make room for it on node " + pod.nominatedNode());
    }

    private static boolean hasNoSandbox(PodView pod) {
        return pod.isCondition("PodReadyToStartContainers", "False")
                || pod.isCondition("PodHasNetwork", "False")
                || !pod.hasIp();
    }

    /** The volumes that may be missing, such as {@code its volumes (Secret db, claim data) or }. */
    private static String volumes(PodView pod) {
        List<String> names = new ArrayList<>();
        for (Volume volume : pod.spec().getVolumes()) {
            if (volume.getSecret() != null
                    && !Boolean.TRUE.equals(volume.getSecret().getOptional())) {
                names.add("Secret " + volume.getSecret().getSecretName());
            } else if (volume.getConfigMap() != null
                    && !Boolean.TRUE.equals(volume.getConfigMap().getOptional())) {
                names.add("ConfigMap " + volume.getConfigMap().getName());
            } else if (volume.getPersistentVolumeClaim() != null) {
                names.add("claim " + volume.getPersistentVolumeClaim().getClaimName());
            } else if (volume.getCsi() != null) {
                names.add("CSI volume " + volume.getName());
            }
        }
        return names.isEmpty() ? "" : "its volumes (" + String.join(", ", names) + ") or ";
    }

    private static String deadSidecars(PodView pod) {
        return pod.parts().stream()
                .filter(part -> part.role() == Role.SIDECAR || part.role() == Role.NATIVE_SIDECAR)
                .filter(part -> part.terminated() != null)
                .map(part -> {
                    ContainerStateTerminated end = part.terminated();
                    return "; its " + part.words() + " has ended with code " + (end == null ? null : end.getExitCode());
                })
                .collect(Collectors.joining());
    }

    private static String mesh(PodView pod) {
        boolean istio = pod.parts().stream()
                .anyMatch(part -> "istio-proxy".equals(part.spec().getName()));
        boolean linkerd = pod.parts().stream()
                .anyMatch(part -> "linkerd-proxy".equals(part.spec().getName()));
        return istio ? "Istio" : linkerd ? "Linkerd" : "";
    }

    private static String describe(PodView pod) {
        return "kubectl describe pod " + pod.name() + " -n " + pod.namespace();
    }
}
