package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.DoctorReport.Finding;

/** Whether the API server would take the runner's pod: validation, admission plug-ins and webhooks. */
final class AdmissionCheck {

    private static final String NAME = "Admission";

    private AdmissionCheck() {}

    static Finding of(Lookups.Answer<Pod> answer) {
        if (answer.isAnswered()) {
            return Findings.good(NAME, "the API server would take the runner's pod");
        }
        boolean untold = answer.code() == 0
                || answer.code() >= 500
                || answer.refusal().contains("dry run")
                || answer.refusal().contains("cannot create resource");
        return untold
                ? Findings.skipped(NAME, "cannot be tried: " + answer.refusal())
                : Findings.bad(
                        NAME,
                        "the API server refuses the runner's pod: " + answer.refusal(),
                        "Change the parent's pod, from which runners inherit, or what manifest(…) and customize(…) make"
                                + " of it.");
    }
}
