package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pod that finds no node. */
final class Scheduling {

    private Scheduling() {}

    static BootVerdict of(PodView pod, Instant now, @Nullable Duration grace) {
        PodCondition scheduled = pod.condition("PodScheduled");
        if (grace == null
                || scheduled == null
                || !"False".equals(scheduled.getStatus())
                || !"Unschedulable".equals(scheduled.getReason())) {
            return new BootVerdict.Fine();
        }
        Instant since = Objects.requireNonNullElse(
                PodView.instant(scheduled.getLastTransitionTime()), Objects.requireNonNullElse(pod.created(), now));
        Instant end = since.plus(grace);
        return now.isBefore(end)
                ? new BootVerdict.LookAgain(end)
                : new BootVerdict.Failed(unschedulable(pod, scheduled, since, now), false);
    }

    private static String unschedulable(PodView pod, PodCondition scheduled, Instant since, Instant now) {
        String asked = asked(pod);
        String room = pod.nominatedNode().isEmpty() ? "" : ". Other pods give way to it on node " + pod.nominatedNode();
        return "has found no node for " + Texts.since(since, now) + " (Unschedulable)"
                + Texts.colon(Texts.clause(scheduled.getMessage()))
                + (asked.isEmpty() ? "" : ". It asks for " + asked) + room
                + ". Let runners ask for less, add nodes, or raise unschedulableGrace(…) when a cluster autoscaler needs"
                + " longer to add them";
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
