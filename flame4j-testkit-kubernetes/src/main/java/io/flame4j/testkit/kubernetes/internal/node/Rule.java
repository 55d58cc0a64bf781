package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.testkit.kubernetes.Trouble;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A {@link Trouble}: where it waits for pods, which ones, and what it says or does to them. */
public final class Rule implements Trouble {

    /** Where in the life of a pod. */
    public enum Point {
        SCHEDULE,
        START,
        IMAGE_NAME,
        IMAGE_PULL,
        CONFIG,
        RUNNING,
        ADDRESS,
        SIGTERM
    }

    private final Point point;
    private final Predicate<Pod> which;
    private final String message;
    private final Consumer<Pod> action;
    private final Set<String> met = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;
    private volatile Runnable onEnd = () -> {};

    /**
     * A rule that has something to say.
     *
     * @param point where
     * @param which pods; called on the thread of the node
     * @param message what the status of the pod is to say
     */
    public Rule(Point point, Predicate<Pod> which, String message) {
        this(point, which, message, pod -> {});
    }

    /**
     * A rule that does something.
     *
     * @param which pods; called on the thread of the node
     * @param action called there, too, once for each pod when it runs
     */
    public Rule(Predicate<Pod> which, Consumer<Pod> action) {
        this(Point.RUNNING, which, "", action);
    }

    private Rule(Point point, Predicate<Pod> which, String message, Consumer<Pod> action) {
        this.point = point;
        this.which = Objects.requireNonNull(which, "which");
        this.message = Objects.requireNonNull(message, "message");
        this.action = Objects.requireNonNull(action, "action");
    }

    void onEnd(Runnable callback) {
        onEnd = callback;
    }

    boolean meets(Point here, Pod pod) {
        if (ended || here != point || !which.test(pod)) {
            return false;
        }
        met.add(pod.getMetadata().getUid());
        return true;
    }

    /** Does to a pod that runs what it is there for, once. */
    void act(Pod pod) {
        if (!ended
                && point == Point.RUNNING
                && which.test(pod)
                && met.add(pod.getMetadata().getUid())) {
            action.accept(pod);
        }
    }

    String message() {
        return message;
    }

    @Override
    public int hits() {
        return met.size();
    }

    @Override
    public void end() {
        ended = true;
        onEnd.run();
    }
}
