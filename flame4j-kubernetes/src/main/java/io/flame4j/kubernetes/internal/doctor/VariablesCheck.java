package io.flame4j.kubernetes.internal.doctor;

import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether the container is told of its pod. */
final class VariablesCheck {

    private static final String NAME = "Variables";

    private static final Map<String, String> FIELDS = fields();

    private VariablesCheck() {}

    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("POD_NAME", "metadata.name");
        fields.put("POD_NAMESPACE", "metadata.namespace");
        fields.put("POD_IP", "status.podIP");
        return fields;
    }

    static Finding of(Surroundings surroundings) {
        if (!surroundings.isPod()) {
            return Findings.skipped(NAME, "not in a pod");
        }
        List<String> missing = new ArrayList<>();
        StringBuilder remedy = new StringBuilder("# in the Deployment, at the application's container\nenv:\n");
        FIELDS.forEach((name, field) -> {
            if (surroundings.variables().getOrDefault(name, "").isBlank()) {
                missing.add(name);
                remedy.append("  - name: ").append(name).append("\n    valueFrom:\n      fieldRef:\n");
                remedy.append("        fieldPath: ").append(field).append('\n');
            }
        });
        return missing.isEmpty()
                ? Findings.good(NAME, String.join(", ", FIELDS.keySet()))
                : Findings.advice(
                        NAME,
                        String.join(", ", missing) + " not set. flame4j looks elsewhere then: the name of the host, the"
                                + " files of the service account, the pod's own status",
                        remedy.toString());
    }
}
