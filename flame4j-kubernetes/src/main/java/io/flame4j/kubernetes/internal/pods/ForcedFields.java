package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.flame4j.backend.RunnerSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The fields that the backend sets itself, since runners would be lost or leak without them. */
final class ForcedFields {

    /** The server cuts longer prefixes. */
    private static final int LONGEST_PREFIX = 58;

    private static final String NAME_SUFFIX = "-flame-";

    /** Beyond the time for running calls: for the JVM to end. */
    private static final long END_SECONDS = 5;

    private final PodOptions options;
    private final ParentFacts facts;
    private final RunnerSpec spec;
    private final Warnings warnings;
    private final @Nullable Container app;

    ForcedFields(PodOptions options, ParentFacts facts, RunnerSpec spec, Warnings warnings) {
        this.app = facts.pod() == null ? null : AppContainer.of(facts.pod(), options.appContainer());
        this.options = options;
        this.facts = facts;
        this.spec = spec;
        this.warnings = warnings;
    }

    String namespace() {
        return Objects.requireNonNullElse(options.namespace(), facts.namespace());
    }

    Map<String, String> labels() {
        return RunnerLabels.of(facts, app, spec);
    }

    /** What the names of the pods begin with. */
    String prefix() {
        String name =
                facts.pod() == null ? spec.pool() : facts.pod().getMetadata().getName();
        String start = name.substring(0, Math.min(name.length(), LONGEST_PREFIX - NAME_SUFFIX.length()));
        return start.replaceAll("[-.]+$", "") + NAME_SUFFIX;
    }

    /** The pod without what is forced; a warning names what was there. */
    Pod strip(Pod pod, String source) {
        List<String> found = new ArrayList<>();
        ObjectMeta metadata = metadata(pod, found);
        PodSpec podSpec = spec(pod.getSpec(), found);
        if (!found.isEmpty()) {
            warnings.add("The " + source + " sets what flame4j sets itself, which has no effect: "
                    + String.join(", ", found) + ".");
        }
        return new PodBuilder()
                .withMetadata(metadata)
                .withSpec(podSpec)
                .withAdditionalProperties(pod.getAdditionalProperties())
                .build();
    }

    private ObjectMeta metadata(Pod pod, List<String> found) {
        ObjectMeta given = Objects.requireNonNullElseGet(pod.getMetadata(), ObjectMeta::new);
        note(found, "metadata.name", given.getName() != null);
        note(found, "metadata.generateName", given.getGenerateName() != null);
        note(
                found,
                "metadata.namespace",
                given.getNamespace() != null && !given.getNamespace().equals(namespace()));
        note(found, "metadata.ownerReferences", !given.getOwnerReferences().isEmpty());
        note(found, "metadata.finalizers", !given.getFinalizers().isEmpty());
        Map<String, String> labels = new LinkedHashMap<>();
        Objects.requireNonNullElse(given.getLabels(), Map.<String, String>of()).forEach((key, value) -> {
            if (RunnerLabels.isReserved(key)) {
                found.add("metadata.labels[" + key + "]");
            } else {
                labels.put(key, value);
            }
        });
        return new ObjectMetaBuilder()
                .withLabels(labels)
                .withAnnotations(given.getAnnotations())
                .withAdditionalProperties(given.getAdditionalProperties())
                .build();
    }

    private PodSpec spec(@Nullable PodSpec given, List<String> found) {
        if (given == null || given.getContainers().isEmpty()) {
            throw new IllegalArgumentException("spec.containers: must have a container, which is the runner's");
        }
        String restart = given.getRestartPolicy();
        note(found, "spec.restartPolicy", restart != null && !restart.equals("Never"));
        PodSpecBuilder builder = new PodSpecBuilder(given).withRestartPolicy(null);
        String node = facts.pod() == null ? null : facts.pod().getSpec().getNodeName();
        if (node != null && node.equals(given.getNodeName())) {
            found.add("spec.nodeName");
            builder.withNodeName(null);
        }
        Long grace = given.getTerminationGracePeriodSeconds();
        if (grace != null && grace < graceSeconds()) {
            found.add("spec.terminationGracePeriodSeconds (" + grace + ", which is less than the pool's shutdownTimeout"
                    + " needs)");
            builder.withTerminationGracePeriodSeconds(null);
        }
        if (options.activeDeadline() != null && given.getActiveDeadlineSeconds() != null) {
            found.add("spec.activeDeadlineSeconds");
            builder.withActiveDeadlineSeconds(null);
        }
        List<Container> containers = new ArrayList<>(given.getContainers());
        containers.set(0, runner(containers.get(0), found));
        return builder.withContainers(containers).build();
    }

