package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pod as its status tells it.
 *
 * @param phase {@code Pending} and so on
 * @param why why it has failed as a whole
 * @param ip of the pod, empty when it is not told
 * @param startedAt when the node took it
 * @param all its containers
 * @param extra a condition besides the usual ones
 */
record PodView(
        String phase,
        Reason why,
        String ip,
        Instant startedAt,
        Containers all,
        @Nullable PodCondition extra) {

    /** Why a pod has failed as a whole; empty when it has not. */
    record Reason(String reason, String message) {
        static final Reason NONE = new Reason("", "");
    }

    /** The containers, in the order of the pod, and whether all init containers are done. */
    record Containers(boolean initialized, List<ContainerView> initial, List<ContainerView> main) {
        boolean areReady() {
            return initialized && main.stream().allMatch(ContainerView::isRunning);
        }
    }
}
