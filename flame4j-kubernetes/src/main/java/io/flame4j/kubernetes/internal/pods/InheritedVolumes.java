package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeDevice;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.flame4j.RunnerBootException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The mounts of the parent's container that a runner gets too, and the volumes that these need. What the manifest mounts
 * at the same path, or defines under the same name, takes the place of the parent's.
 */
final class InheritedVolumes {

    private static final String TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    private final Pod parent;
    private final Container app;
    private final ClaimRules claims;
    private final Warnings warnings;
    private final Map<String, Volume> parentVolumes;
    private final Set<String> manifestPaths = new HashSet<>();
    private final Set<String> manifestVolumes = new HashSet<>();
    private final Map<String, Volume> volumes = new LinkedHashMap<>();
    private final Set<String> left = new HashSet<>();
    private final List<VolumeMount> mounts = new ArrayList<>();
    private final List<VolumeDevice> devices = new ArrayList<>();

    /** Where a runner finds an empty directory that another container filled for the parent. */
    private final Set<String> emptied = new HashSet<>();

    private InheritedVolumes(Pod parent, Container app, Pod manifest, ClaimRules claims, Warnings warnings) {
        this.parent = parent;
        this.app = app;
        this.claims = claims;
        this.warnings = warnings;
        this.parentVolumes = parent.getSpec().getVolumes().stream()
                .collect(Collectors.toMap(Volume::getName, volume -> volume, (first, second) -> first));
        if (manifest.getSpec() != null) {
            manifest.getSpec().getVolumes().forEach(volume -> manifestVolumes.add(volume.getName()));
            Container runner = manifest.getSpec().getContainers().get(0);
            runner.getVolumeMounts().forEach(mount -> manifestPaths.add(mount.getMountPath()));
            runner.getVolumeDevices().forEach(device -> manifestPaths.add(device.getDevicePath()));
        }
    }

    /**
     * Chooses.
     *
     * @throws RunnerBootException when the parent uses a claim that only one pod may use
     */
    static InheritedVolumes of(
            Pod parent, Container app, Pod manifest, Map<String, List<String>> claimModes, Warnings warnings) {
        ClaimRules claims = new ClaimRules(parent, claimModes, warnings);
        InheritedVolumes result = new InheritedVolumes(parent, app, manifest, claims, warnings);
        app.getVolumeMounts().forEach(result::mount);
        app.getVolumeDevices().forEach(result::device);
        return result;
    }

    List<Volume> volumes() {
        return List.copyOf(volumes.values());
    }

    List<VolumeMount> mounts() {
        return mounts;
    }

    List<VolumeDevice> devices() {
        return devices;
    }

    /** Whether the file is in a directory that is empty in a runner, but not in the parent. */
    boolean isEmptied(String file) {
        return emptied.stream().anyMatch(path -> file.startsWith(path + "/"));
    }

    private void mount(VolumeMount mount) {
        if (manifestPaths.contains(mount.getMountPath()) || isServiceAccountToken(mount)) {
            return;
        }
        if (take(mount.getName(), mount.getMountPath())) {
            mounts.add(mount);
            noticeFilledByOthers(mount);
        }
    }

    private void device(VolumeDevice device) {
        if (!manifestPaths.contains(device.getDevicePath()) && take(device.getName(), device.getDevicePath())) {
            devices.add(device);
        }
    }

    /** Whether the runner will have the volume. */
    private boolean take(String name, String path) {
        if (manifestVolumes.contains(name) || volumes.containsKey(name)) {
            return true;
        }
        Volume volume = parentVolumes.get(name);
        if (volume == null || left.contains(name)) {
            return false;
        }
        if (volume.getPersistentVolumeClaim() != null && !claims.allow(volume, path)) {
            left.add(name);
            return false;
        }
        volumes.put(name, DownwardItems.forRunner(volume, app.getName(), warnings));
        return true;
    }

    /** Admission mounts a fresh token; one that the user mounts there has another name and is kept. */
    private boolean isServiceAccountToken(VolumeMount mount) {
        String account = Objects.requireNonNullElse(parent.getSpec().getServiceAccountName(), "default");
        return mount.getMountPath().equals(TOKEN_PATH)
                && (mount.getName().startsWith("kube-api-access-")
                        || mount.getName().startsWith(account + "-token-"));
    }

    private void noticeFilledByOthers(VolumeMount mount) {
        Volume volume = volumes.get(mount.getName());
        if (volume == null || volume.getEmptyDir() == null) {
            return;
        }
        Stream<Container> others = Boolean.TRUE.equals(mount.getReadOnly())
                ? Stream.concat(
                        parent.getSpec().getInitContainers().stream(), parent.getSpec().getContainers().stream())
                : parent.getSpec().getInitContainers().stream();
        others.filter(container -> !container.getName().equals(app.getName()))
                .filter(container -> container.getVolumeMounts().stream()
                        .anyMatch(other -> other.getName().equals(mount.getName())))
                .findFirst()
                .ifPresent(container -> {
                    emptied.add(mount.getMountPath());
                    warnings.add("The volume '" + mount.getName() + "' at " + mount.getMountPath()
                            + " is empty in runners: in the parent's pod container '" + container.getName()
                            + "' fills it, which runners do not have. Add that container to the manifest if they need"
                            + " what it brings, or the annotation that makes the cluster add it.");
                });
    }
}
