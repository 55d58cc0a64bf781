package io.flame4j.kubernetes.internal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodSecurityTest {

    private static final String RESTRICTED = """
            apiVersion: v1
            kind: Pod
            spec:
              securityContext:
                runAsNonRoot: true
                seccompProfile: {type: RuntimeDefault}
              initContainers:
                - name: init
                  securityContext:
                    allowPrivilegeEscalation: false
                    capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
              containers:
                - name: runner
                  securityContext:
                    allowPrivilegeEscalation: false
                    capabilities: {drop: [ALL]}
              volumes:
                - name: tmp
                  emptyDir: {}
            """;

    @Test
    void pod_that_meets_every_level() {
        for (String level : List.of("privileged", "baseline", "restricted")) {
            assertThat(PodSecurity.violations(level, pod(RESTRICTED))).as(level).isEmpty();
        }
    }

    @Test
    void pod_without_any_context_is_fine_for_baseline_alone() {
        Pod plain = pod("apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: runner}]\n");

        assertThat(PodSecurity.violations("baseline", plain)).isEmpty();
        assertThat(PodSecurity.violations("restricted", plain))
                .containsExactly(
                        "container runner: securityContext.allowPrivilegeEscalation must be false",
                        "container runner: securityContext.capabilities.drop must be [ALL]",
                        "container runner: securityContext.runAsNonRoot must be true, or the pod's",
                        "container runner: securityContext.seccompProfile.type must be RuntimeDefault, or the pod's");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hostNetwork: true                               | spec.hostNetwork",
                "hostPID: true                                   | spec.hostPID",
                "hostIPC: true                                   | spec.hostIPC",
                "volumes: [{name: v, hostPath: {path: /}}]       | volume v must not be a hostPath",
                "containers: [{name: c, ports: [{hostPort: 80}]}]| must not have a hostPort",
                "containers: [{name: c, securityContext: {privileged: true}}] | privileged",
                "containers: [{name: c, securityContext: {capabilities: {add: [SYS_ADMIN]}}}] | capabilities.add [SYS_ADMIN]",
                "containers: [{name: c, securityContext: {seccompProfile: {type: Unconfined}}}] | Unconfined",
                "securityContext: {seccompProfile: {type: Unconfined}} | spec.securityContext.seccompProfile",
            })
    void against_baseline(String spec, String problem) {
        Pod pod = pod("apiVersion: v1\nkind: Pod\nspec:\n  " + spec + "\n");

        assertThat(PodSecurity.violations("privileged", pod)).isEmpty();
        assertThat(PodSecurity.violations("baseline", pod))
                .singleElement()
                .asString()
                .contains(problem);
        assertThat(PodSecurity.violations("restricted", pod)).anyMatch(text -> text.contains(problem));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "runAsNonRoot: true|runAsNonRoot: false | runAsNonRoot must be true",
                "runAsNonRoot: true|{runAsUser: 0, runAsNonRoot: true} | runAsUser must not be 0",
                "drop: [ALL]}|drop: [NET_RAW]} | capabilities.drop must be [ALL]",
                "drop: [ALL]}|drop: [ALL], add: [CHOWN]} | capabilities.add [CHOWN]",
                "type: RuntimeDefault|type: Unconfined | Unconfined",
                "emptyDir: {}|'nfs: {server: s, path: /}' | volume tmp must be a claim",
            })
    void against_restricted(String from, String to, String problem) {
        String changed = to.startsWith("{")
                ? RESTRICTED.replace(
                        "securityContext:\n    runAsNonRoot: true\n    seccompProfile: {type: RuntimeDefault}",
                        "securityContext: {runAsUser: 0, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}")
                : RESTRICTED.replace(from, to);

        assertThat(changed).isNotEqualTo(RESTRICTED);
        assertThat(PodSecurity.violations("restricted", pod(changed))).anyMatch(text -> text.contains(problem));
    }

    private static Pod pod(String yaml) {
        return Serialization.unmarshal(yaml, Pod.class);
    }
}
