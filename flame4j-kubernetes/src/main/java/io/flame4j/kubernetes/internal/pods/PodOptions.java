package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.flame4j.kubernetes.Entrypoint;
import io.flame4j.kubernetes.Inherit;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The options that say what a runner's pod is like, checked by the builder that makes them, which alone calls this long
 * constructor.
 *
 * @param namespace where pods are created, null for the parent's own namespace
 * @param appContainer the parent's container to copy, null to find it
 * @param image over the inherited one, if so
 * @param manifest over what is inherited
 * @param customize the last word before the forced fields
 * @param inherit what is inherited
 * @param env over the manifest's, in order
 * @param secretEnv as {@code env}, by a Secret
 * @param requests resource requests, over the manifest's
 * @param limits resource limits, over the manifest's
 * @param labels over the manifest's
 * @param annotations over the manifest's
 * @param entrypoint what the container starts, null for the default
 * @param command the container's command, in place of an entry point when not empty
 * @param jvmOptions after the parent's own
 * @param tokenInSecret whether the runner's token goes into a Secret
 * @param omitOwnerReference whether the parent's pod does not own the pod
 * @param activeDeadline the longest life of a pod, if there is one
 */
public record PodOptions(
        @Nullable String namespace,
        @Nullable String appContainer,
        @Nullable String image,
        Manifest manifest,
        UnaryOperator<PodBuilder> customize,
        Set<Inherit> inherit,
        List<EnvVar> env,
        Map<String, String> secretEnv,
        Map<String, Quantity> requests,
        Map<String, Quantity> limits,
        Map<String, String> labels,
        Map<String, String> annotations,
        @Nullable Entrypoint entrypoint,
        List<String> command,
        List<String> jvmOptions,
        boolean tokenInSecret,
        boolean omitOwnerReference,
        @Nullable Duration activeDeadline) {

    /** Copies. */
    public PodOptions {
        inherit = Set.copyOf(inherit);
        env = List.copyOf(env);
        secretEnv = ordered(secretEnv);
        requests = ordered(requests);
        limits = ordered(limits);
        labels = ordered(labels);
        annotations = ordered(annotations);
        command = List.copyOf(command);
        jvmOptions = List.copyOf(jvmOptions);
    }

    boolean inherits(Inherit what) {
        return inherit.contains(what);
    }

    boolean needsSecret() {
        return tokenInSecret || !secretEnv.isEmpty();
    }

    /** Shows no values, since environment variables and the command may hold secrets. */
    @Override
    public String toString() {
        return "PodOptions[namespace=" + namespace + ", image=" + image + ", inherit=" + inherit + "]";
    }

    private static <T> Map<String, T> ordered(Map<String, T> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
