package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What happens to pods that run, or are about to. */
public final class Blow {

    private Blow() {}

    /**
     * Kills the first container, as nobody in particular.
     *
     * @param loop has the pods
     * @param which of them
     * @param reason what the status says; empty for {@code Error}
     * @return how many
     */
    public static int kill(PodLoop loop, Predicate<Pod> which, String reason) {
        return strike(loop, which, run -> run.killFirst(reason));
    }

    /**
     * Ends pods as a kubelet does that runs out of something.
     *
     * @param loop has the pods
     * @param which of them
     * @param message what it has run out of
     * @return how many
     */
    public static int evict(PodLoop loop, Predicate<Pod> which, String message) {
        return strike(loop, which, run -> {
            run.fail(new PodView.Reason("Evicted", message), condition(loop, "TerminationByKubelet", message));
            run.stopNow("");
        });
    }

    /**
     * Deletes pods as a scheduler does that needs their place.
     *
     * @param loop has the pods
     * @param which of them
     * @param message for whom
     * @return how many
     */
    public static int preempt(PodLoop loop, Predicate<Pod> which, String message) {
        return strike(loop, which, run -> {
            run.show(condition(loop, "PreemptionByScheduler", message));
            loop.api().delete(run.pod());
        });
    }

    private static PodCondition condition(PodLoop loop, String reason, String message) {
        return new PodConditionBuilder()
                .withType("DisruptionTarget")
                .withStatus("True")
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(
                        loop.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .build();
    }

    private static int strike(PodLoop loop, Predicate<Pod> which, Consumer<PodRun> blow) {
        return loop.ask(() -> {
            List<PodRun> runs = loop.living(which);
            runs.forEach(blow);
            return runs.size();
        });
    }
}
