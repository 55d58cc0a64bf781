package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.api.PodApi;
import io.flame4j.kubernetes.internal.pods.ParentFacts;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the runners of replicas of this parent that are gone. The cluster does so by owner reference; this is for
 * runners without one. Blocks.
 */
final class Orphans {

    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    /** A longer name was made to fit the label, so that nothing can be looked up by it. */
    private static final int LONGEST_PLAIN_NAME = 62;

    private final PodApi api;

    Orphans(PodApi api) {
        this.api = api;
    }

    /**
     * Looks for them once.
     *
     * @param parent this process's; its pod is known
     * @param namespace of runner pods
     */
    void sweep(ParentFacts parent, Pod parentPod, String namespace) throws ApiException, InterruptedException {
        Map<String, Boolean> aliveByUid = new HashMap<>();
        Set<String> removed = new TreeSet<>();
        for (Pod pod : api.list(namespace, RunnerLabels.ofOwner(parentPod))) {
            String name = RunnerLabels.label(pod, RunnerLabels.PARENT);
            String uid = RunnerLabels.label(pod, RunnerLabels.PARENT_UID);
            String namespaceOfParent = RunnerLabels.label(pod, RunnerLabels.PARENT_NAMESPACE);
            if (name.isEmpty()
                    || !namespaceOfParent.equals(parent.namespace())
                    || name.length() > LONGEST_PLAIN_NAME
                    || uid.equals(parentPod.getMetadata().getUid())) {
                continue;
            }
            Boolean alive = aliveByUid.get(uid);
            if (alive == null) {
                Pod owner = api.get(parent.namespace(), name);
                alive = owner != null && uid.equals(owner.getMetadata().getUid());
                aliveByUid.put(uid, alive);
            }
            if (!alive) {
                removed.add(pod.getMetadata().getName());
                api.delete(pod, PodApi.AT_ONCE);
            }
        }
        if (!removed.isEmpty()) {
            LOG.info("Removing pods {}, which runners of replicas that are gone have left behind", removed);
        }
    }
}
