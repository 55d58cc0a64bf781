package io.flame4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import java.util.Map;

/** What two policies, of a parent and of its runners, let through. */
public final class NetworkPolicies {

    private static final int HTTP = 8080;

    private NetworkPolicies() {}

    /** The labels that flame4j gives to the runners of all replicas of a Deployment. */
    private static Map<String, String> runnersOf(Deployment parent) {
        return Map.of(
                "flame4j.io/owner-kind",
                "Deployment",
                "flame4j.io/owner",
                parent.getMetadata().getName());
    }

    public static void check(Deployment parent, List<NetworkPolicy> policies, List<Integer> poolPorts) {
        assertThat(policies).hasSize(2);
        NetworkPolicy ofParent =
                selecting(policies, parent.getSpec().getSelector().getMatchLabels());
        NetworkPolicy ofRunners = selecting(policies, runnersOf(parent));

        List<NetworkPolicyIngressRule> rules = ofParent.getSpec().getIngress();
        assertThat(ofParent.getSpec().getPolicyTypes()).containsExactly("Ingress");
        assertThat(rules).allSatisfy(rule -> assertThat(ports(rule.getPorts())).isNotEmpty());
        assertThat(rules.stream().filter(rule -> !ports(rule.getPorts()).contains(HTTP)))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(ports(rule.getPorts())).isEqualTo(poolPorts);
                    assertThat(rule.getFrom()).singleElement().satisfies(peer -> selects(peer, runnersOf(parent)));
                });

        assertThat(ofRunners.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(ofRunners.getSpec().getIngress()).isEmpty();
        assertThat(ofRunners.getSpec().getEgress()).first().satisfies(rule -> {
            assertThat(ports(rule.getPorts())).isEqualTo(poolPorts);
            assertThat(rule.getTo())
                    .singleElement()
                    .satisfies(
                            peer -> selects(peer, parent.getSpec().getSelector().getMatchLabels()));
        });
    }

    private static NetworkPolicy selecting(List<NetworkPolicy> policies, Map<String, String> labels) {
        return policies.stream()
                .filter(policy ->
                        policy.getSpec().getPodSelector().getMatchLabels().equals(labels))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No policy selects " + labels));
    }

    private static void selects(NetworkPolicyPeer peer, Map<String, String> labels) {
        assertThat(peer.getPodSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(peer.getNamespaceSelector()).isNull();
        assertThat(peer.getIpBlock()).isNull();
    }

    private static List<Integer> ports(List<NetworkPolicyPort> ports) {
        return ports.stream()
                .map(NetworkPolicyPort::getPort)
                .map(IntOrString::getIntVal)
                .toList();
    }
}
