package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Role;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Says why a runner ended, from the last that is known of its pod. Pure functions. */
public final class EndDiagnosis {

    private EndDiagnosis() {}

    /**
     * Why a runner ended that nobody told to, or cannot be reached any more.
     *
     * @param last the pod as it was last seen
     * @param deleted whether it is gone from the API server
     * @param lastLines the last lines of the output of {@link #containerToBlame}, as far as they could be read, oldest
     *     first
     * @return the end; {@link Reason#CONNECTION} when the pod still runs
     */
    public static RunnerExit of(Pod last, boolean deleted, List<String> lastLines) {
        PodView pod = new PodView(last);
        Part runner = pod.runner();
        ContainerStateTerminated end = runner == null ? null : runner.terminated();
        Ended why = end(pod, lastLines);
        if (why == null) {
            why = deleted ? PodEnd.vanished(pod) : unreachable(pod);
        }
        OptionalInt code = end == null ? OptionalInt.empty() : Ended.exitCode(end);
        return new RunnerExit(why.reason(), why.clause(), code, lastLines, why.permanent());
    }

    /**
     * The container whose output tells most about the end of a pod: an init container that failed, else the runner's.
     *
     * @param pod the pod
     * @return the name of a container that has run; null when none has that matters
     */
    public static @Nullable String containerToBlame(Pod pod) {
        PodView view = new PodView(pod);
        for (Part init : view.inits()) {
            if (init.hasFailed() && init.role() == Role.INIT) {
                return init.name();
            }
        }
        Part runner = view.runner();
        return runner != null && (runner.isRunning() || runner.terminated() != null) ? runner.name() : null;
    }

    /** Null when it has not ended, as far as one can see. */
    static @Nullable Ended end(PodView pod, List<String> lastLines) {
        Part runner = pod.runner();
        ContainerStateTerminated end = runner == null ? null : runner.terminated();
        if (end != null && (isOutOfMemory(end) || isBeforeDeletion(pod, end))) {
            return containerEnd(pod, lastLines);
        }
        Ended byCluster = PodEnd.of(pod);
        if (byCluster != null) {
            return byCluster;
        }
        Ended byContainer = containerEnd(pod, lastLines);
        if (byContainer != null) {
            return byContainer;
        }
        return pod.hasEnded()
                ? new Ended(
                        Reason.EXITED,
                        "ended" + pod.onNode() + ", and the cluster does not say how (phase " + pod.phase() + ")",
                        false)
                : null;
    }

    /** Why the runner's container, or one before it, ended by itself; null when none did. */
    static @Nullable Ended containerEnd(PodView pod, List<String> lastLines) {
        Part runner = pod.runner();
        ContainerStateTerminated end = runner == null ? null : runner.terminated();
        for (Part init : pod.inits()) {
            ContainerStateTerminated endOfInit = init.terminated();
            if (endOfInit != null && init.hasFailed() && init.role() == Role.INIT) {
                return Ended.of(pod, init, endOfInit, lastLines);
            }
        }
        return runner == null || end == null ? null : Ended.of(pod, runner, end, lastLines);
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

    private static Ended unreachable(PodView pod) {
        if (isNodeSilent(pod)) {
            return new Ended(
                    Reason.NODE_LOST,
                    "cannot be reached any more, and " + pod.itsNode() + " is not ready. The runner may go on there"
                            + " for a while",
                    false);
        }
        return new Ended(
                Reason.CONNECTION,
                "cannot be reached any more, though its pod is " + pod.phase() + pod.onNode()
                        + ". Check the network between the nodes, and whether the runner had processor and memory enough",
                false);
    }

    /** The node controller speaks for a kubelet that it has not heard of, and changes this one condition. */
    private static boolean isNodeSilent(PodView pod) {
        PodCondition ready = pod.condition("Ready");
        return ready != null
                && "False".equals(ready.getStatus())
                && (ready.getReason() == null || ready.getReason().isEmpty())
                && pod.isCondition("ContainersReady", "True");
    }
}
