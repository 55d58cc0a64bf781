package io.flame4j.kubernetes.internal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.kubernetes.DoctorReport;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.DoctorReport.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTextTest {

    @Test
    void table_and_remedies() {
        DoctorReport report = new DoctorReport(List.of(
                new Finding("Rights", Outcome.BAD, "may not create pods", "kind: Role\nmetadata:\n  name: r\n"),
                new Finding("Own pod", Outcome.GOOD, "web-1", ""),
                new Finding("Quota", Outcome.SKIPPED, "may not list resourcequotas", "")));

        assertThat(report).hasToString("""
                ✗ Rights   may not create pods
                ✓ Own pod  web-1
                – Quota    may not list resourcequotas

                ✗ Rights:

                    kind: Role
                    metadata:
                      name: r
                """);
        assertThat(report.isHealthy()).isFalse();
    }

    @Test
    void long_details_are_broken_at_blanks() {
        assertThat(ReportText.lines("one two three four", 9)).containsExactly("one two", "three", "four");
        assertThat(ReportText.lines("averylongword x", 5)).containsExactly("averylongword", "x");
        assertThat(ReportText.lines("first\n    at second", 40)).containsExactly("first", "    at second");
    }
}
