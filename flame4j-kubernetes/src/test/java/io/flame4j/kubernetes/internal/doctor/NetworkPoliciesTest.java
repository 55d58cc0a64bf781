package io.flame4j.kubernetes.internal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkPoliciesTest {

    private static final Pod PARENT = new PodBuilder()
            .withNewMetadata()
            .withName("web-5d8c7b6f4-q2x9z")
            .withNamespace("shop")
            .addToLabels(Map.of("app", "web", "pod-template-hash", "5d8c7b6f4"))
            .addNewOwnerReference()
            .withKind("ReplicaSet")
            .withName("web-5d8c7b6f4")
            .withController(true)
            .endOwnerReference()
            .endMetadata()
            .build();

    @Test
    void from_the_runners_to_their_parents_port() {
        String yaml = NetworkPolicies.between(PARENT, "shop", 4711);

        assertThat(yaml).isEqualTo("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata:
                  name: flame4j-runners
                  namespace: shop
                spec:
                  podSelector:
                    matchLabels:
                      app: web
                  policyTypes: [Ingress]
                  ingress:
                    - from:
                        - podSelector:
                            matchLabels:
                              flame4j.io/owner-kind: Deployment
                              flame4j.io/owner: web
                              flame4j.io/parent-namespace: shop
                      ports:
                        - port: 4711
                """);
    }

    @Test
    void from_another_namespace_to_any_port() {
        NetworkPolicy policy =
                Serialization.unmarshal(NetworkPolicies.between(PARENT, "batch", 0), NetworkPolicy.class);

        assertThat(policy.getSpec().getIngress().get(0).getPorts()).isEmpty();
        assertThat(policy.getSpec().getIngress().get(0).getFrom())
                .singleElement()
                .satisfies(from -> {
                    assertThat(from.getPodSelector().getMatchLabels()).containsEntry("flame4j.io/owner", "web");
                    assertThat(from.getNamespaceSelector().getMatchLabels())
                            .containsEntry("kubernetes.io/metadata.name", "batch");
                });
    }

    @Test
    void a_parent_without_labels_is_to_be_given_one_so_that_the_policy_is_about_it_alone() {
        Pod bare = new PodBuilder(PARENT)
                .editMetadata()
                .withLabels(Map.of("pod-template-hash", "5d8c7b6f4"))
                .endMetadata()
                .build();

        String yaml = NetworkPolicies.between(bare, "shop", 4711);

        assertThat(yaml).startsWith("# The parent's pod has no label").contains("\n# app.kubernetes.io/name: web\n");
        assertThat(Serialization.unmarshal(yaml, NetworkPolicy.class)
                        .getSpec()
                        .getPodSelector()
                        .getMatchLabels())
                .containsExactly(Map.entry("app.kubernetes.io/name", "web"));
    }

    @Test
    void labels_that_look_like_something_else_stay_texts() {
        Pod odd = new PodBuilder(PARENT)
                .editMetadata()
                .addToLabels(Map.of("a", "true", "b", "1.20", "c", "", "d", "1e3", "e", "v1.2-x_y"))
                .endMetadata()
                .build();

        NetworkPolicy policy = Serialization.unmarshal(NetworkPolicies.between(odd, "007", 0), NetworkPolicy.class);

        assertThat(policy.getSpec().getPodSelector().getMatchLabels())
                .containsAllEntriesOf(Map.of("a", "true", "b", "1.20", "c", "", "d", "1e3", "e", "v1.2-x_y"));
        assertThat(policy.getSpec()
                        .getIngress()
                        .get(0)
                        .getFrom()
                        .get(0)
                        .getNamespaceSelector()
                        .getMatchLabels())
                .containsEntry("kubernetes.io/metadata.name", "007");
    }
}
