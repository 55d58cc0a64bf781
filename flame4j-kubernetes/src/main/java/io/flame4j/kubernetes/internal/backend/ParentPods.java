package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.api.PodApi;
import io.flame4j.kubernetes.internal.pods.ParentFacts;
import io.flame4j.kubernetes.internal.pods.ParentJvm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Finds out what is known of the parent. */
public final class ParentPods {

    private ParentPods() {}

    /**
     * Reads the parent's pod. Blocks.
     *
     * @param api reads it
     * @param patience for how long to try
     * @param surroundings of this process
     * @param fallbackNamespace where the client's credentials are for, used outside of a pod
     * @param life of this process
     * @throws ApiException when the pod cannot be read
     * @throws NoParentPodException when there is no such pod
     */
    public static ParentFacts read(
            PodApi api, Duration patience, Surroundings surroundings, String fallbackNamespace, String life)
            throws ApiException, InterruptedException {
        String namespace = Objects.requireNonNullElse(surroundings.namespace(), fallbackNamespace);
        ParentJvm jvm = ParentJvm.ofThisProcess();
        if (!surroundings.isPod()) {
            return new ParentFacts(null, namespace, life, jvm, Map.of());
        }
        Pod pod = api.get(namespace, surroundings.podName(), patience);
        if (pod == null) {
            throw new NoParentPodException(surroundings.podName(), namespace, surroundings.isPodNameTold());
        }
        List<String> claims = pod.getSpec().getVolumes().stream()
                .map(Volume::getPersistentVolumeClaim)
                .filter(Objects::nonNull)
                .map(claim -> claim.getClaimName())
                .distinct()
                .toList();
        return new ParentFacts(
                pod, namespace, life, jvm, claims.isEmpty() ? Map.of() : api.claimModes(namespace, claims));
    }

    /** The parent runs in a pod, but there is none of the name that it takes for its pod's. */
    static final class NoParentPodException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoParentPodException(String name, String namespace, boolean told) {
            super("This process runs in a pod, but namespace " + namespace + " has no pod '" + name + "', which "
                    + (told ? "the variable POD_NAME names" : "is the name of its host")
                    + ". Tell it the name and namespace of its pod: env: [{name: POD_NAME, valueFrom: {fieldRef:"
                    + " {fieldPath: metadata.name}}}, {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath:"
                    + " metadata.namespace}}}]");
        }
    }
}
