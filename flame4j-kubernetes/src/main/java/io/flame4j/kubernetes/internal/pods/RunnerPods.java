package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.kubernetes.Inherit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the pod of a runner. A pure function; one object builds one pod. */
public final class RunnerPods {

    /** The name of a runner's container, which is the first of its pod. */
    public static final String CONTAINER = "runner";

    private final PodOptions options;
    private final ParentFacts facts;
    private final RunnerSpec spec;
    private final Warnings warnings = new Warnings();
    private final ForcedFields forced;

    private RunnerPods(PodOptions options, ParentFacts facts, RunnerSpec spec) {
        this.options = options;
        this.facts = facts;
        this.spec = spec;
        this.forced = new ForcedFields(options, facts, spec, warnings);
    }

    /**
     * Builds what is to be created for a runner.
     *
     * @throws RunnerBootException, permanent, when no pod can be made of this
     */
    public static RunnerPod build(PodOptions options, ParentFacts facts, RunnerSpec spec) {
        try {
            return new RunnerPods(options, facts, spec).build();
        } catch (IllegalArgumentException e) {
            throw new RunnerBootException(
                    "No pod can be made for runner " + spec.runnerId() + ": " + e.getMessage(),
                    RunnerBootException.Reason.CONFIGURATION,
                    true,
                    e);
        }
    }

    private RunnerPod build() {
        Pod parent = facts.pod();
        Container app = parent == null ? null : AppContainer.of(parent, options.appContainer());
        Pod manifest = manifest(parent, app);
        InheritedVolumes volumes = parent == null || app == null || !options.inherits(Inherit.VOLUMES)
                ? null
                : InheritedVolumes.of(parent, app, manifest, facts.claimModes(), warnings);
        RunnerStart start = new RunnerStart(options, facts, app, manifest, warnings);
        Secret secret = options.needsSecret() ? secret() : null;
        String secretName = secret == null ? null : secret.getMetadata().getName();

        Pod base = withVariables(inherited(parent, app, volumes), start);
        Pod merged = manifest.getSpec() == null ? base : Trees.overlay(base, manifest);
        Pod assembled = new OptionLayer(options, start, volumes).over(merged, secretName);
        Pod customized = forced.strip(customized(assembled), "function given to customize(…)");
        Pod pod = forced.apply(customized, secretName);
        checkImage(pod);
        return new RunnerPod(pod, secret, warnings.list());
    }

    private Pod inherited(@Nullable Pod parent, @Nullable Container app, @Nullable InheritedVolumes volumes) {
        if (parent == null || app == null) {
            return InheritedPod.nothing();
        }
        PodBuilder builder = new PodBuilder(InheritedPod.of(parent, app, options, volumes, warnings));
        Mesh.apply(parent, options.inherits(Inherit.MESH), builder);
        return builder.build();
    }

    private static Pod withVariables(Pod pod, RunnerStart start) {
        Container container = pod.getSpec().getContainers().get(0);
        return new PodBuilder(pod)
                .editSpec()
                .withContainers(new ContainerBuilder(container)
                        .withEnv(start.variables(container.getEnv()))
                        .build())
                .endSpec()
                .build();
    }

    /** The manifest without forced fields; an empty pod when there is none. */
    private Pod manifest(@Nullable Pod parent, @Nullable Container app) {
        if (options.manifest() instanceof Manifest.Fixed fixed) {
            return forced.strip(fixed.pod(), "manifest");
        }
        if (!(options.manifest() instanceof Manifest.Computed computed)) {
            return new Pod();
        }
        if (parent == null || app == null) {
            throw new IllegalArgumentException("the function given to manifest(…) wants the parent's pod, but this"
                    + " process does not run in one. Give a manifest as text or as a Pod.");
        }
        Pod result = computed.function().apply(new PodBuilder(parent).build(), new ContainerBuilder(app).build());
        if (result == null) {
            throw new IllegalArgumentException("the function given to manifest(…) returned null.");
        }
        ManifestCheck.check(result, parent);
        return forced.strip(result, "manifest");
    }

    private Pod customized(Pod assembled) {
        PodBuilder result = options.customize().apply(new PodBuilder(assembled));
        if (result == null) {
            throw new IllegalArgumentException("the function given to customize(…) returned null.");
        }
        return result.build();
    }

    private void checkImage(Pod pod) {
        if (pod.getSpec().getContainers().get(0).getImage() == null) {
            throw new IllegalArgumentException("it has no image, since "
                    + (facts.pod() == null
                            ? "this process does not run in a pod that tells one"
                            : "Inherit.IMAGE is left out")
                    + ". Give one with image(…) or in the manifest.");
        }
    }

    private Secret secret() {
        Map<String, String> data = new LinkedHashMap<>(options.secretEnv());
        spec.environment().forEach((name, value) -> {
            if (ForcedEnv.isSecret(name)) {
                data.put(name, value);
            }
        });
        return new SecretBuilder()
                .withNewMetadata()
                .withName(RunnerPod.secretName(forced.prefix(), spec.runnerId(), facts.life()))
                .withNamespace(forced.namespace())
                .withLabels(forced.labels())
                .endMetadata()
                .withType("Opaque")
                .withImmutable(true)
                .withStringData(data)
                .build();
    }
}
