package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.internal.api.PodFeed;
import io.flame4j.kubernetes.internal.pods.RunnerPods;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How far the trial of one runner has come, and when. The feed's thread, the pool's threads and the one that examines
 * report; {@code this} guards what they report.
 */
final class TrialLog implements PodFeed.Listener {

    /** In their order. */
    enum Step {
        CREATED("Pod created"),
        SCHEDULED("Scheduled"),
        STARTED("Started"),
        CONNECTED("Connected"),
        CALLED("First call"),
        REMOVED("Removed");

        private final String title;

        Step(String title) {
            this.title = title;
        }
    }

    private record Mark(long nanos, String details) {}

    private final LongSupplier clock;

    /** Opened by the feed when it tells of a step, all of them when it tells that the pod is gone. */
    private final Map<Step, CountDownLatch> seen = new EnumMap<>(Step.class);

    private final Map<Step, Mark> marks = new EnumMap<>(Step.class);
    private long began;
    private long closed;
    private @Nullable String pod;

    /** Counts from now on. */
    TrialLog(LongSupplier clock) {
        this.clock = clock;
        this.began = clock.getAsLong();
        for (Step step : Step.values()) {
            seen.put(step, new CountDownLatch(1));
        }
    }

    /** The first call is made; times count from here. */
    synchronized void begin() {
        began = clock.getAsLong();
    }

    /** The pool is told to close; the removal counts from here. */
    synchronized void closing() {
        closed = clock.getAsLong();
    }

    @Override
    public void changed(Pod latest) {
        String node = latest.getSpec() == null ? null : latest.getSpec().getNodeName();
        synchronized (this) {
            pod = latest.getMetadata().getName();
            saw(Step.CREATED, Objects.requireNonNull(pod));
        }
        if (node != null && !node.isEmpty()) {
            saw(Step.SCHEDULED, "to node " + node);
        }
        if (latest.getStatus() != null
                && latest.getStatus().getContainerStatuses().stream().anyMatch(TrialLog::hasStarted)) {
            saw(Step.STARTED, "");
        }
    }

    private void saw(Step step, String details) {
        reached(step, details);
        latch(step).countDown();
    }

    private CountDownLatch latch(Step step) {
        return Objects.requireNonNull(seen.get(step));
    }

    private static boolean hasStarted(ContainerStatus status) {
        return RunnerPods.CONTAINER.equals(status.getName())
                && status.getState() != null
                && status.getState().getRunning() != null;
    }

    @Override
    public void gone(Pod lastKnown) {
        reached(Step.REMOVED, "");
        seen.values().forEach(CountDownLatch::countDown);
    }

    /** Only the first time counts. */
    synchronized void reached(Step step, String details) {
        marks.putIfAbsent(step, new Mark(clock.getAsLong(), details));
    }

    /** As {@link #reached(Step, String)}, known late. */
    synchronized void reachedAfter(Duration time, Step step) {
        marks.putIfAbsent(step, new Mark(began + time.toNanos(), ""));
    }

    synchronized boolean hasReached(Step step) {
        return marks.containsKey(step);
    }

    /** The name of the pod; null when none was seen. */
    synchronized @Nullable String pod() {
        return pod;
    }

    /** Whether the feed has told of a step within that time, or that the pod is gone, after which it tells no more. */
    boolean awaitSeen(Step step, Duration atMost) throws InterruptedException {
        return latch(step).await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether the pod is gone within that time. */
    boolean awaitGone(Duration atMost) throws InterruptedException {
        return awaitSeen(Step.REMOVED, atMost);
    }

    /**
     * A finding for each step up to the call.
     *
     * @param failure why the trial ended before the call was answered, null when it was
     * @param remedy for what the first missing step is about
     */
    synchronized List<Finding> findings(@Nullable String failure, String remedy) {
        List<Finding> findings = new ArrayList<>();
        boolean over = false;
        for (Step step : Step.values()) {
            Mark mark = marks.get(step);
            if (step == Step.REMOVED) {
                continue;
            }
            if (mark != null) {
                findings.add(
                        Findings.good(step.title, "after " + millis(mark.nanos() - began) + comma(mark.details())));
            } else if (over) {
                findings.add(Findings.skipped(step.title, "not reached"));
            } else if (failure == null || isLaterReached(step)) {
                findings.add(Findings.skipped(step.title, "not seen"));
            } else {
                over = true;
                findings.add(Findings.bad(step.title, failure, remedy));
            }
        }
        return findings;
    }

    private boolean isLaterReached(Step step) {
        return marks.keySet().stream().anyMatch(other -> other != Step.REMOVED && other.compareTo(step) > 0);
    }

    /** The finding of a removal that was waited for. */
    synchronized Finding removal(String namespace) {
        Mark mark = marks.get(Step.REMOVED);
        if (mark != null) {
            return Findings.good(
                    Step.REMOVED.title, millis(mark.nanos() - closed) + " after the pool was told to close");
        }
        return pod == null
                ? Findings.skipped(Step.REMOVED.title, "no pod was seen")
                : Findings.bad(
                        Step.REMOVED.title,
                        "pod " + pod + " is still there after "
                                + TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong() - closed) + " s",
                        "kubectl delete pod " + pod + " -n " + namespace);
    }

    static String nameOfRemoval() {
        return Step.REMOVED.title;
    }

    private static String millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanos)) + " ms";
    }

    private static String comma(String details) {
        return details.isEmpty() ? "" : ", " + details;
    }
}
