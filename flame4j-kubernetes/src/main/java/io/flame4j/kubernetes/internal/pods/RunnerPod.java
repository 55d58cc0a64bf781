package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be created for one runner.
 *
 * @param pod the pod
 * @param secret the Secret that the pod needs, if there is one. It is created after the pod, which then owns it: see
 *     {@link #secretOf}
 * @param warnings what the user should know, in whole sentences; the same for all runners of a pool, as a rule
 */
public record RunnerPod(Pod pod, @Nullable Secret secret, List<String> warnings) {

    /** Checks and copies. */
    public RunnerPod {
        Objects.requireNonNull(pod, "pod");
        warnings = List.copyOf(warnings);
    }

    /**
     * The Secret, owned by the pod, so that the cluster removes it when the pod is gone, whoever removes that.
     *
     * @param created the pod as the API server knows it
     */
    public static Secret secretOf(Secret secret, Pod created) {
        return new SecretBuilder(secret)
                .editMetadata()
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withName(created.getMetadata().getName())
                        .withUid(created.getMetadata().getUid())
                        .build())
                .endMetadata()
                .build();
    }

    /**
     * The name of a runner's Secret.
     *
     * @param prefix what the name of its pod begins with
     * @param runner its id
     * @param life of its parent
     */
    public static String secretName(String prefix, String runner, String life) {
        return prefix + runner + "-" + life;
    }

    /** Shows names only: both objects hold secrets. */
    @Override
    public String toString() {
        return "RunnerPod[" + pod.getMetadata().getGenerateName() + "…]";
    }
}
