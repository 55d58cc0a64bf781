package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.DoctorReport.Finding;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Whether the runner's pod meets the Pod Security level of its namespace. */
final class PodSecurityCheck {

    private static final String NAME = "Pod Security";
    private static final String ENFORCED = "pod-security.kubernetes.io/enforce";

    private PodSecurityCheck() {}

    static Finding of(Lookups.Answer<Namespace> answer, Pod runner) {
        Namespace namespace = answer.value();
        if (namespace == null) {
            return Findings.skipped(
                    NAME,
                    answer.isForbidden()
                            ? "may not get the namespace, which has the level"
                            : answer.isAnswered() ? "there is no such namespace" : answer.refusal());
        }
        Map<String, String> labels =
                Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of());
        String level = labels.get(ENFORCED);
        if (level == null) {
            return Findings.good(NAME, "no level is set for the namespace");
        }
        List<String> problems = PodSecurity.violations(level, runner);
        return problems.isEmpty()
                ? Findings.good(NAME, level + ", which the runner's pod meets")
                : Findings.bad(NAME, level + ", against which is: " + String.join("; ", problems), """
                        # in the Deployment, from which runners inherit it
                        spec:
                          template:
                            spec:
                              securityContext:
                                runAsNonRoot: true
                                runAsUser: 10001 # unless the image has a numeric USER
                                seccompProfile:
                                  type: RuntimeDefault
                              containers:
                                - name: app # each container
                                  securityContext:
                                    allowPrivilegeEscalation: false
                                    capabilities:
                                      drop: [ALL]
                        """);
    }
}
