package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import io.flame4j.kubernetes.internal.pods.RunnerPod;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is asked of a pod's object, with its gaps filled. Kubelets leave out whatever they do not know yet. */
final class PodView {

    /** What a container is to the pod. */
    enum Role {
        RUNNER("container"),
        SIDECAR("sidecar"),
        NATIVE_SIDECAR("native sidecar"),
        INIT("init container");

        private final String words;

        Role(String words) {
            this.words = words;
        }
    }

    /** A container as it was asked for and as it is. */
    record Part(Role role, Container spec, @Nullable ContainerStatus status) {

        /** Such as {@code init container fetch}. */
        String words() {
            return role.words + " " + name();
        }

        String name() {
            return String.valueOf(spec.getName());
        }

        private @Nullable ContainerState state() {
            return status == null ? null : status.getState();
        }

        String image() {
            return Objects.requireNonNullElse(spec.getImage(), "(none)");
        }

        @Nullable
        ContainerStateWaiting waiting() {
            ContainerState state = state();
            return state == null ? null : state.getWaiting();
        }

        @Nullable
        ContainerStateTerminated terminated() {
            ContainerState state = state();
            return state == null ? null : state.getTerminated();
        }

        @Nullable
        ContainerStateRunning running() {
            ContainerState state = state();
            return state == null ? null : state.getRunning();
        }

        boolean isRunning() {
            return running() != null;
        }

        /** Whether it has ended with another exit code than 0. */
        boolean hasFailed() {
            ContainerStateTerminated end = terminated();
            return end != null && !Objects.equals(end.getExitCode(), 0);
        }

        int restarts() {
            return status == null || status.getRestartCount() == null ? 0 : status.getRestartCount();
        }

        /** How it ended before it was started again. */
        @Nullable
        ContainerStateTerminated before() {
            return status == null || status.getLastState() == null
                    ? null
                    : status.getLastState().getTerminated();
        }

        /** Null when it has none. */
        @Nullable
        Quantity memoryLimit() {
            return limit(spec.getResources());
        }
    }

    private final Pod pod;
    private final PodSpec spec;
    private final PodStatus status;
    private final List<Part> inits;
    private final List<Part> containers;

    PodView(Pod pod) {
        this.pod = pod;
        this.spec = Objects.requireNonNullElseGet(pod.getSpec(), PodSpec::new);
        this.status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
        this.inits = parts(spec.getInitContainers(), status.getInitContainerStatuses(), true);
        this.containers = parts(spec.getContainers(), status.getContainerStatuses(), false);
    }

    private static List<Part> parts(List<Container> specs, List<ContainerStatus> statuses, boolean init) {
        List<Part> parts = new ArrayList<>();
        for (Container container : specs) {
            ContainerStatus status = statuses.stream()
                    .filter(each -> Objects.equals(each.getName(), container.getName()))
                    .findFirst()
                    .orElse(null);
            Role role = !init
                    ? parts.isEmpty() ? Role.RUNNER : Role.SIDECAR
                    : "Always".equals(container.getRestartPolicy()) ? Role.NATIVE_SIDECAR : Role.INIT;
            parts.add(new Part(role, container, status));
        }
        return List.copyOf(parts);
    }

    PodSpec spec() {
        return spec;
    }

    String name() {
        return String.valueOf(pod.getMetadata().getName());
    }

    String namespace() {
        return Objects.requireNonNullElse(pod.getMetadata().getNamespace(), "default");
    }

    /** Empty until it has a node. */
    String node() {
        return Objects.requireNonNullElse(spec.getNodeName(), "");
    }

    /** Such as {@code " on node n1"}; empty until it has a node. */
    String onNode() {
        return node().isEmpty() ? "" : " on node " + node();
    }

    /** Such as {@code its node n1}. */
    String itsNode() {
        return node().isEmpty() ? "its node" : "its node " + node();
    }

    String phase() {
        return Objects.requireNonNullElse(status.getPhase(), "Pending");
    }

    boolean hasEnded() {
        return phase().equals("Failed") || phase().equals("Succeeded");
    }

    String reason() {
        return Objects.requireNonNullElse(status.getReason(), "");
    }

    String message() {
        return Texts.clause(status.getMessage());
    }

    String nominatedNode() {
        return Objects.requireNonNullElse(status.getNominatedNodeName(), "");
    }

    boolean hasIp() {
        return status.getPodIP() != null && !status.getPodIP().isEmpty();
    }

    /** Those that run before the others, in their order. */
    List<Part> inits() {
        return inits;
    }

    /** The runner's and those beside it. */
    List<Part> containers() {
        return containers;
    }

    /** All in the order in which they start. */
    List<Part> parts() {
        List<Part> all = new ArrayList<>(inits);
        all.addAll(containers);
        return all;
    }

    @Nullable
    Part runner() {
        return containers.isEmpty() ? null : containers.get(0);
    }

    @Nullable
    PodCondition condition(String type) {
        return status.getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst()
                .orElse(null);
    }

    boolean isCondition(String type, String value) {
        PodCondition condition = condition(type);
        return condition != null && value.equals(condition.getStatus());
    }

    boolean isDeleted() {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** When somebody asked for the deletion: the time in the object is when the grace ends. */
    @Nullable
    Instant deletionAsked() {
        Instant end = instant(pod.getMetadata().getDeletionTimestamp());
        Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
        return end == null || grace == null ? end : end.minusSeconds(grace);
    }

    @Nullable
    Instant created() {
        return instant(pod.getMetadata().getCreationTimestamp());
    }

    /** When it got its node, or began to look for one; else when it was created. */
    @Nullable
    Instant startOfBoot() {
        PodCondition scheduled = condition("PodScheduled");
        Instant since = scheduled == null ? null : instant(scheduled.getLastTransitionTime());
        return since == null ? created() : since;
    }

    /** The limit on all containers together, which newer servers know. */
    @Nullable
    Quantity memoryLimit() {
        return limit(spec.getResources());
    }

    private static @Nullable Quantity limit(@Nullable ResourceRequirements resources) {
        return resources == null || resources.getLimits() == null
                ? null
                : resources.getLimits().get("memory");
    }

    /** The Secret that flame4j keeps the runner's variables in, if it does. */
    String ownSecret() {
        Map<String, String> labels =
                Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        return RunnerPod.secretName(
                String.valueOf(pod.getMetadata().getGenerateName()),
                String.valueOf(labels.get(RunnerLabels.RUNNER)),
                String.valueOf(labels.get(RunnerLabels.PARENT_LIFE)));
    }

    /** A command that shows one's events. */
    String describe() {
        return "kubectl describe pod " + name() + " -n " + namespace();
    }

    /** A command that shows what a container prints. */
    String log(Part part) {
        return "kubectl logs " + name() + " -n " + namespace() + " -c " + part.name();
    }

    /** Null when there is none, or it is malformed. */
    static @Nullable Instant instant(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
