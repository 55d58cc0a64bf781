package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.VolumeMount;

/** A place for temporary files when the root file system cannot be written to. */
final class TempDirectory {

    private static final String VOLUME = "flame4j-tmp";
    private static final String OPTION = "-Djava.io.tmpdir=";
    private static final String DEFAULT = "/tmp";

    private TempDirectory() {}

    /** Mounts an {@code emptyDir} where the JVM looks for it, unless something is mounted there. */
    static void addIfNeeded(PodSpecBuilder spec, ContainerBuilder container) {
        Container built = container.build();
        SecurityContext security = built.getSecurityContext();
        if (security == null || !Boolean.TRUE.equals(security.getReadOnlyRootFilesystem())) {
            return;
        }
        String directory = built.getArgs().stream()
                .filter(argument -> argument.startsWith(OPTION))
                .map(argument -> argument.substring(OPTION.length()))
                .filter(name -> name.startsWith("/"))
                .reduce(DEFAULT, (first, second) -> second);
        if (built.getVolumeMounts().stream().anyMatch(mount -> covers(mount, directory))) {
            return;
        }
        spec.addNewVolume().withName(VOLUME).withNewEmptyDir().endEmptyDir().endVolume();
        container.addNewVolumeMount().withName(VOLUME).withMountPath(directory).endVolumeMount();
    }

    private static boolean covers(VolumeMount mount, String directory) {
        String path = mount.getMountPath().replaceAll("/+$", "");
        return directory.equals(path)
                || (directory.startsWith(path + "/") && !Boolean.TRUE.equals(mount.getReadOnly()));
    }
}
