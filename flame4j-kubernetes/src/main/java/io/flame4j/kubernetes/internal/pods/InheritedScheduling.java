package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeAffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Set;

/** Where runners may be scheduled: where the parent might have been, which is not the same as where it is. */
final class InheritedScheduling {

    /** Tolerations that admission and the DaemonSet controller add; a runner gets those that are right for it. */
    private static final Set<String> ADDED_BY_CLUSTER = Set.of(
            "node.kubernetes.io/not-ready",
            "node.kubernetes.io/unreachable",
            "node.kubernetes.io/memory-pressure",
            "node.kubernetes.io/disk-pressure",
            "node.kubernetes.io/pid-pressure",
            "node.kubernetes.io/network-unavailable",
            "node.kubernetes.io/unschedulable");

    private InheritedScheduling() {}

    static void copy(PodSpec from, PodSpecBuilder to) {
        to.withNodeSelector(from.getNodeSelector())
                .withTolerations(tolerations(from.getTolerations()))
                .withSchedulerName(from.getSchedulerName())
                .withOs(from.getOs());
        if (from.getAffinity() != null && from.getAffinity().getNodeAffinity() != null) {
            NodeAffinity affinity = withoutNodeNames(from.getAffinity().getNodeAffinity());
            if (!affinity.equals(new NodeAffinity())) {
                to.withNewAffinity().withNodeAffinity(affinity).endAffinity();
            }
        }
    }

    private static List<Toleration> tolerations(List<Toleration> all) {
        return all.stream()
                .filter(toleration -> toleration.getKey() == null || !ADDED_BY_CLUSTER.contains(toleration.getKey()))
                .toList();
    }

    /** The DaemonSet controller ties each of its pods to a node by name; that is not for runners. */
    private static NodeAffinity withoutNodeNames(NodeAffinity affinity) {
        if (affinity.getRequiredDuringSchedulingIgnoredDuringExecution() == null) {
            return affinity;
        }
        List<NodeSelectorTerm> terms =
                affinity.getRequiredDuringSchedulingIgnoredDuringExecution().getNodeSelectorTerms().stream()
                        .map(term -> new NodeSelectorTermBuilder(term)
                                .withMatchFields(List.of())
                                .build())
                        .filter(term -> !term.getMatchExpressions().isEmpty())
                        .toList();
        NodeAffinityBuilder builder = new NodeAffinityBuilder(affinity);
        return terms.isEmpty()
                ? builder.withRequiredDuringSchedulingIgnoredDuringExecution(null)
                        .build()
                : builder.editRequiredDuringSchedulingIgnoredDuringExecution()
                        .withNodeSelectorTerms(terms)
                        .endRequiredDuringSchedulingIgnoredDuringExecution()
                        .build();
    }
}
