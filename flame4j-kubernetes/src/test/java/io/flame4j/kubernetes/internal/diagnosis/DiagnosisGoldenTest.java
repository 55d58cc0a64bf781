package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.backend.RunnerExit;
import io.flame4j.kubernetes.internal.pods.GoldenFile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every pod in {@code pods/}, and what is said of it. {@link GoldenFile} says how to write the files anew. */
class DiagnosisGoldenTest {

    /** A minute after the pods were created. */
    private static final Instant NOW = Instant.parse("2025-06-03T10:01:00Z");

    private static final Duration GRACE = Duration.ofSeconds(45);
    private static final String DIALLED = "10.0.0.7:4711";
    private static final String GONE = "-gone";

    @Test
    void boots() {
        StringBuilder text = new StringBuilder();
        for (String name : PodFiles.in("boot")) {
            Pod pod = PodFiles.pod("boot", name);
            text.append(name).append('\n');
            BootVerdict verdict = BootDiagnosis.of(pod, NOW, GRACE);
            text.append("  verdict: ").append(describe(verdict)).append('\n');
            String clue = BootDiagnosis.clue(pod, DIALLED, NOW);
            boolean same = verdict instanceof BootVerdict.Failed failed && clue.endsWith(" " + failed.message() + ".");
            text.append("  reason when overdue: ")
                    .append(BootDiagnosis.reasonOverdue(pod, NOW))
                    .append('\n');
            text.append("  clue: ").append(same ? "the same" : clue).append("\n\n");
        }
        GoldenFile.check("boots.txt", text.toString());
    }

    @Test
    void ends() {
        StringBuilder text = new StringBuilder();
        for (String name : PodFiles.in("end")) {
            List<String> lines = name.startsWith("jvm-oom")
                    ? List.of("Terminating due to java.lang.OutOfMemoryError: Java heap space")
                    : List.of();
            RunnerExit exit = EndDiagnosis.of(PodFiles.pod("end", name), name.endsWith(GONE), lines);
            text.append(name).append('\n');
            text.append("  ").append(exit.reason());
            exit.exitCode().ifPresent(code -> text.append(", exit code ").append(code));
            text.append(exit.permanent() ? ", for good\n" : "\n");
            text.append("  it ").append(exit.message()).append(".\n\n");
        }
        GoldenFile.check("ends.txt", text.toString());
    }

    private static String describe(BootVerdict verdict) {
        if (verdict instanceof BootVerdict.Failed failed) {
            return (failed.permanent() ? "fails for good (" : "fails (") + failed.reason() + "): it " + failed.message()
                    + ".";
        }
        return verdict instanceof BootVerdict.LookAgain again ? "look again at " + again.at() : "fine";
    }
}
