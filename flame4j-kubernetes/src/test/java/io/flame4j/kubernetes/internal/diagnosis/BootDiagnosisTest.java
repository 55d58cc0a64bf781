package io.flame4j.kubernetes.internal.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BootDiagnosisTest {

    private static final Instant NOW = Instant.parse("2025-06-03T10:00:05Z");

    @Test
    void image_that_is_not_there_fails_for_good() {
        BootVerdict verdict = BootDiagnosis.of(pod("image-not-found-1.33"), NOW, null);

        assertThat(verdict).isInstanceOfSatisfying(BootVerdict.Failed.class, failed -> {
            assertThat(failed.permanent()).isTrue();
            assertThat(failed.message())
                    .startsWith("cannot pull the image registry.example.com/web:1.4.3 of container runner on node n1"
                            + " (ErrImagePull): rpc")
                    .endsWith("must be pushed again");
        });
    }

    private static Pod pod(String name) {
        return Serialization.unmarshal(
                BootDiagnosisTest.class.getResourceAsStream("/pods/" + name + ".yaml"), Pod.class);
    }
}
