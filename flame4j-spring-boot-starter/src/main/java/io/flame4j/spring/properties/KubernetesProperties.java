package io.flame4j.spring.properties;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * {@code flame4j.pools.<name>.kubernetes}: runners that are pods. It has as many components as the backend has options.
 *
 * @param client name of the KubernetesClient bean; default: the only one, else a client of the pool's own
 * @param namespace where pods are created; default: the namespace of this pod
 * @param appContainer the container of this pod that the application runs in
 * @param image image of runners; default: that of this pod
 * @param manifest location of a pod in YAML that is laid over what is inherited, such as classpath:runner.yaml
 * @param customize name of a bean, a UnaryOperator of PodBuilder, that has the last word on a runner's pod
 * @param inherit what a runner's pod takes over from this one: image, env, volumes …
 * @param env environment variables of runners
 * @param secretEnv environment variables of runners that are kept in a Secret
 * @param resources resources of a runner
 * @param gpu GPUs of a runner, by resource such as [nvidia.com/gpu]; a key with a slash is in brackets
 * @param labels labels of runner pods; a key with a slash is in brackets, such as [acme.com/team]
 * @param annotations annotations of runner pods; a key with a slash is in brackets
 * @param entrypoint what is executed in a runner's pod: jvm, image or parent
 * @param command the command of a runner's pod, in place of entrypoint
 * @param jvmOptions JVM options of runners, after those of this JVM
 * @param omitOwnerReference whether this pod does not own its runners' pods
 * @param deletePodAfter how long the pod of a runner that ended stays
 * @param keepFailedPods whether pods of failed runners stay
 * @param maxInNamespace most runner pods of all replicas
 * @param advertiseAddress the address by which runners reach this process
 * @param port the port on which this process listens for runners
 * @param tls encryption; default ephemeral
 * @param tokenInSecret whether the token of a runner is kept in a Secret
 * @param tokenBoundToAddress whether the token of a runner is good only from its pod's address
 * @param pendingConnections most connections that have not proved themselves yet
 * @param unschedulableGrace how long a pod may find no node before the boot fails
 * @param activeDeadline longest life of a runner's pod
 * @since 0.1
 */
public record KubernetesProperties(
        @Nullable String client,
        @Nullable String namespace,
        @Nullable String appContainer,
        @Nullable String image,
        @Nullable Resource manifest,
        @Nullable String customize,
        @Nullable Set<String> inherit,
        @DefaultValue Map<String, String> env,
        @DefaultValue Map<String, String> secretEnv,
        @DefaultValue Resources resources,
        @DefaultValue Map<String, Integer> gpu,
        @DefaultValue Map<String, String> labels,
        @DefaultValue Map<String, String> annotations,
        @Nullable String entrypoint,
        @DefaultValue List<String> command,
        @DefaultValue List<String> jvmOptions,
        @Nullable Boolean omitOwnerReference,
        @Nullable Duration deletePodAfter,
        @Nullable Boolean keepFailedPods,
        @Nullable Integer maxInNamespace,
        @Nullable String advertiseAddress,
        @Nullable Integer port,
        @Nullable TlsProperties tls,
        @Nullable Boolean tokenInSecret,
        @Nullable Boolean tokenBoundToAddress,
        @Nullable Integer pendingConnections,
        @Nullable Duration unschedulableGrace,
        @Nullable Duration activeDeadline) {

    /** Copies. */
    public KubernetesProperties {
        inherit = inherit == null ? null : Set.copyOf(inherit);
        env = Map.copyOf(env);
        secretEnv = Map.copyOf(secretEnv);
        gpu = Map.copyOf(gpu);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        command = List.copyOf(command);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /**
     * Resources of a runner, in the notation of Kubernetes.
     *
     * @param requests what a node must have left, by resource such as cpu
     * @param limits most of it, by resource such as memory
     */
    public record Resources(
            @DefaultValue Map<String, String> requests,
            @DefaultValue Map<String, String> limits) {

        /** Copies. */
        public Resources {
            requests = Map.copyOf(requests);
            limits = Map.copyOf(limits);
        }
    }
}
