package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Says why a runner ended, from the last that is known of its pod. A pure function. */
public final class EndDiagnosis {

    private EndDiagnosis() {}

    /**
     * Why a runner ended that nobody told to. The message has the runner as its subject.
     *
     * @param last the pod as it was last seen
     * @param deleted whether it is gone from the API server
     * @param lastLines the last lines of the runner's output, as far as they could be read, oldest first
     * @return the end; that the connection is lost when the pod still runs
     */
    public static RunnerExit of(Pod last, boolean deleted, List<String> lastLines) {
        PodView pod = new PodView(last);
        Part runner = pod.runner();
        ContainerStateTerminated end = runner == null ? null : runner.terminated();
        OptionalInt code = end == null ? OptionalInt.empty() : Ended.exitCode(end);
        Ended why = why(pod, runner, end, deleted, lastLines);
        return new RunnerExit(why.reason(), why.clause(), code, lastLines, why.permanent());
    }

    private static Ended why(
            PodView pod,
            @Nullable Part runner,
            @Nullable ContainerStateTerminated end,
            boolean deleted,
            List<String> lastLines) {
        if (runner != null && end != null && (isOutOfMemory(end) || isBeforeDeletion(pod, end))) {
            return Ended.of(pod, runner, end, lastLines);
        }
        Ended byCluster = PodEnd.of(pod);
        if (byCluster != null) {
            return byCluster;
        }
        if (runner != null && end != null) {
            return Ended.of(pod, runner, end, lastLines);
        }
        Ended init = failedInit(pod);
        if (init != null) {
            return init;
        }
        return deleted ? PodEnd.vanished(pod) : stillThere(pod);
    }

    private static boolean isOutOfMemory(ContainerStateTerminated end) {
        return "OOMKilled".equals(end.getReason());
    }

    /** The runner ended by itself, and then somebody deleted what was left. */
    private static boolean isBeforeDeletion(PodView pod, ContainerStateTerminated end) {
        Instant asked = pod.deletionAsked();
        Instant finished = PodView.instant(end.getFinishedAt());
        return asked != null
                && finished != null
                && finished.isBefore(asked)
                && pod.reason().isEmpty();
    }

    static @Nullable Ended failedInit(PodView pod) {
        if (!pod.hasEnded()) {
            return null;
        }
        for (Part init : pod.inits()) {
            ContainerStateTerminated end = init.terminated();
            if (end != null && !Objects.equals(end.getExitCode(), 0)) {
                return Ended.of(pod, init, end, List.of());
            }
        }
        return null;
    }

    private static Ended stillThere(PodView pod) {
        if (pod.hasEnded()) {
            return new Ended(
                    Reason.EXITED,
                    "ended" + pod.onNode() + " (" + pod.phase() + "), and the cluster does not say how",
                    false);
        }
        boolean ready = pod.runner() != null && pod.runner().isRunning();
        if (ready && pod.isCondition("Ready", "False") && pod.isCondition("ContainersReady", "True")) {
            // The node controller changes the first only, on behalf of a kubelet that it has not heard of.
            return new Ended(
                    Reason.NODE_LOST,
                    "cannot be reached any more, and neither can its node " + pod.node()
                            + ". If the node still runs, so does the runner, for a while",
                    false);
        }
        return new Ended(
                Reason.CONNECTION,
                "cannot be reached any more, though its pod is " + pod.phase() + pod.onNode()
                        + ". Check the network between the nodes, and how busy the runner was",
                false);
    }
}
