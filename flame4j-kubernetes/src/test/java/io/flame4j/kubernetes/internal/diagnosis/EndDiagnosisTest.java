package io.flame4j.kubernetes.internal.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.RunnerExit;
import io.flame4j.internal.wire.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Beside what {@link DiagnosisGoldenTest} shows. */
class EndDiagnosisTest {

    @Test
    void exit_codes_are_those_of_the_protocol() {
        assertThat(List.of(
                        ExitCode.NOT_CONNECTED,
                        ExitCode.REJECTED,
                        ExitCode.INIT_FAILED,
                        ExitCode.CONDEMNED,
                        ExitCode.PARENT_LOST))
                .containsExactly(
                        Protocol.EXIT_NOT_CONNECTED,
                        Protocol.EXIT_REJECTED,
                        Protocol.EXIT_INIT_FAILED,
                        Protocol.EXIT_CONDEMNED,
                        Protocol.EXIT_PARENT_LOST);
    }

    @Test
    void last_lines_are_handed_on() {
        List<String> lines = List.of("one", "two");

        assertThat(EndDiagnosis.of(end("exit-3-1.33"), false, lines).lastLines())
                .isEqualTo(lines);
    }

    @Test
    void jvm_that_will_never_start_fails_for_good() {
        List<String> lines = List.of("Error: Could not find or load main class com.example.Mian");

        assertThat(EndDiagnosis.of(PodFiles.pod("boot", "exit-1-1.33"), false, lines)
                        .permanent())
                .isTrue();
        assertThat(EndDiagnosis.of(end("exit-3-1.33"), false, lines).permanent())
                .as("a JVM that does not start ends with 1")
                .isFalse();
    }

    @Test
    void pod_that_is_gone_was_deleted_though_it_did_not_show_it() {
        Pod pod = end("running-1.33");

        assertThat(EndDiagnosis.of(pod, false, List.of()).reason()).isEqualTo(Reason.CONNECTION);
        assertThat(EndDiagnosis.of(pod, true, List.of()).reason()).isEqualTo(Reason.DELETED);
    }

    @Test
    void pod_that_had_ended_before_it_was_gone_ended_by_itself() {
        RunnerExit exit = EndDiagnosis.of(end("exit-3-1.33"), true, List.of());

        assertThat(exit.reason()).isEqualTo(Reason.EXITED);
        assertThat(exit.exitCode()).hasValue(3);
    }

    @Test
    void exit_code_that_stands_for_nothing_is_not_told() {
        assertThat(EndDiagnosis.of(end("end-not-seen-1.33"), false, List.of()).exitCode())
                .isEmpty();
        assertThat(EndDiagnosis.of(PodFiles.pod("boot", "start-exec-not-found-1.33"), false, List.of())
                        .exitCode())
                .isEmpty();
    }

    @Test
    void blames_the_container_that_failed() {
        assertThat(EndDiagnosis.containerToBlame(end("exit-3-1.33"))).isEqualTo("runner");
        assertThat(EndDiagnosis.containerToBlame(PodFiles.pod("boot", "init-failed-1.33")))
                .isEqualTo("fetch");
        assertThat(EndDiagnosis.containerToBlame(PodFiles.pod("boot", "image-not-found-1.33")))
                .isNull();
    }

    private static Pod end(String name) {
        return PodFiles.pod("end", name);
    }
}
