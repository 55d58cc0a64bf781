package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be created for one runner.
 *
 * @param pod the pod
 * @param secret the Secret that the pod needs, to be created before it, if there is one
 * @param warnings what the user should know, in whole sentences; the same for all runners of a pool, as a rule
 */
public record RunnerPod(Pod pod, @Nullable Secret secret, List<String> warnings) {

    /** Checks and copies. */
    public RunnerPod {
        Objects.requireNonNull(pod, "pod");
        warnings = List.copyOf(warnings);
    }

    /** Shows names only: both objects hold secrets. */
    @Override
    public String toString() {
        return "RunnerPod[" + pod.getMetadata().getGenerateName() + "…]";
    }
}
