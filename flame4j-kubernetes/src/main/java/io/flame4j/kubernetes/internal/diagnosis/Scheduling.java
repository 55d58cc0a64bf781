package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.flame4j.RunnerBootException.Reason;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pod that finds no node. */
final class Scheduling {

    private Scheduling() {}

    /** Fine when it has a node, or may look for one for any time. */
    static BootVerdict of(PodView pod, Instant now, @Nullable Duration grace) {
        if (grace == null || !isUnschedulable(pod)) {
            return new BootVerdict.Fine();
        }
        Instant end = since(pod, now).plus(grace);
        return now.isBefore(end) ? new BootVerdict.LookAgain(end) : failed(pod, now);
    }

    /** As if it had had all the time that it may take. */
    static BootVerdict ofOverdue(PodView pod, Instant now) {
        return isUnschedulable(pod) ? failed(pod, now) : new BootVerdict.Fine();
    }

    private static boolean isUnschedulable(PodView pod) {
        PodCondition scheduled = pod.condition("PodScheduled");
        return scheduled != null
                && "False".equals(scheduled.getStatus())
                && "Unschedulable".equals(scheduled.getReason());
    }

    private static Instant since(PodView pod, Instant now) {
        return Objects.requireNonNullElse(pod.startOfBoot(), now);
    }

    private static BootVerdict.Failed failed(PodView pod, Instant now) {
        PodCondition scheduled = pod.condition("PodScheduled");
        String message = scheduled == null ? "" : Texts.clause(scheduled.getMessage());
        String room = pod.nominatedNode().isEmpty() ? "" : ". Other pods give way to it on node " + pod.nominatedNode();
        return new BootVerdict.Failed(
                "has found no node for " + Texts.since(since(pod, now), now) + " (Unschedulable)" + Texts.colon(message)
                        + room + ". " + cure(pod, message),
                false,
                Reason.UNSCHEDULABLE);
    }

    private static String cure(PodView pod, String message) {
        if (message.toLowerCase(Locale.ROOT).contains("persistentvolumeclaim")) {
            return "See what its claims wait for: kubectl get pvc -n " + pod.namespace();
        }
        if (message.contains("Insufficient") || message.contains("Too many pods") || message.isEmpty()) {
            String asked = asked(pod);
            return (asked.isEmpty() ? "" : "It asks for " + asked + ". ")
                    + "Let runners ask for less, add nodes, or raise bootTimeout(…), and unschedulableGrace(…) if it"
                    + " is set, when a cluster autoscaler needs longer to add them";
        }
        return "Give runners the node selector, affinity and tolerations of nodes that they may run on, or raise"
                + " bootTimeout(…), and unschedulableGrace(…) if it is set, when a cluster autoscaler needs longer to add such"
                + " nodes";
    }

    /** The requests of the runner's container, such as {@code cpu 2, memory 4Gi}. */
    static String asked(PodView pod) {
        Part runner = pod.runner();
        if (runner == null || runner.spec().getResources() == null) {
            return "";
        }
        Map<String, Quantity> requests =
                Objects.requireNonNullElse(runner.spec().getResources().getRequests(), Map.of());
        StringBuilder text = new StringBuilder();
        new TreeMap<>(requests)
                .forEach((name, quantity) -> text.append(text.isEmpty() ? "" : ", ")
                        .append(name)
                        .append(' ')
                        .append(quantity));
        return text.toString();
    }
}
