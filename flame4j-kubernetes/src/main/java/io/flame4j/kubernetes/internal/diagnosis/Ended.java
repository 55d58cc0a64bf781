package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Quantity;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Role;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Why a runner ended.
 *
 * @param reason what a call sees
 * @param clause what happened and what to do
 * @param permanent whether it would do so again before its runner is ready
 */
record Ended(Reason reason, String clause, boolean permanent) {

    private static final Set<String> NOT_STARTED = Set.of("StartError", "ContainerCannotRun");

    /** The exit code that comes with it stands for nothing. */
    private static final String NOT_SEEN = "ContainerStatusUnknown";

    /** That one of the pod's containers ended as it did. */
    static Ended of(PodView pod, Part part, ContainerStateTerminated end, List<String> lastLines) {
        Ended ofPart = ofPart(pod, part, end, lastLines);
        return part.role() == Role.RUNNER
                ? ofPart
                : new Ended(
                        ofPart.reason(),
                        "did not start because its " + part.words() + " " + ofPart.clause(),
                        ofPart.permanent());
    }

    private static Ended ofPart(PodView pod, Part part, ContainerStateTerminated end, List<String> lastLines) {
        String reason = Objects.requireNonNullElse(end.getReason(), "");
        int code = Objects.requireNonNullElse(end.getExitCode(), -1);
        if (reason.equals("OOMKilled")) {
            return new Ended(Reason.OUT_OF_MEMORY, outOfMemory(pod, part, code), false);
        }
        if (NOT_STARTED.contains(reason)) {
            StartError why = StartError.of(Objects.requireNonNullElse(end.getMessage(), ""));
            return new Ended(
                    Reason.EXITED,
                    "could not start" + pod.onNode() + " (" + reason + ")" + Texts.colon(Texts.clause(end.getMessage()))
                            + Texts.sentence(why.cure(part)),
                    why.isPermanent());
        }
        if (reason.equals(NOT_SEEN)) {
            return new Ended(Reason.EXITED, "ended" + pod.onNode() + ", where nobody saw how (" + reason + ")", false);
        }
        ExitCode meaning = ExitCode.of(code, lastLines);
        return new Ended(
                meaning.reason(),
                meaning.event() + pod.onNode() + meaning.details() + Texts.sentence(meaning.cure()),
                meaning.permanent());
    }

    /** What the process returned, unless the number stands for something else. */
    static OptionalInt exitCode(ContainerStateTerminated end) {
        String reason = Objects.requireNonNullElse(end.getReason(), "");
        return end.getExitCode() == null || reason.equals(NOT_SEEN) || NOT_STARTED.contains(reason)
                ? OptionalInt.empty()
                : OptionalInt.of(end.getExitCode());
    }

    private static String outOfMemory(PodView pod, Part part, int code) {
        String end = " (OOMKilled, exit code " + code + ")";
        Quantity own = part.memoryLimit();
        Quantity shared = pod.memoryLimit();
        if (own == null && shared == null) {
            return "was killed" + pod.onNode()
                    + " because the node ran out of memory; it has no memory limit of its own" + end
                    + ". Give runners a memory request that they stay below, or fewer calls at a time";
        }
        return "was killed" + pod.onNode() + " because it used more memory than "
                + (own == null ? "its pod's limit of " + shared : "its limit of " + own) + end
                + ". Raise the limit, lower the heap's share of it (-XX:MaxRAMPercentage), or run fewer calls at a time";
    }
}
