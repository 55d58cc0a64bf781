package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.backend.RunnerSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The labels by which runners are found again. All have a prefix of their own, so that no selector that was made for the
 * parent finds them.
 */
public final class RunnerLabels {

    /** What all these labels begin with. */
    public static final String PREFIX = "flame4j.io/";

    /** The pool's name. */
    public static final String POOL = PREFIX + "pool";

    /** The runner's id. */
    public static final String RUNNER = PREFIX + "runner";

    /** The name of the parent's pod. */
    public static final String PARENT = PREFIX + "parent";

    /** The uid of the parent's pod. */
    public static final String PARENT_UID = PREFIX + "parent-uid";

    /** The namespace of the parent's pod, which need not be that of the runners. */
    public static final String PARENT_NAMESPACE = PREFIX + "parent-namespace";

    /** The container of the parent's pod that the parent runs in. */
    public static final String PARENT_CONTAINER = PREFIX + "parent-container";

    /** Which process in the parent's pod: a restarted container has the same pod. */
    public static final String PARENT_LIFE = PREFIX + "parent-life";

    /** The kind of what replicates the parent, such as {@code Deployment}; {@code Pod} when nothing does. */
    public static final String OWNER_KIND = PREFIX + "owner-kind";

    /** The name of what replicates the parent: the same for all its replicas, and after an update. */
    public static final String OWNER = PREFIX + "owner";

    /** Labels by which controllers know their pods. */
    private static final Set<String> CONTROLLER_LABELS = Set.of(
            "pod-template-hash",
            "rollouts-pod-template-hash",
            "controller-revision-hash",
            "pod-template-generation",
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index",
            "controller-uid",
            "job-name",
            "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-name",
            "batch.kubernetes.io/job-completion-index");

    private RunnerLabels() {}

    /** Whether a label is not for users to set. */
    public static boolean isReserved(String key) {
        return key.startsWith(PREFIX) || CONTROLLER_LABELS.contains(key);
    }

    /** The labels of one runner. */
    static Map<String, String> of(ParentFacts facts, @Nullable Container app, RunnerSpec spec) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(RUNNER, spec.runnerId());
        labels.putAll(ofPool(facts, spec.pool()));
        labels.putAll(ofParent(facts));
        if (app != null) {
            labels.put(PARENT_CONTAINER, Syntax.toLabelValue(app.getName()));
        }
        labels.put(PARENT_LIFE, facts.life());
        return labels;
    }

    /** The labels that the runners of one pool share over all replicas of the parent: what a cap counts. */
    public static Map<String, String> ofPool(ParentFacts facts, String pool) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(POOL, pool);
        if (facts.pod() != null) {
            labels.putAll(ofOwner(facts.pod()));
        }
        return labels;
    }

    /** The labels that the runners of one parent pod share, in all its pools and lives; none without a pod. */
    public static Map<String, String> ofParent(ParentFacts facts) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (facts.pod() != null) {
            ObjectMeta parent = facts.pod().getMetadata();
            labels.put(PARENT, Syntax.toLabelValue(parent.getName()));
            labels.put(PARENT_UID, Syntax.toLabelValue(Objects.requireNonNullElse(parent.getUid(), "")));
        }
        return labels;
    }

    /** The labels that the runners of all replicas of a parent share, in all their pools. */
    public static Map<String, String> ofOwner(Pod pod) {
        Map<String, String> labels = ownerOf(pod);
        // Others may have an owner of that name in another namespace, and their runners in this one.
        labels.put(PARENT_NAMESPACE, Syntax.toLabelValue(pod.getMetadata().getNamespace()));
        return labels;
    }

    private static Map<String, String> ownerOf(Pod pod) {
        ObjectMeta parent = pod.getMetadata();
        OwnerReference owner = parent.getOwnerReferences().stream()
                .filter(reference -> Boolean.TRUE.equals(reference.getController()))
                .findFirst()
                .orElse(null);
        if (owner == null) {
            return labels("Pod", parent.getName());
        }
        Map<String, String> labels = Objects.requireNonNullElse(parent.getLabels(), Map.of());
        if (owner.getKind().equals("ReplicaSet")) {
            // A new ReplicaSet for each version of the Deployment, or of the Rollout, named after it and this hash.
            String deployment = without(owner.getName(), labels.get("pod-template-hash"));
            if (!deployment.equals(owner.getName())) {
                return labels("Deployment", deployment);
            }
            String rollout = without(owner.getName(), labels.get("rollouts-pod-template-hash"));
            if (!rollout.equals(owner.getName())) {
                return labels("Rollout", rollout);
            }
        }
        return labels(owner.getKind(), owner.getName());
    }

    private static String without(String name, @Nullable String hash) {
        return hash != null && name.endsWith("-" + hash) ? name.substring(0, name.length() - hash.length() - 1) : name;
    }

    /** A label of a pod; empty when it has none of that name. */
    public static String label(Pod pod, String name) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(name, "");
    }

    private static Map<String, String> labels(String kind, String name) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(OWNER_KIND, Syntax.toLabelValue(kind));
        labels.put(OWNER, Syntax.toLabelValue(name));
        return labels;
    }
}
