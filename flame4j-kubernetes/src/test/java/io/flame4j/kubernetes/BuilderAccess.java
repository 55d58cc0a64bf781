package io.flame4j.kubernetes;

import io.flame4j.kubernetes.internal.backend.Surroundings;
import io.flame4j.kubernetes.internal.pods.PodOptions;
import java.time.Duration;

/** What tests of other packages need of this one. */
public final class BuilderAccess {

    private BuilderAccess() {}

    public static KubernetesBackendBuilder builder() {
        return new KubernetesBackendBuilder();
    }

    /** Where the process takes itself to run. */
    public static KubernetesBackendBuilder in(Surroundings surroundings, KubernetesBackendBuilder builder) {
        return builder.surroundings(surroundings);
    }

    /** The reason of a loss is told however slow the machine is. */
    public static KubernetesBackendBuilder toldOfLosses(KubernetesBackendBuilder builder) {
        return builder.lossDetailsWithin(Duration.ofMinutes(1));
    }

    public static PodOptions podOptions(KubernetesBackendBuilder builder) {
        return builder.options().pods();
    }
}
