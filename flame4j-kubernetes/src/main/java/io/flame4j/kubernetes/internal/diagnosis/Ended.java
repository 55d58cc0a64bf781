package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Quantity;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Why a container ended.
 *
 * @param reason what a call sees
 * @param clause what happened and what to do, with the pod or the runner as its subject
 * @param permanent whether it would do so again before its runner is ready
 */
record Ended(Reason reason, String clause, boolean permanent) {

    /** The exit code stands for nothing: the kubelet did not see the container end, or the container never started. */
    private static final String UNKNOWN_END = "ContainerStatusUnknown";

    private static final Set<String> NOT_STARTED = Set.of("StartError", "ContainerCannotRun");

    static Ended of(PodView pod, Part part, ContainerStateTerminated end, List<String> lastLines) {
        String reason = Objects.requireNonNullElse(end.getReason(), "");
        int code = Objects.requireNonNullElse(end.getExitCode(), -1);
        String container = "its " + part.words() + pod.onNode();
        if (reason.equals("OOMKilled")) {
            return new Ended(Reason.OUT_OF_MEMORY, outOfMemory(pod, part, code), false);
        }
        if (NOT_STARTED.contains(reason)) {
            String message = Texts.clause(end.getMessage());
            StartError why = StartError.of(message);
            String cure = why.cure(part);
            return new Ended(
                    Reason.EXITED,
                    "could not start " + container + " (" + reason + ")" + Texts.colon(message)
                            + (cure.isEmpty() ? "" : ". " + cure),
                    why.isPermanent());
        }
        if (reason.equals(UNKNOWN_END)) {
            return new Ended(
                    Reason.EXITED,
                    "ended, but its node did not see how " + part.words() + pod.onNode() + " did (" + reason + ")",
                    false);
        }
        ExitCode meaning = ExitCode.of(code, lastLines);
        String message = reason.equals("Error") || reason.equals("Completed") ? "" : reason;
        return new Ended(
                meaning.reason(),
                "ended because " + container + " " + meaning.clause() + Texts.parenthesis(message)
                        + (meaning.cure().isEmpty() ? "" : ". " + meaning.cure()),
                meaning.permanent());
    }

    /** What the process returned, unless the number stands for something else. */
    static OptionalInt exitCode(ContainerStateTerminated end) {
        String reason = Objects.requireNonNullElse(end.getReason(), "");
        return end.getExitCode() == null || reason.equals(UNKNOWN_END) || NOT_STARTED.contains(reason)
                ? OptionalInt.empty()
                : OptionalInt.of(end.getExitCode());
    }

    private static String outOfMemory(PodView pod, Part part, int code) {
        Map<String, Quantity> limits = part.spec().getResources() == null
                ? Map.of()
                : Objects.requireNonNullElse(part.spec().getResources().getLimits(), Map.of());
        Quantity limit = limits.get("memory");
        String end = " (OOMKilled, exit code " + code + ")";
        return limit == null
                ? "was killed" + pod.onNode() + " because the node ran out of memory; its " + part.words()
                        + " has no memory limit" + end
                        + ". Give runners a memory request that they stay below, and fewer calls at a time"
                : "was killed" + pod.onNode() + " because its " + part.words() + " used more memory than its limit of "
                        + limit + end
                        + ". Raise the limit, lower the heap's share of it (-XX:MaxRAMPercentage), or run fewer calls at"
                        + " a time";
    }
}
