package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.ResourceClaim;
import io.flame4j.kubernetes.Inherit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lowest layer of a runner's pod: what is taken over from the parent's. */
final class InheritedPod {

    private final Pod parent;
    private final Container app;
    private final PodOptions options;
    private final Warnings warnings;

    private InheritedPod(Pod parent, Container app, PodOptions options, Warnings warnings) {
        this.parent = parent;
        this.app = app;
        this.options = options;
        this.warnings = warnings;
    }

    /** The layer when there is no parent's pod. */
    static Pod nothing() {
        return new PodBuilder()
                .withNewMetadata()
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .endContainer()
                .endSpec()
                .build();
    }

    /** The layer; volumes come with {@link InheritedVolumes}. */
    static Pod of(
            Pod parent, Container app, PodOptions options, @Nullable InheritedVolumes volumes, Warnings warnings) {
        InheritedPod inherited = new InheritedPod(parent, app, options, warnings);
        Map<String, String> annotations = inherited.annotations();
        PodSpecBuilder spec = new PodSpecBuilder(inherited.spec());
        ContainerBuilder container = new ContainerBuilder(inherited.container());
        if (volumes != null) {
            spec.withVolumes(volumes.volumes());
            container.withVolumeMounts(volumes.mounts()).withVolumeDevices(volumes.devices());
        }
        return new PodBuilder()
                .withNewMetadata()
                .withAnnotations(annotations.isEmpty() ? null : annotations)
                .endMetadata()
                .withSpec(spec.withContainers(container.build()).build())
                .build();
    }

    private Container container() {
        ContainerBuilder builder = new ContainerBuilder().withWorkingDir(app.getWorkingDir());
        if (options.inherits(Inherit.IMAGE)) {
            builder.withImage(app.getImage()).withImagePullPolicy(app.getImagePullPolicy());
        }
        if (options.inherits(Inherit.ENV)) {
            builder.withEnv(InheritedEnv.of(app, warnings)).withEnvFrom(app.getEnvFrom());
        }
        if (options.inherits(Inherit.RESOURCES)) {
            builder.withResources(app.getResources());
        }
        if (options.inherits(Inherit.SECURITY)) {
            builder.withSecurityContext(app.getSecurityContext());
        }
        return builder.build();
    }

    private PodSpec spec() {
        PodSpec from = parent.getSpec();
        PodSpecBuilder spec = new PodSpecBuilder();
        if (options.inherits(Inherit.IMAGE)) {
            spec.withImagePullSecrets(from.getImagePullSecrets());
        }
        if (options.inherits(Inherit.ENV)) {
            spec.withEnableServiceLinks(from.getEnableServiceLinks());
        }
        if (options.inherits(Inherit.RESOURCES)) {
            spec.withResourceClaims(claims());
        }
        if (options.inherits(Inherit.SECURITY)) {
            spec.withSecurityContext(from.getSecurityContext()).withHostUsers(from.getHostUsers());
        }
        if (options.inherits(Inherit.SCHEDULING)) {
            InheritedScheduling.copy(from, spec);
        }
        if (options.inherits(Inherit.RUNTIME_CLASS)) {
            spec.withRuntimeClassName(from.getRuntimeClassName());
        }
        if (options.inherits(Inherit.PRIORITY_CLASS)) {
            spec.withPriorityClassName(from.getPriorityClassName());
        }
        if (options.inherits(Inherit.DNS)) {
            spec.withDnsPolicy(from.getDnsPolicy())
                    .withDnsConfig(from.getDnsConfig())
                    .withHostAliases(from.getHostAliases());
        }
        return serviceAccount(spec).build();
    }

    private List<PodResourceClaim> claims() {
        List<ResourceClaim> used =
                app.getResources() == null ? List.of() : app.getResources().getClaims();
        return parent.getSpec().getResourceClaims().stream()
                .filter(claim -> used.stream().anyMatch(use -> use.getName().equals(claim.getName())))
                .toList();
    }

    private PodSpecBuilder serviceAccount(PodSpecBuilder spec) {
        if (!options.inherits(Inherit.SERVICE_ACCOUNT)) {
            return spec.withAutomountServiceAccountToken(false);
        }
        return spec.withServiceAccountName(parent.getSpec().getServiceAccountName())
                .withAutomountServiceAccountToken(
                        options.inherits(Inherit.API_TOKEN)
                                ? parent.getSpec().getAutomountServiceAccountToken()
                                : Boolean.FALSE);
    }

    private Map<String, String> annotations() {
        Map<String, String> all = parent.getMetadata().getAnnotations();
        Map<String, String> result = new LinkedHashMap<>();
        if (all != null && options.inherits(Inherit.ANNOTATIONS)) {
            all.forEach((key, value) -> {
                if (InheritedAnnotations.isCopied(key)) {
                    result.put(key, value);
                }
            });
        }
        if (all != null && options.inherits(Inherit.SECURITY)) {
            String profile = all.get(InheritedAnnotations.APP_ARMOR + app.getName());
            if (profile != null && !InheritedAnnotations.hasAppArmorField(parent, app)) {
                result.put(InheritedAnnotations.APP_ARMOR + RunnerPods.CONTAINER, profile);
            }
        }
        return result;
    }
}
