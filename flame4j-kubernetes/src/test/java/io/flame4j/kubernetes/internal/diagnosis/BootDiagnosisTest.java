package io.flame4j.kubernetes.internal.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Beside what {@link DiagnosisGoldenTest} shows: time, and what wins. */
class BootDiagnosisTest {

    private static final Instant CREATED = Instant.parse("2025-06-03T10:00:00Z");
    private static final Duration GRACE = Duration.ofSeconds(45);

    @Test
    void pod_that_is_new_is_fine() {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("runner")
                .endContainer()
                .endSpec()
                .build();

        assertThat(BootDiagnosis.of(pod, CREATED, GRACE)).isEqualTo(new BootVerdict.Fine());
        assertThat(BootDiagnosis.clue(pod, "h:1", CREATED)).contains("no scheduler has looked at it");
    }

    @Test
    void without_a_node_it_may_look_for_one_for_as_long_as_the_grace() {
        Pod pod = PodFiles.pod("boot", "unschedulable-cpu-1.33");
        Instant end = CREATED.plus(GRACE);

        assertThat(BootDiagnosis.of(pod, CREATED, GRACE)).isEqualTo(new BootVerdict.LookAgain(end));
        assertThat(BootDiagnosis.of(pod, end.minusMillis(1), GRACE)).isEqualTo(new BootVerdict.LookAgain(end));
        assertThat(BootDiagnosis.of(pod, end, GRACE)).isInstanceOfSatisfying(BootVerdict.Failed.class, failed -> {
            assertThat(failed.permanent()).isFalse();
            assertThat(failed.message())
                    .startsWith("has found no node for 45 s (Unschedulable): 0/3 nodes are available");
        });
    }

    @Test
    void without_a_grace_it_may_look_for_a_node_for_ever() {
        Pod pod = PodFiles.pod("boot", "unschedulable-cpu-1.33");

        assertThat(BootDiagnosis.of(pod, CREATED.plusSeconds(86_400), null)).isEqualTo(new BootVerdict.Fine());
    }

    @Test
    void clock_of_the_cluster_that_is_ahead_makes_no_negative_ages() {
        Pod pod = PodFiles.pod("boot", "unschedulable-cpu-1.33");

        assertThat(BootDiagnosis.clue(pod, "h:1", CREATED.minusSeconds(5))).contains("has found no node for 0 s");
    }

    @Test
    void own_secret_may_come_late() {
        Pod pod = PodFiles.pod("boot", "config-own-secret-1.33");
        Instant end = CREATED.plus(Waiting.OWN_SECRET_PATIENCE);

        assertThat(BootDiagnosis.of(pod, CREATED.plusSeconds(1), null)).isEqualTo(new BootVerdict.LookAgain(end));
        assertThat(BootDiagnosis.of(pod, end, null)).isInstanceOf(BootVerdict.Failed.class);
    }

    @Test
    void no_other_secret_may() {
        Pod pod = PodFiles.pod("boot", "config-secret-missing-1.33");

        assertThat(BootDiagnosis.of(pod, CREATED.plusSeconds(1), null)).isInstanceOf(BootVerdict.Failed.class);
    }

    @Test
    void back_off_without_a_cause_is_borne_for_a_while() {
        Pod pod = PodFiles.pod("boot", "image-back-off-1.27");
        Instant end = CREATED.plus(Waiting.BACK_OFF_PATIENCE);

        assertThat(BootDiagnosis.of(pod, CREATED.plusSeconds(1), null)).isEqualTo(new BootVerdict.LookAgain(end));
        assertThat(BootDiagnosis.of(pod, end, null)).isInstanceOf(BootVerdict.Failed.class);
    }

    @Test
    void of_two_times_the_earlier_counts() {
        Pod pod = new PodBuilder(PodFiles.pod("boot", "image-back-off-1.27"))
                .editSpec()
                .addNewContainer()
                .withName("second")
                .endContainer()
                .endSpec()
                .editStatus()
                .addNewContainerStatus()
                .withName("second")
                .withNewState()
                .withNewWaiting(
                        "secret \"web-5d8c7b6f4-q2x9z-flame-thumbs-7-k3x9\" not found", "CreateContainerConfigError")
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();

        assertThat(BootDiagnosis.of(pod, CREATED, null))
                .isEqualTo(new BootVerdict.LookAgain(CREATED.plus(Waiting.BACK_OFF_PATIENCE)));
        assertThat(BootDiagnosis.of(pod, CREATED.plus(Waiting.BACK_OFF_PATIENCE), null))
                .as("a failure counts more than a time")
                .isInstanceOf(BootVerdict.Failed.class);
    }
}