    private Container runner(Container given, List<String> found) {
        String name = given.getName();
        note(found, "spec.containers[0].name", name != null && !name.equals(RunnerPods.CONTAINER));
        List<EnvVar> env = new ArrayList<>();
        for (EnvVar variable : given.getEnv()) {
            if (isForced(variable.getName())) {
                found.add("spec.containers[0].env[" + variable.getName() + "]");
            } else {
                env.add(variable);
            }
        }
        return new ContainerBuilder(given).withName(null).withEnv(env).build();
    }

    private boolean isForced(String variable) {
        return ForcedEnv.NAMES.contains(variable) || spec.environment().containsKey(variable);
    }

    /** The pod with what is forced; it must have been stripped. */
    Pod apply(Pod pod, @Nullable String secret) {
        adviseOnLabels(Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of()));
        List<Container> containers = new ArrayList<>(pod.getSpec().getContainers());
        Container runner = containers.get(0);
        containers.set(
                0,
                new ContainerBuilder(runner)
                        .withName(RunnerPods.CONTAINER)
                        .withEnv(ForcedEnv.all(spec, runner.getEnv(), secret))
                        .build());
        PodSpecBuilder podSpec =
                new PodSpecBuilder(pod.getSpec()).withContainers(containers).withRestartPolicy("Never");
        if (pod.getSpec().getTerminationGracePeriodSeconds() == null) {
            podSpec.withTerminationGracePeriodSeconds(graceSeconds());
        }
        if (options.activeDeadline() != null) {
            podSpec.withActiveDeadlineSeconds(seconds(options.activeDeadline()));
        }
        return new PodBuilder(pod)
                .editMetadata()
                .withGenerateName(prefix())
                .withNamespace(namespace())
                .addToLabels(labels())
                .withOwnerReferences(owners())
                .endMetadata()
                .withSpec(podSpec.build())
                .build();
    }

    /**
     * The parent's pod as the owner. As the controller too: then no ReplicaSet or Job adopts the runner, whatever its
     * labels are, and {@code kubectl drain} evicts it. The owner's deletion is not blocked, since that takes rights on
     * its finalizers in some clusters.
     */
    List<OwnerReference> owners() {
        Pod parent = facts.pod();
        if (parent == null || options.omitOwnerReference()) {
            return List.of();
        }
        if (!namespace().equals(parent.getMetadata().getNamespace())) {
            warnings.add(
                    "Runner pods in namespace " + namespace() + " cannot be owned by the parent's pod in namespace "
                            + parent.getMetadata().getNamespace()
                            + ", so nothing removes them when the parent dies hard. Set activeDeadline(…). The Secrets,"
                            + " ConfigMaps and service account they use must exist there.");
            return List.of();
        }
        return List.of(new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(parent.getMetadata().getName())
                .withUid(parent.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(false)
                .build());
    }

    private void adviseOnLabels(Map<String, String> labels) {
        Pod parent = facts.pod();
        if (parent == null || parent.getMetadata().getLabels() == null) {
            return;
        }
        // The mesh's own are meant to be the same.
        List<String> same = parent.getMetadata().getLabels().entrySet().stream()
                .filter(label -> label.getValue().equals(labels.get(label.getKey())))
                .map(Map.Entry::getKey)
                .filter(key -> !key.contains("istio.io/"))
                .sorted()
                .toList();
        if (!same.isEmpty()) {
            warnings.add("Runners have labels " + same + " with the same values as the parent's pod. A Service or"
                    + " PodDisruptionBudget that selects by them takes runners for replicas of the parent.");
        }
    }

    private long graceSeconds() {
        return seconds(spec.shutdownTimeout()) + END_SECONDS;
    }

    /** Rounded up. */
    private static long seconds(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }

    private static void note(List<String> found, String path, boolean set) {
        if (set) {
            found.add(path);
        }
    }
}
