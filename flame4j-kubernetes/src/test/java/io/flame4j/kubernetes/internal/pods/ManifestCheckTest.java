package io.flame4j.kubernetes.internal.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.Test;

class ManifestCheckTest {

    @Test
    void the_least_there_can_be() {
        Pod pod = ManifestText.parse("spec: {containers: [{}]}");

        assertThat(pod.getSpec().getContainers()).hasSize(1);
    }

    @Test
    void json_is_yaml_too() {
        Pod pod = ManifestText.parse("{\"kind\": \"Pod\", \"spec\": {\"containers\": [{\"image\": \"a\"}]}}");

        assertThat(pod.getSpec().getContainers().get(0).getImage()).isEqualTo("a");
    }

    @Test
    void octal_numbers_are_refused_rather_than_misread() {
        assertThatThrownBy(() -> ManifestText.parse(
                        "{spec: {containers: [{}], volumes: [{name: v, configMap: {name: c, defaultMode: 0400}}]}}"))
                .hasMessageContaining(
                        "spec.volumes[0].configMap.defaultMode: must be a whole number; write it in" + " decimal: 256");
    }

    @Test
    void syntax_errors_are_told_by_line_and_not_by_content() {
        assertThatThrownBy(() -> ManifestText.parse("spec:\n  containers:\n  - {name: hidden, env: @hidden}"))
                .hasMessageContaining("in line 3, column 25")
                .hasMessageNotContaining("hidden");
        assertThatThrownBy(() -> ManifestText.parse("{a: b]")).hasMessageContaining("in line 1, column 6");
    }

    @Test
    void all_problems_at_once_by_their_paths() {
        assertThatThrownBy(() -> ManifestText.parse("""
                        metadata:
                          labels: {a b: x, ok: "no good!", number: 1}
                          nmae: x
                        spec:
                          nodeSelektor: {a: b}
                          activeDeadlineSeconds: soon
                          containers:
                          - resources:
                              limits: {memory: 1 GB, cpu: 2}
                              requests: {cpu: [1]}
                            env:
                            - {name: A, value: 1}
                            - {name: a=b, value: "1"}
                            readinessProbe: {httpGet: {port: http, pfad: /}}
                            stdin: "yes"
                          - name: Second
                          initContainers: {}
                          volumes:
                          - {name: v, emptyDir: {sizeLimit: large}}
                        """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The manifest is invalid: ")
                .hasMessageContainingAll(
                        "metadata.labels[a b]: must be a name",
                        "metadata.labels[ok]: must be at most 63",
                        "metadata.labels[number]: must be a text; put it in quotes",
                        "metadata.nmae: unknown field",
                        "spec.nodeSelektor: unknown field",
                        "spec.activeDeadlineSeconds: must be a whole number",
                        "spec.containers[0].resources.limits[memory]: '1 GB' is no quantity",
                        "spec.containers[0].resources.requests[cpu]: must be a quantity",
                        "spec.containers[0].env[0].value: must be a text; put it in quotes",
                        "spec.containers[0].env[1].name: must be one or more printable",
                        "spec.containers[0].readinessProbe.httpGet.pfad: unknown field",
                        "spec.containers[0].stdin: must be true or false",
                        "spec.containers[1].name: must be at most 63 lower-case",
                        "spec.containers[1].image: must be set",
                        "spec.initContainers: must be a list",
                        "spec.volumes[0].emptyDir.sizeLimit: 'large' is no quantity");
    }

    @Test
    void values_that_may_be_secret_are_not_shown() {
        assertThatThrownBy(() -> ManifestText.parse("spec: {containers: [{env: [{name: A, value: {hidden: x}}]}]}"))
                .hasMessageContaining("spec.containers[0].env[0].value: must be a text")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void no_container() {
        assertThatThrownBy(() -> ManifestText.parse("spec: {nodeSelector: {a: b}}"))
                .hasMessageContaining("spec.containers: must have a container");
        assertThatThrownBy(() -> ManifestText.parse("kind: Pod"))
                .hasMessageContaining("spec.containers: must have a container");
    }

    @Test
    void containers_of_one_name() {
        assertThatThrownBy(() -> ManifestText.parse(
                        "spec: {containers: [{name: a}, {name: a, image: x}, {name: runner, image: x}]}"))
                .hasMessageContaining("spec.containers[1].name: is the name of another container")
                .hasMessageContaining("spec.containers[2].name: is the name of another container");
    }

    @Test
    void other_kinds() {
        assertThatThrownBy(() -> ManifestText.parse("kind: Deployment\napiVersion: apps/v1\nspec: {replicas: 1}"))
                .hasMessage("The manifest is invalid: kind: must be Pod (it may be left out), but is Deployment;"
                        + " apiVersion: must be v1 (it may be left out), but is apps/v1.");
    }

    @Test
    void what_is_no_yaml_document() {
        for (String text :
                new String[] {"", "just text", "- a\n- b", "a: [", "a: 1\na: 2", "spec: {}\n---\nspec: {}"}) {
            assertThatThrownBy(() -> ManifestText.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("manifest");
        }
    }

    @Test
    void pods_are_checked_as_texts_are() {
        Pod pod = new PodBuilder()
                .withNewSpec()
                .addNewContainer()
                .addToAdditionalProperties("imagee", "x")
                .endContainer()
                .endSpec()
                .build();

        assertThatThrownBy(() -> ManifestCheck.check(pod))
                .hasMessage("The manifest is invalid: spec.containers[0].imagee: unknown field.");
    }
}
