package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The layer of the builder's options: over the manifest, under the user's last word. */
final class OptionLayer {

    private final PodOptions options;
    private final RunnerStart start;
    private final @Nullable InheritedVolumes volumes;

    OptionLayer(PodOptions options, RunnerStart start, @Nullable InheritedVolumes volumes) {
        this.options = options;
        this.start = start;
        this.volumes = volumes;
    }

    /** The pod with the options applied. */
    Pod over(Pod pod, @Nullable String secret) {
        PodSpecBuilder spec = new PodSpecBuilder(pod.getSpec());
        ContainerBuilder container =
                new ContainerBuilder(pod.getSpec().getContainers().get(0));
        if (options.image() != null) {
            container.withImage(options.image());
        }
        resources(container);
        container.withEnv(ForcedEnv.merge(container.buildEnv(), env(secret)));
        start.apply(container, volumes);
        if (container.getTerminationMessagePolicy() == null) {
            // So that a crash tells its last lines in the pod's status, without the right to read logs.
            container.withTerminationMessagePolicy("FallbackToLogsOnError");
        }
        TempDirectory.addIfNeeded(spec, container);
        List<Container> containers = new ArrayList<>(pod.getSpec().getContainers());
        containers.set(0, container.build());
        return new PodBuilder(pod)
                .editOrNewMetadata()
                .addToLabels(options.labels())
                .addToAnnotations(options.annotations())
                .endMetadata()
                .withSpec(spec.withContainers(containers).build())
                .build();
    }

    private List<EnvVar> env(@Nullable String secret) {
        List<EnvVar> all = new ArrayList<>(options.env());
        if (secret != null) {
            options.secretEnv().keySet().forEach(name -> all.add(ForcedEnv.fromSecret(name, secret)));
        }
        return all;
    }

    /** A resource that the options name loses both its old request and its old limit. */
    private void resources(ContainerBuilder container) {
        Predicate<String> named =
                name -> options.limits().containsKey(name) || options.requests().containsKey(name);
        if (options.limits().isEmpty() && options.requests().isEmpty()) {
            return;
        }
        container
                .editOrNewResources()
                .withLimits(replaced(
                        container.buildResources() == null
                                ? null
                                : container.buildResources().getLimits(),
                        named,
                        options.limits()))
                .withRequests(replaced(
                        container.buildResources() == null
                                ? null
                                : container.buildResources().getRequests(),
                        named,
                        options.requests()))
                .endResources();
    }

    private static Map<String, Quantity> replaced(
            @Nullable Map<String, Quantity> old, Predicate<String> named, Map<String, Quantity> now) {
        Map<String, Quantity> result = new LinkedHashMap<>(old == null ? Map.of() : old);
        result.keySet().removeIf(named);
        result.putAll(now);
        return result;
    }
}
