package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.api.PodFeed;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells each runner of this process what becomes of its pod. A pod of this process that no runner knows was created by a
 * call whose answer got lost, or for a boot that was given up meanwhile: it is removed. Called on the feed's thread;
 * runners come and go on any.
 */
final class PodBoard implements PodFeed.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(PodBoard.class);

    private final String life;
    private final Predicate<Pod> isOwned;
    private final Consumer<Pod> removeStray;

    /** By runner id. A runner stays until its pod is gone. */
    private final Map<String, PodRunner> runners = new ConcurrentHashMap<>();

    /** The uids of pods whose runners were discarded and that are not gone yet. */
    private final Set<String> discarded = ConcurrentHashMap.newKeySet();

    /**
     * @param life of this process
     * @param isOwned whether a pod with the labels of this process really is one: who may set labels only cannot fake it
     */
    PodBoard(String life, Predicate<Pod> isOwned, Consumer<Pod> removeStray) {
        this.life = life;
        this.isOwned = isOwned;
        this.removeStray = removeStray;
    }

    /** Before its pod is created: what happens to the pod may be known before its creation has returned. */
    void add(PodRunner runner) {
        runners.put(runner.id(), runner);
    }

    /** The runner is of no interest any more; its pod, if it has one, is being removed. */
    void discard(PodRunner runner) {
        Pod pod = runner.pod();
        if (pod != null) {
            discarded.add(pod.getMetadata().getUid());
        }
        runners.remove(runner.id(), runner);
    }

    int size() {
        return runners.size();
    }

    @Override
    public void changed(Pod pod) {
        if (!isOurs(pod) || discarded.contains(pod.getMetadata().getUid())) {
            return;
        }
        PodRunner runner = runners.get(RunnerLabels.label(pod, RunnerLabels.RUNNER));
        if (runner != null && runner.owns(pod)) {
            runner.changed(pod);
        } else if (pod.getMetadata().getDeletionTimestamp() == null && isOwned.test(pod)) {
            LOG.info(
                    "Removing pod {}, which no runner of this process knows any more",
                    pod.getMetadata().getName());
            removeStray.accept(pod);
        }
    }

    @Override
    public void gone(Pod lastKnown) {
        if (discarded.remove(lastKnown.getMetadata().getUid())) {
            return;
        }
        PodRunner runner = runners.get(RunnerLabels.label(lastKnown, RunnerLabels.RUNNER));
        if (isOurs(lastKnown) && runner != null && runner.isAt(lastKnown)) {
            runner.gone(lastKnown);
            runners.remove(runner.id(), runner);
        }
    }

    private boolean isOurs(Pod pod) {
        return life.equals(RunnerLabels.label(pod, RunnerLabels.PARENT_LIFE));
    }
}
