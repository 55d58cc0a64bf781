package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What lets runners connect to their parent. */
final class NetworkPolicies {

    private static final String ADVISED = "app.kubernetes.io/name";

    private NetworkPolicies() {}

    /**
     * A policy beside those there are, since what any of them allows is allowed. One without labels would select all pods
     * of the namespace and cut them off; so a parent that has none is to be given one first.
     *
     * @param port of the pool, 0 for any
     */
    static String between(Pod parent, String runnerNamespace, int port) {
        String namespace = parent.getMetadata().getNamespace();
        Map<String, String> labels =
                new TreeMap<>(Objects.requireNonNullElse(parent.getMetadata().getLabels(), Map.of()));
        labels.keySet().removeIf(key -> key.endsWith("-hash"));
        StringBuilder text = new StringBuilder();
        if (labels.isEmpty()) {
            labels.put(
                    ADVISED,
                    Objects.requireNonNullElse(RunnerLabels.ofOwner(parent).get(RunnerLabels.OWNER), "flame4j"));
            text.append(
                            "# The parent's pod has no label that a policy could select it by. Give the template of the pod this"
                                    + " one first:\n# ")
                    .append(ADVISED)
                    .append(": ")
                    .append(Yaml.text(labels.get(ADVISED)))
                    .append('\n');
        }
        text.append("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata:
                  name: flame4j-runners
                  namespace: %s
                spec:
                  podSelector:
                    matchLabels:
                """.formatted(Yaml.text(namespace)));
        append(text, labels, 6);
        text.append("""
                  policyTypes: [Ingress]
                  ingress:
                    - from:
                        - podSelector:
                            matchLabels:
                """);
        append(text, RunnerLabels.ofOwner(parent), 14);
        if (!runnerNamespace.equals(namespace)) {
            text.append("          namespaceSelector:\n            matchLabels:\n");
            append(text, Map.of("kubernetes.io/metadata.name", runnerNamespace), 14);
        }
        if (port != 0) {
            text.append("      ports:\n        - port: ").append(port).append('\n');
        }
        return text.toString();
    }

    private static void append(StringBuilder text, Map<String, String> labels, int indent) {
        labels.forEach((key, value) -> text.append(" ".repeat(indent))
                .append(key)
                .append(": ")
                .append(Yaml.text(value))
                .append('\n'));
    }
}
