package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.flame4j.RunnerBootException;
import java.util.List;
import java.util.Map;

/** Which persistent volume claims of the parent runners may use at the same time. */
final class ClaimRules {

    private final String pod;
    private final boolean statefulSet;
    private final Map<String, List<String>> modes;
    private final Warnings warnings;

    ClaimRules(Pod parent, Map<String, List<String>> modes, Warnings warnings) {
        this.pod = parent.getMetadata().getName();
        this.statefulSet = parent.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getKind().equals("StatefulSet"));
        this.modes = modes;
        this.warnings = warnings;
    }

    /**
     * Whether the claim of the volume is for runners too.
     *
     * @throws RunnerBootException when only one pod may use it
     */
    boolean allow(Volume volume, String path) {
        String claim = volume.getPersistentVolumeClaim().getClaimName();
        String what = "The volume '" + volume.getName() + "' at " + path + " ";
        List<String> known = modes.getOrDefault(claim, List.of());
        if (known.contains("ReadWriteMany") || known.contains("ReadOnlyMany")) {
            return true;
        }
        if (known.equals(List.of("ReadWriteOncePod"))) {
            throw new RunnerBootException(
                    what + "is claim '" + claim + "', which one pod at a time may use (ReadWriteOncePod), and the"
                            + " parent's pod uses it. Give runners another volume of this name or at this path in the"
                            + " manifest, such as an emptyDir, or leave Inherit.VOLUMES out.",
                    RunnerBootException.Reason.CONFIGURATION,
                    true,
                    null);
        }
        if (known.contains("ReadWriteOnce") || (known.isEmpty() && isOwnClaim(claim))) {
            warnings.add(what + "is left out: the parent's pod holds claim '" + claim
                    + "', and pods on other nodes cannot use it (ReadWriteOnce). If runners need the data, use a claim"
                    + " with ReadWriteMany, or mount another volume at this path in the manifest.");
            return false;
        }
        warnings.add(what + "is given to runners too, but whether more than one pod may use claim '" + claim
                + "' is unknown, because its access modes cannot be read. Should runners hang while their volumes are"
                + " attached, mount another volume at this path in the manifest.");
        return true;
    }

    /** A StatefulSet makes a claim for each of its pods, named after both. */
    private boolean isOwnClaim(String claim) {
        return statefulSet && claim.endsWith("-" + pod);
    }
}
