package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the parent.
 *
 * @param pod its live pod, null when it does not run in one
 * @param namespace its namespace, or the one that its credentials are for when it does not run in a pod
 * @param life tells this process from others in the same pod, before or after a restart of the container: a few
 *     lower-case letters and digits, which become part of labels and names
 * @param jvm how its JVM was started
 * @param claimModes the access modes of the persistent volume claims that its pod uses, by name, as far as they could
 *     be read
 */
public record ParentFacts(
        @Nullable Pod pod, String namespace, String life, ParentJvm jvm, Map<String, List<String>> claimModes) {

    /** Checks and copies. */
    public ParentFacts {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(life, "life");
        Objects.requireNonNull(jvm, "jvm");
        claimModes = Map.copyOf(claimModes);
    }

    /** Leaves out the pod, which may hold secrets in its environment variables. */
    @Override
    public String toString() {
        return "ParentFacts["
                + (pod == null ? "no pod" : "pod " + pod.getMetadata().getName()) + "]";
    }
}
