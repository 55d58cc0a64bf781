package io.flame4j.kubernetes;

import io.flame4j.kubernetes.internal.doctor.ReportText;
import java.util.List;
import java.util.Objects;

/**
 * What {@link Doctor} found.
 *
 * @param findings in the order of the examination
 * @since 0.1
 */
public record DoctorReport(List<Finding> findings) {

    /** How a check came out. New constants may be added; a switch should have a default. */
    public enum Outcome {
        /** As it should be. */
        GOOD('✓'),
        /** It works, but could be better. */
        ADVICE('!'),
        /** Runners will not work like this. */
        BAD('✗'),
        /** Not checked, for the reason that the details tell. */
        SKIPPED('–');

        private final char sign;

        Outcome(char sign) {
            this.sign = sign;
        }

        /**
         * The sign that it has in tables.
         *
         * @return one character
         */
        public char sign() {
            return sign;
        }
    }

    /**
     * What one check found.
     *
     * @param check the name of the check, such as {@code Quota}
     * @param outcome how it came out
     * @param details what was found, in words
     * @param remedy the YAML to apply, or what else to do; empty when there is nothing to mend
     * @since 0.1
     */
    public record Finding(String check, Outcome outcome, String details, String remedy) {

        /** Checks. */
        public Finding {
            Objects.requireNonNull(check, "check");
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(details, "details");
            Objects.requireNonNull(remedy, "remedy");
        }
    }

    /** Copies. */
    public DoctorReport {
        findings = List.copyOf(findings);
    }

    /**
     * Whether runners will work.
     *
     * @return true when nothing is {@linkplain Outcome#BAD bad}
     */
    public boolean isHealthy() {
        return findings.stream().noneMatch(finding -> finding.outcome() == Outcome.BAD);
    }

    /** A table, followed by what mends that which is not good. */
    @Override
    public String toString() {
        return ReportText.of(findings);
    }
}
