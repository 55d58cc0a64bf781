package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Secret;
import io.flame4j.kubernetes.DoctorReport.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether the Secrets are there that an image is pulled with. A missing one is ignored by nodes, and the pull fails. */
final class PullSecretsCheck {

    private static final String NAME = "Pull secrets";
    private static final Set<String> TYPES = Set.of("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg");

    private PullSecretsCheck() {}

    /** Checks them; what was looked up, by name. */
    static Finding of(Map<String, Lookups.Answer<Secret>> secrets, String namespace) {
        if (secrets.isEmpty()) {
            return Findings.good(NAME, "none");
        }
        List<String> problems = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        StringBuilder remedy = new StringBuilder();
        secrets.forEach((name, answer) -> {
            Secret secret = answer.value();
            if (!answer.isAnswered()) {
                unknown.add(name);
            } else if (secret == null || !TYPES.contains(secret.getType())) {
                problems.add(secret == null ? name + " does not exist" : name + " is of type " + secret.getType());
                remedy.append(remedy.isEmpty() ? "" : "---\n").append(yaml(name, namespace));
            }
        });
        if (!problems.isEmpty()) {
            return Findings.bad(
                    NAME, "in namespace " + namespace + ": " + String.join("; ", problems), remedy.toString());
        }
        String names = String.join(", ", secrets.keySet());
        return unknown.isEmpty()
                ? Findings.good(NAME, names)
                : Findings.skipped(NAME, names + ": may not get secrets, so that it is not known whether they exist");
    }

    private static String yaml(String name, String namespace) {
        return """
                # kubectl create secret docker-registry %1$s -n %2$s --docker-server=… --docker-username=…
                apiVersion: v1
                kind: Secret
                metadata:
                  name: %1$s
                  namespace: %2$s
                type: kubernetes.io/dockerconfigjson
                stringData:
                  .dockerconfigjson: '{"auths": {"registry.example.com": {"username": "…", "password": "…"}}}'
                """.formatted(Yaml.text(name), Yaml.text(namespace));
    }
}
