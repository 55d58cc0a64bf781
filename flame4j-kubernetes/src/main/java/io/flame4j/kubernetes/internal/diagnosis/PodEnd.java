package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why the cluster ended a pod, whatever its containers did. Kubelets say so in the status. Who else asked for the end is
 * told by a condition, on servers since 1.26; before, only events know.
 */
final class PodEnd {

    private final PodView pod;

    private PodEnd(PodView pod) {
        this.pod = pod;
    }

    /** Null when the cluster has not ended it, as far as it shows. */
    static @Nullable Ended of(PodView pod) {
        return new PodEnd(pod).why();
    }

    /** For a pod that is gone without having shown why. */
    static Ended vanished(PodView pod) {
        return new PodEnd(pod).deleted();
    }

    private @Nullable Ended why() {
        Ended byKubelet = byReason(pod.reason());
        if (byKubelet != null) {
            return byKubelet;
        }
        PodCondition disruption = pod.condition("DisruptionTarget");
        if (disruption != null && "True".equals(disruption.getStatus())) {
            return byDisruption(
                    Objects.requireNonNullElse(disruption.getReason(), ""), Texts.clause(disruption.getMessage()));
        }
        if (pod.phase().equals("Unknown")) {
            return nodeLost("the state of its pod is Unknown");
        }
        return pod.isDeleted() ? deleted() : null;
    }

    private @Nullable Ended byReason(String reason) {
        return switch (reason) {
            case "" -> null;
            case "Evicted" -> evicted();
            case "Preempting" ->
                taken("was ended" + pod.onNode() + " to make room for a critical pod", reason, pod.message(), "");
            case "NodeLost" -> nodeLost(reason + Texts.colon(pod.message()));
            case "Shutdown", "Terminated", "NodeShutdown" ->
                taken("was ended because " + pod.itsNode() + " shuts down", reason, pod.message(), "");
            case "DeadlineExceeded" -> deadlineExceeded();
            default -> pod.phase().equals("Failed") ? byOtherReason(reason) : null;
        };
    }

    private Ended deadlineExceeded() {
        Long deadline = pod.spec().getActiveDeadlineSeconds();
        return taken(
                "was ended" + pod.onNode() + " because its pod was older than its activeDeadlineSeconds"
                        + (deadline == null ? "" : ", " + deadline),
                "DeadlineExceeded",
                "",
                "Raise activeDeadline(…) of the backend's builder, or let runners end sooner");
    }

    private Ended evicted() {
        String message = pod.message();
        boolean disk = Stream.of("ephemeral", "EmptyDir", "DiskPressure", "inodes", "nodefs")
                .anyMatch(message::contains);
        String cure = disk
                ? "Let runners write less to disk, or give them a request for ephemeral-storage that they stay below"
                : "Give runners requests that they stay below, or a higher priority class";
        return taken("was evicted" + pod.onNode(), "Evicted", message, cure);
    }

    /** A kubelet that does not admit a pod invents a reason for each cause. */
    private Ended byOtherReason(String reason) {
        boolean ran = pod.parts().stream().anyMatch(part -> part.isRunning() || part.terminated() != null);
        String cure = "";
        if (reason.startsWith("OutOf")) {
            cure = "Other pods were faster; another node may have room";
        } else if (reason.equals("UnexpectedAdmissionError") || reason.equals("TopologyAffinityError")) {
            cure = "A device or processor that the node promised is not to be had; another node may have it";
        } else if (reason.equals("NodeAffinity") || reason.equals("NodeSelectorMismatching")) {
            cure = "The node's labels have changed since the pod was given to it; another node may fit";
        }
        String what = ran ? "was ended by" : "was turned away by";
        return taken(what + " " + pod.itsNode(), reason, pod.message(), cure);
    }

    private Ended byDisruption(String reason, String message) {
        return switch (reason) {
            case "PreemptionByScheduler" ->
                taken(
                        "was preempted" + pod.onNode(),
                        reason,
                        message,
                        "Give runners a higher priority class if they must not give way");
            case "EvictionByEvictionAPI" ->
                taken(
                        "was evicted" + pod.onNode() + ", as when a node is drained or no longer needed",
                        reason,
                        message,
                        "");
            case "DeletionByTaintManager", "DeletionByDeviceTaintManager" -> tainted(reason, message);
            case "DeletionByPodGC" -> nodeLost(reason + Texts.colon(message));
            case "TerminationByKubelet" ->
                taken(
                        "was ended by " + pod.itsNode() + ", which is short of something, needs room for a critical"
                                + " pod, or shuts down",
                        reason,
                        message,
                        "");
            default -> taken("was ended by the cluster" + pod.onNode(), reason, message, "");
        };
    }

    /** A node is tainted by hand, or because nobody hears of it: then it does not report the end either. */
    private Ended tainted(String reason, String message) {
        Part runner = pod.runner();
        if (runner != null && runner.terminated() != null) {
            return taken("was evicted because " + pod.itsNode() + " is tainted", reason, message, "");
        }
        return nodeLost(reason + Texts.colon(message));
    }

    /** By nobody of this pool; who it was is in no field of the pod. */
    private Ended deleted() {
        return new Ended(
                Reason.DELETED,
                "was deleted by somebody else than its pool: by hand, or on older servers by a drain or a preemption. The"
                        + " events may say more: kubectl get events -n " + pod.namespace()
                        + " --field-selector involvedObject.name=" + pod.name(),
                false);
    }

    private Ended nodeLost(String how) {
        return new Ended(
                Reason.NODE_LOST,
                "was lost with " + pod.itsNode() + " (" + how + "). If the node still runs, so may the runner, for a"
                        + " while",
                false);
    }

    private static Ended taken(String what, String reason, String message, String cure) {
        return new Ended(
                Reason.EVICTED, what + Texts.parenthesis(reason) + Texts.colon(message) + Texts.sentence(cure), false);
    }
}
