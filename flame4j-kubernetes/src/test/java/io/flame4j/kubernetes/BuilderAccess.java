package io.flame4j.kubernetes;

import io.flame4j.kubernetes.internal.pods.PodOptions;

/** What tests of other packages need of this one. */
public final class BuilderAccess {

    private BuilderAccess() {}

    public static KubernetesBackendBuilder builder() {
        return KubernetesBackend.builder();
    }

    public static PodOptions podOptions(KubernetesBackend backend) {
        return backend.options().pods();
    }
}
