package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.flame4j.RunnerLostException.Reason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why the cluster ended a pod, whatever its containers did. Kubelets say so in the status; since 1.26 a condition tells
 * who asked for the end, which before that is only known from events.
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

    private @Nullable Ended why() {
        Ended byReason = pod.reason().isEmpty() ? null : byReason(pod.reason());
        if (byReason != null) {
            return byReason;
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
            case "Evicted" -> evicted();
            case "Preempting" ->
                taken(
                        "was ended" + pod.onNode() + " to make room for a critical pod (Preempting)"
                                + Texts.colon(pod.message()),
                        "");
            case "NodeLost" -> nodeLost("NodeLost" + Texts.colon(pod.message()));
            case "Shutdown", "Terminated", "NodeShutdown" ->
                taken(
                        "was ended because its node " + pod.node() + " shuts down (" + reason + ")"
                                + Texts.colon(pod.message()),
                        "");
            case "DeadlineExceeded" ->
                new Ended(
                        Reason.EVICTED,
                        "was ended" + pod.onNode() + " because it ran longer than its activeDeadlineSeconds of "
                                + pod.spec().getActiveDeadlineSeconds()
                                + " (DeadlineExceeded). Raise activeDeadline(…) of"
                                + " the backend's builder, or let runners end sooner",
                        false);
            default -> pod.phase().equals("Failed") ? rejected(reason) : null;
        };
    }

    private Ended evicted() {
        String message = pod.message();
        String cure = "Give runners requests that they stay below, or a higher priority class";
        if (message.contains("ephemeral")
                || message.contains("EmptyDir")
                || message.contains("DiskPressure")
                || message.contains("inodes")) {
            cure = "Let runners write less to disk, or give them a request for ephemeral-storage that they stay below";
        } else if (message.contains("memory") || message.contains("MemoryPressure")) {
            cure = "Give runners a memory request that they stay below, or a higher priority class";
        }
        return taken("was evicted" + pod.onNode() + " (Evicted)" + Texts.colon(message), cure);
    }

    private Ended rejected(String reason) {
        boolean began = pod.parts().stream().anyMatch(part -> part.terminated() != null || part.isRunning());
        String cure = reason.startsWith("OutOf")
                ? "Other pods were faster; another pod may get another node"
                : reason.equals("UnexpectedAdmissionError") || reason.equals("TopologyAffinityError")
                        ? "A device or a processor that the node promised is not there; another pod may get another node"
                        : "";
        return taken(
                (began ? "was ended by" : "was rejected by") + " the kubelet of node " + pod.node() + " (" + reason
                        + ")" + Texts.colon(pod.message()),
                cure);
    }

    private Ended byDisruption(String reason, String message) {
        return switch (reason) {
            case "PreemptionByScheduler" ->
                taken(
                        "was preempted" + pod.onNode() + " (" + reason + ")" + Texts.colon(message),
                        "Give runners a higher priority class if they must not give way");
            case "EvictionByEvictionAPI" ->
                taken(
                        "was evicted" + pod.onNode() + ", as when a node is drained or scaled away (" + reason + ")"
                                + Texts.colon(message),
                        "");
            case "DeletionByTaintManager" ->
                nodeLost("the node is tainted NoExecute, as when it is not ready or cannot be reached; " + reason
                        + Texts.colon(message));
            case "DeletionByPodGC" -> nodeLost(reason + Texts.colon(message));
            case "TerminationByKubelet" ->
                taken(
                        "was ended by the kubelet of node " + pod.node()
                                + ", under pressure, for a critical pod, or at the" + " node's shutdown (" + reason
                                + ")" + Texts.colon(message),
                        "");
            default ->
                taken("was ended by the cluster" + pod.onNode() + " (" + reason + ")" + Texts.colon(message), "");
        };
    }

    /** Deleted by nobody of this pool; who it was is in no field of the pod. */
    Ended deleted() {
        return new Ended(
                Reason.DELETED,
                "was deleted by somebody else than its pool: by hand, by a node's drain, by preemption, or by a cleaner"
                        + " of the cluster. The events may say more: kubectl get events -n " + pod.namespace()
                        + " --field-selector involvedObject.name=" + pod.name(),
                false);
    }

    /** The pod is gone without a trace. */
    static Ended vanished(PodView pod) {
        return new PodEnd(pod).deleted();
    }

    private Ended nodeLost(String how) {
        return new Ended(
                Reason.NODE_LOST,
                "was lost with its node " + pod.node() + Texts.parenthesis(how)
                        + ". If the node still runs, so may the runner, for a while",
                false);
    }

    private static Ended taken(String clause, String cure) {
        return new Ended(Reason.EVICTED, clause + (cure.isEmpty() ? "" : ". " + cure), false);
    }
}
