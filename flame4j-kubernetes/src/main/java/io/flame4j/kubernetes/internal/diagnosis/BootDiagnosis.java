package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.RunnerBootException.Reason;
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
     * <p>The runner's own Secret is made after its pod: that it is not there yet is borne for 30 seconds. Times in the pod are those of the cluster's clocks; where they differ from {@code now}, the
     * verdict comes so much earlier or later.
     *
     * @param pod the pod as it is now
     * @param now the time
     * @param unschedulableGrace how long it may find no node; null for as long as the boot may take
     * @return the verdict
     */
    public static BootVerdict of(Pod pod, Instant now, @Nullable Duration unschedulableGrace) {
        PodView view = new PodView(pod);
        Ended ended = end(view);
        if (ended != null) {
            return new BootVerdict.Failed(ended.clause(), ended.permanent(), Reason.ENDED);
        }
        return verdict(view, new Waiting(view, now, true), Scheduling.of(view, now, unschedulableGrace));
    }

    /** A pod that was to be evicted may have been let be: only what has come of it counts. */
    private static @Nullable Ended end(PodView view) {
        boolean over = view.hasEnded()
                || view.isDeleted()
                || !view.reason().isEmpty()
                || view.phase().equals("Unknown");
        return over ? EndDiagnosis.end(view, List.of()) : EndDiagnosis.containerEnd(view, List.of());
    }

    /** The first failure, else the earliest time to look again. */
    private static BootVerdict verdict(PodView view, Waiting waiting, BootVerdict scheduling) {
        BootVerdict result = scheduling;
        for (Part part : view.parts()) {
            result = worse(result, waiting.of(part));
        }
        return result;
    }

    private static BootVerdict worse(BootVerdict one, BootVerdict other) {
        if (one instanceof BootVerdict.Failed || other instanceof BootVerdict.Fine) {
            return one;
        }
        boolean earlier = one instanceof BootVerdict.LookAgain first
                && other instanceof BootVerdict.LookAgain second
                && first.at().isBefore(second.at());
        return earlier ? one : other;
    }

    /**
     * What the state of a pod says about a runner that has not connected in time.
     *
     * @param pod the pod as it is now
     * @param dialled the address that the runner was told to connect to
     * @param now the time
     * @return whole sentences that begin with the pod's name, such as {@code Pod demo/web-x2 is Running on node n1 since
     *     12 s, but did not connect to 10.0.0.7:4711. Check …}
     */
    public static String clue(Pod pod, String dialled, Instant now) {
        PodView view = new PodView(pod);
        BootVerdict verdict = overdue(view, now);
        String clause = verdict instanceof BootVerdict.Failed failed ? failed.message() : Clues.of(view, dialled, now);
        return "Pod " + view.namespace() + "/" + view.name() + " " + clause + ".";
    }

    /** The verdict on a runner that has had its time. */
    private static BootVerdict overdue(PodView view, Instant now) {
        Ended ended = end(view);
        return ended != null
                ? new BootVerdict.Failed(ended.clause(), ended.permanent(), Reason.ENDED)
                : verdict(view, new Waiting(view, now, false), Scheduling.ofOverdue(view, now));
    }

    /**
     * Which kind of failure it is that a runner has not connected in time.
     *
     * @param pod the pod as it is now
     * @param now the time
     * @return the reason; {@link Reason#TIMEOUT} when nothing is wrong with the pod
     */
    public static Reason reasonOverdue(Pod pod, Instant now) {
        return overdue(new PodView(pod), now) instanceof BootVerdict.Failed failed ? failed.reason() : Reason.TIMEOUT;
    }
}
