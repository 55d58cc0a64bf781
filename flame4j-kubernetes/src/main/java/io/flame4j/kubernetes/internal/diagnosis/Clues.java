package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSchedulingGate;
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

    /** A clause with the pod as its subject. */
    static String of(PodView pod, String dialled, Instant now) {
        Part runner = pod.runner();
        ContainerStateRunning running = runner == null ? null : runner.running();
        if (runner != null && running != null) {
            return running(pod, runner, running, dialled, now);
        }
        return pod.node().isEmpty() ? withoutNode(pod) : pending(pod, now);
    }

    private static String running(PodView pod, Part runner, ContainerStateRunning state, String dialled, Instant now) {
        String mesh = mesh(pod);
        return "is Running" + pod.onNode() + since(PodView.instant(state.getStartedAt()), now)
                + ", but did not connect to " + dialled + deadSidecars(pod)
                + ". Check that no NetworkPolicy keeps runners from that address"
                + (mesh.isEmpty()
                        ? ""
                        : ", that " + mesh + " lets them through (exclude the parent's port from mutual TLS)")
                + ", and that its JVM had time to start: " + pod.log(runner);
    }

    private static String pending(PodView pod, Instant now) {
        String where = "is Pending" + pod.onNode() + since(pod.startOfBoot(), now);
        for (Part init : pod.inits()) {
            if (init.role() == Role.INIT && init.isRunning()) {
                return where + ", where its " + init.words() + " still runs. See its log: " + pod.log(init);
            }
        }
        String images = pod.parts().stream()
                .filter(part -> part.terminated() == null && !part.isRunning())
                .map(Part::image)
                .distinct()
                .collect(Collectors.joining(", "));
        return where + " and waits for " + (hasSandbox(pod) ? "" : beforeImages(pod)) + "its images (" + images
                + "), which take long when they are large. The events may say more: " + pod.describe();
    }

    private static String withoutNode(PodView pod) {
        PodCondition scheduled = pod.condition("PodScheduled");
        if (scheduled == null) {
            String scheduler = pod.spec().getSchedulerName();
            return "is Pending and no scheduler has looked at it"
                    + (scheduler == null ? "" : " (schedulerName " + scheduler + ")")
                    + ". Check that the scheduler runs";
        }
        if ("SchedulingGated".equals(scheduled.getReason())) {
            String gates = pod.spec().getSchedulingGates().stream()
                    .map(PodSchedulingGate::getName)
                    .collect(Collectors.joining(", "));
            return "is Pending behind the scheduling gates " + gates + ". Whoever set them has not let it go yet";
        }
        return "is Pending without a node" + Texts.parenthesis(Objects.requireNonNullElse(scheduled.getReason(), ""))
                + Texts.colon(Texts.clause(scheduled.getMessage()));
    }

    /** Whether volumes and network are there. A kubelet that pulls an image may not have said so yet. */
    private static boolean hasSandbox(PodView pod) {
        return pod.hasIp() || pod.isCondition("PodReadyToStartContainers", "True");
    }

    private static String beforeImages(PodView pod) {
        String volumes = volumes(pod);
        return (volumes.isEmpty() ? "" : "its volumes (" + volumes + "), ") + "its network or ";
    }

    /** Those that may be missing, such as {@code Secret db, claim data}. */
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
            } else if (volume.getCsi() != null || volume.getEphemeral() != null || volume.getNfs() != null) {
                names.add("volume " + volume.getName());
            }
        }
        return String.join(", ", names);
    }

    private static String deadSidecars(PodView pod) {
        return pod.parts().stream()
                .filter(part -> part.role() == Role.SIDECAR)
                .flatMap(part -> deadSidecar(part).stream())
                .collect(Collectors.joining());
    }

    private static List<String> deadSidecar(Part part) {
        ContainerStateTerminated end = part.terminated();
        return end == null ? List.of() : List.of("; its " + part.words() + " exited with code " + end.getExitCode());
    }

    private static String mesh(PodView pod) {
        return pod.parts().stream()
                .map(part -> switch (part.name()) {
                    case "istio-proxy" -> "Istio";
                    case "linkerd-proxy" -> "Linkerd";
                    default -> "";
                })
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static String since(@Nullable Instant then, Instant now) {
        return then == null ? "" : " since " + Texts.since(then, now);
    }
}
