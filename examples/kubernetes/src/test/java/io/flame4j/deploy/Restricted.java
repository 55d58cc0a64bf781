package io.flame4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;

/** What the level "restricted" of Pod Security asks for, as far as it concerns pods like these, and what parents need. */
public final class Restricted {

    private Restricted() {}

    public static void check(PodSpec pod) {
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getVolumes()).allSatisfy(Restricted::check);
        assertThat(pod.getContainers()).isNotEmpty().allSatisfy(Restricted::check);
    }

    private static void check(Volume volume) {
        assertThat(volume.getHostPath()).isNull();
    }

    private static void check(Container container) {
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getVolumeMounts())
                .anySatisfy(mount -> assertThat(mount.getMountPath()).isEqualTo("/tmp"));
        checkField(container, "POD_NAME", "metadata.name");
        checkField(container, "POD_NAMESPACE", "metadata.namespace");
        checkField(container, "POD_IP", "status.podIP");
    }

    private static void checkField(Container container, String variable, String path) {
        assertThat(container.getEnv())
                .filteredOn(EnvVar::getName, variable)
                .singleElement()
                .satisfies(
                        found -> assertThat(found.getValueFrom().getFieldRef().getFieldPath())
                                .isEqualTo(path));
    }
}
