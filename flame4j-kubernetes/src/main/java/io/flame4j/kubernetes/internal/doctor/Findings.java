package io.flame4j.kubernetes.internal.doctor;

import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.DoctorReport.Outcome;

/** Short names. */
final class Findings {

    private Findings() {}

    static Finding good(String check, String details) {
        return new Finding(check, Outcome.GOOD, details, "");
    }

    static Finding advice(String check, String details, String remedy) {
        return new Finding(check, Outcome.ADVICE, details, remedy);
    }

    static Finding bad(String check, String details, String remedy) {
        return new Finding(check, Outcome.BAD, details, remedy);
    }

    static Finding skipped(String check, String details) {
        return new Finding(check, Outcome.SKIPPED, details, "");
    }
}
