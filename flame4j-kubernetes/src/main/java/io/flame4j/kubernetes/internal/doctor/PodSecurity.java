package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the Pod Security Standards have against a pod. The server has the last word; this says which fields it is about. A
 * pure function.
 */
final class PodSecurity {

    private static final Set<String> BASELINE_CAPABILITIES = Set.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");

    private static final Set<String> SECCOMP = Set.of("RuntimeDefault", "Localhost");

    private final PodSpec spec;
    private final List<String> problems = new ArrayList<>();

    private PodSecurity(PodSpec spec) {
        this.spec = spec;
    }

    /**
     * The fields that do not meet a level, with what is wrong about them.
     *
     * @param level {@code privileged}, {@code baseline} or {@code restricted}
     */
    static List<String> violations(String level, Pod pod) {
        PodSecurity check = new PodSecurity(pod.getSpec());
        if (level.equals("baseline") || level.equals("restricted")) {
            check.baseline();
        }
        if (level.equals("restricted")) {
            check.restricted();
        }
        return List.copyOf(check.problems);
    }

    private void baseline() {
        problem(Boolean.TRUE.equals(spec.getHostNetwork()), "spec.hostNetwork must not be true");
        problem(Boolean.TRUE.equals(spec.getHostPID()), "spec.hostPID must not be true");
        problem(Boolean.TRUE.equals(spec.getHostIPC()), "spec.hostIPC must not be true");
        for (Volume volume : spec.getVolumes()) {
            problem(volume.getHostPath() != null, "volume " + volume.getName() + " must not be a hostPath");
        }
        for (Container container : containers()) {
            SecurityContext context = context(container);
            problem(Boolean.TRUE.equals(context.getPrivileged()), at(container) + "privileged must not be true");
            problem(
                    container.getPorts().stream()
                            .anyMatch(port -> port.getHostPort() != null && port.getHostPort() != 0),
                    "container " + container.getName() + " must not have a hostPort");
            Capabilities capabilities = context.getCapabilities();
            List<String> added = capabilities == null ? List.of() : capabilities.getAdd();
            problem(!BASELINE_CAPABILITIES.containsAll(added), at(container) + "capabilities.add " + added);
            problem(isUnconfined(context.getSeccompProfile()), at(container) + "seccompProfile must not be Unconfined");
        }
        problem(
                isUnconfined(podContext().getSeccompProfile()),
                "spec.securityContext.seccompProfile must not be" + " Unconfined");
    }

    private void restricted() {
        for (Volume volume : spec.getVolumes()) {
            boolean network = volume.getNfs() != null
                    || volume.getIscsi() != null
                    || volume.getGlusterfs() != null
                    || volume.getRbd() != null
                    || volume.getCephfs() != null;
            problem(network, "volume " + volume.getName() + " must be a claim, not what is behind it");
        }
        for (Container container : containers()) {
            SecurityContext context = context(container);
            problem(
                    !Boolean.FALSE.equals(context.getAllowPrivilegeEscalation()),
                    at(container) + "allowPrivilegeEscalation must be false");
            Capabilities capabilities = context.getCapabilities();
            problem(
                    capabilities == null || !capabilities.getDrop().contains("ALL"),
                    at(container) + "capabilities.drop must be [ALL]");
            List<String> added = capabilities == null ? List.of() : capabilities.getAdd();
            problem(
                    added.stream().anyMatch(capability -> !capability.equals("NET_BIND_SERVICE"))
                            && BASELINE_CAPABILITIES.containsAll(added),
                    at(container) + "capabilities.add " + added);
            Boolean nonRoot = Objects.requireNonNullElse(
                    context.getRunAsNonRoot(), Boolean.TRUE.equals(podContext().getRunAsNonRoot()));
            problem(!nonRoot, at(container) + "runAsNonRoot must be true, or the pod's");
            problem(isRoot(context.getRunAsUser()), at(container) + "runAsUser must not be 0");
            SeccompProfile seccomp = Objects.requireNonNullElseGet(
                    context.getSeccompProfile(),
                    () -> Objects.requireNonNullElseGet(podContext().getSeccompProfile(), SeccompProfile::new));
            problem(
                    seccomp.getType() == null || !SECCOMP.contains(seccomp.getType()) && !isUnconfined(seccomp),
                    at(container) + "seccompProfile.type must be RuntimeDefault, or the pod's");
        }
        problem(isRoot(podContext().getRunAsUser()), "spec.securityContext.runAsUser must not be 0");
    }

    private List<Container> containers() {
        return Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream())
                .toList();
    }

    private PodSecurityContext podContext() {
        return Objects.requireNonNullElseGet(spec.getSecurityContext(), PodSecurityContext::new);
    }

    private static SecurityContext context(Container container) {
        return Objects.requireNonNullElseGet(container.getSecurityContext(), SecurityContext::new);
    }

    private static String at(Container container) {
        return "container " + container.getName() + ": securityContext.";
    }

    private static boolean isUnconfined(@Nullable SeccompProfile profile) {
        return profile != null && "Unconfined".equals(profile.getType());
    }

    private static boolean isRoot(@Nullable Long user) {
        return user != null && user == 0;
    }

    private void problem(boolean found, String text) {
        if (found) {
            problems.add(text);
        }
    }
}
