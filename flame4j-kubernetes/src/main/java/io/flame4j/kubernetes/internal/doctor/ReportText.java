package io.flame4j.kubernetes.internal.doctor;

import io.flame4j.kubernetes.DoctorReport.Finding;
import java.util.ArrayList;
import java.util.List;

/** The table of a report. */
public final class ReportText {

    private static final int WIDTH = 110;

    private ReportText() {}

    /** The table, followed by the remedies. */
    public static String of(List<Finding> findings) {
        int names = findings.stream()
                .mapToInt(finding -> finding.check().length())
                .max()
                .orElse(0);
        String indent = " ".repeat(2 + names + 2);
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            String name = finding.check() + " ".repeat(names - finding.check().length());
            text.append(finding.outcome().sign()).append(' ').append(name).append("  ");
            text.append(String.join("\n" + indent, lines(finding.details(), WIDTH - indent.length())));
            text.append('\n');
        }
        findings.stream()
                .filter(finding -> !finding.remedy().isEmpty())
                .forEach(finding -> text.append('\n')
                        .append(finding.outcome().sign())
                        .append(' ')
                        .append(finding.check())
                        .append(":\n\n")
                        .append(finding.remedy().strip().indent(4)));
        return text.toString();
    }

    /** Broken at blanks, unless a word is longer than a line. Lines that the text has stay. */
    static List<String> lines(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            List<String> words = new ArrayList<>();
            int length = 0;
            for (String word : line.split(" ", -1)) {
                if (!words.isEmpty() && length + word.length() > width) {
                    lines.add(String.join(" ", words));
                    words.clear();
                    length = 0;
                }
                words.add(word);
                length += word.length() + 1;
            }
            lines.add(String.join(" ", words));
        }
        return lines;
    }
}
