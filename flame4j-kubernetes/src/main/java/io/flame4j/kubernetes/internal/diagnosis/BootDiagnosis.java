package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says whether a runner's pod will come up, from its state. Pure functions. */
public final class BootDiagnosis {

    private BootDiagnosis() {}

    /**
     * Whether a runner that has not connected yet still may.
     *
     * <p>The runner's own Secret, which is made after its pod, is known by the pod's variables: that it is not there yet
     * is forgiven for 30 seconds. Times in the pod are those of the cluster's clocks; a difference makes the verdict by so
     * much earlier or later.
     *
     * @param pod the pod as it is now
     * @param now the time
     * @param unschedulableGrace how long it may find no node; null for as long as the boot may take
     * @return the verdict
     */
    public static BootVerdict of(Pod pod, Instant now, @Nullable Duration unschedulableGrace) {
        return of(pod, now, unschedulableGrace, List.of());
    }

    /**
     * As {@link #of(Pod, Instant, Duration)}, with what a runner printed that has ended.
     *
     * @param pod the pod as it is now
     * @param now the time
     * @param unschedulableGrace how long it may find no node; null for as long as the boot may take
     * @param lastLines the last lines of the runner's output, as far as they could be read
     * @return the verdict
     */
    public static BootVerdict of(Pod pod, Instant now, @Nullable Duration unschedulableGrace, List<String> lastLines) {
        PodView view = new PodView(pod);
        Ended ended = ended(view, lastLines);
        if (ended != null) {
            return new BootVerdict.Failed(view.words() + " " + ended.clause(), ended.permanent());
        }
        BootVerdict verdict = new BootVerdict.Fine();
        Waiting waiting = new Waiting(view, now);
        for (Part part : view.parts()) {
            verdict = worse(verdict, waiting.of(part));
        }
        return worse(verdict, Scheduling.of(view, now, unschedulableGrace));
    }

    private static @Nullable Ended ended(PodView pod, List<String> lastLines) {
        Ended byCluster = PodEnd.of(pod);
        if (byCluster != null) {
            return byCluster;
        }
        Part runner = pod.runner();
        ContainerStateTerminated end = runner == null ? null : runner.terminated();
        if (runner != null && end != null) {
            return Ended.of(pod, runner, end, lastLines);
        }
        Ended init = EndDiagnosis.failedInit(pod);
        if (init != null) {
            return init;
        }
        return pod.hasEnded()
                ? new Ended(
                        Reason.EXITED,
                        "ended" + pod.onNode() + " (" + pod.phase() + "), and the cluster does not say how",
                        false)
                : null;
    }

    /** The first failure, else the earliest time to look again. */
    private static BootVerdict worse(BootVerdict one, BootVerdict other) {
        if (one instanceof BootVerdict.Failed || other instanceof BootVerdict.Fine) {
            return one;
        }
        if (one instanceof BootVerdict.LookAgain first
                && other instanceof BootVerdict.LookAgain second
                && first.at().isBefore(second.at())) {
            return one;
        }
        return other;
    }

    /**
     * What the state of a pod says about a runner that has not connected in time: a clause with the pod as its subject,
     * such as {@code is Running on node n1 since 12 s but did not connect to 10.0.0.7:4711; check …}.
     *
     * @param pod the pod as it is now
     * @param dialled the address that the runner was told to connect to
     * @param now the time
     * @return the clause, without a full stop
     */
    public static String clue(Pod pod, String dialled, Instant now) {
        PodView view = new PodView(pod);
        BootVerdict verdict = of(pod, now, Duration.ZERO);
        if (verdict instanceof BootVerdict.Failed failed) {
            return failed.message().substring(view.words().length() + 1);
        }
        Part runner = view.runner();
        if (runner != null && runner.isRunning()) {
            return Clues.running(view, runner, dialled, now);
        }
        return Clues.pending(view, now);
    }
}
