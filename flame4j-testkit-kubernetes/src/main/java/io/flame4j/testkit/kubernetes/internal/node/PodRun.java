package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One pod of the node, from the moment it is seen until nothing of it is left. Whatever happens, {@link #advance()} looks
 * at everything anew and does what is to be done next.
 *
 * <p>Belongs to the thread of the {@link PodLoop}; only {@link #pod()}, {@link #find} and {@link #killForGood} may be used on others.
 */
final class PodRun {

    /** Takes the environment of a container. */
    interface Configured {
        void with(Map<String, String> environment);

        void failed(String message);
    }

    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);
    private static final Duration SHORTEST_GRACE = Duration.ofSeconds(1);

    private final PodLoop node;
    private final Path directory;
    private final List<ContainerRun> initial = new ArrayList<>();
    private final List<ContainerRun> main = new ArrayList<>();
    private volatile Pod pod;

    /** When this node took it; null before. */
    private @Nullable Instant takenAt;

    private boolean binding;
    private String toldObstacle = "";
    private @Nullable PodView told;
    private String ip = "";

    /** Whether it is gone from the API. */
    private boolean gone;

    /** Why it fails whatever its containers do. */
    private PodView.Reason why = PodView.Reason.NONE;

    private @Nullable PodCondition extra;
    private boolean stopping;

    /** Whether the main containers have been told to end. */
    private boolean terminated;

    /** Whether those beside them have been, too. */
    private boolean beside;

    private @Nullable ScheduledFuture<?> killTimer;
    private @Nullable Instant killAt;

    /** Whether all of it has ended and was told. */
    private boolean over;

    private boolean removed;

    PodRun(PodLoop node, Pod pod, Path directory) {
        this.node = node;
        this.pod = pod;
        this.directory = directory;
        for (Container container : pod.getSpec().getInitContainers()) {
            initial.add(new ContainerRun(this, container, true));
        }
        for (Container container : pod.getSpec().getContainers()) {
            main.add(new ContainerRun(this, container, false));
        }
    }

    // What its containers ask

    PodLoop node() {
        return node;
    }

    Pod pod() {
        return pod;
    }

    Path directory() {
        return directory;
    }

    boolean isFirst(ContainerRun container) {
        return main.get(0) == container;
    }

    boolean isStopping() {
        return stopping || over;
    }

    Optional<Rule> rule(Rule.Point point) {
        return node.rule(point, pod);
    }

    void configure(Container container, Configured then) {
        node.configure(this, container, ip, then);
    }

    /** A container by its name; the first of the pod when that is empty. */
    @Nullable
    ContainerRun find(String container) {
        if (container.isEmpty()) {
            return main.get(0);
        }
        return all().filter(run -> run.spec().getName().equals(container))
                .findFirst()
                .orElse(null);
    }

    private Stream<ContainerRun> all() {
        return Stream.concat(initial.stream(), main.stream());
    }

    // What happens to it

    void changed(Pod seen) {
        pod = seen;
        advance();
    }

    void deleted() {
        gone = true;
        advance();
    }

    /** Whether it is on this node and has not ended. */
    boolean isHere() {
        return takenAt != null && !over;
    }

    /** Ends its processes at once, without a word, and says which. On any thread. */
    List<ProcessHandle> killForGood() {
        List<ProcessHandle> processes =
                all().flatMap(run -> run.handle().stream()).toList();
        all().forEach(ContainerRun::killForGood);
        return processes;
    }

    /** Looks at everything, and does what is to be done next. */
    void advance() {
        if (node.isLost()) {
            return;
        }
        if (over) {
            removeIfDeleted();
            return;
        }
        if (takenAt == null && !take()) {
            return;
        }
        if (gone || pod.getMetadata().getDeletionTimestamp() != null) {
            stop(grace());
        }
        if (!stopping) {
            startContainers();
            if (isDone()) {
                stop(grace()); // what is beside it
            }
        }
        if (stopping && stopContainers()) {
            end();
            return;
        }
        report();
        if (!stopping && main.get(0).view().isRunning()) {
            node.act(pod);
        }
    }

    /** Lets go on at once what waits to be tried again. */
    void hurry() {
        all().forEach(ContainerRun::hurry);
        advance();
    }

    // Taking it

    private boolean take() {
        String assigned = Objects.requireNonNullElse(pod.getSpec().getNodeName(), "");
        if (gone) {
            over = true;
            return false;
        }
        if (assigned.isEmpty()) {
            schedule();
            return false;
        }
        String phase = pod.getStatus() == null
                ? ""
                : Objects.requireNonNullElse(pod.getStatus().getPhase(), "");
        if (!assigned.equals(node.options().name())) {
            over = true;
            removed = true;
            return false;
        }
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            over = true; // of an earlier life of this node
            removeIfDeleted();
            return false;
        }
        takenAt = node.now();
        Long deadline = pod.getSpec().getActiveDeadlineSeconds();
        if (deadline != null) {
            node.later(Duration.ofSeconds(deadline), this::pastDeadline);
        }
        return true;
    }

    private void schedule() {
        if (!node.options().scope().acceptUnscheduled() || binding) {
            return;
        }
        Optional<String> obstacle = rule(Rule.Point.SCHEDULE).map(Rule::message);
        if (obstacle.isPresent()) {
            if (!obstacle.get().equals(toldObstacle)) {
                toldObstacle = obstacle.get();
                node.api().status(pod, StatusPatch.unschedulable(pod, obstacle.get(), node.now()));
            }
        } else {
            binding = true;
            node.api().bind(pod, node.options().name());
        }
    }

    /** Brings all containers a step forward that may run now. */
    private void startContainers() {
        if (ip.isEmpty()) {
            String address = node.takeAddress();
            if (address == null) {
                return; // until another pod gives one back
            }
            ip = address;
        }
        for (ContainerRun container : initial) {
            container.advance();
            boolean done = container.isSidecar()
                    ? hasStarted(List.of(container.view()))
                    : container.view().hasSucceeded();
            if (!done) {
                return;
            }
        }
        main.forEach(ContainerRun::advance);
    }

    private boolean isInitialized() {
        return initial.stream()
                .allMatch(run -> run.isSidecar()
                        ? hasStarted(List.of(run.view()))
                        : run.view().hasSucceeded());
    }

    /** Whether nothing of it will run any more but what is beside it. */
    private boolean isDone() {
        boolean failedBefore = initial.stream()
                .anyMatch(run ->
                        !run.isSidecar() && run.view().hasEnded() && !run.view().hasSucceeded());
        return failedBefore || main.stream().allMatch(run -> run.view().hasEnded());
    }

    // Ending it

    private Duration grace() {
        Long seconds = pod.getMetadata().getDeletionGracePeriodSeconds();
        if (seconds == null) {
            seconds = pod.getSpec().getTerminationGracePeriodSeconds();
        }
        return seconds == null ? DEFAULT_GRACE : Duration.ofSeconds(seconds);
    }

    private void pastDeadline() {
        if (!isStopping()) {
            fail(
                    new PodView.Reason(
                            "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"),
                    null);
            stop(grace());
            advance();
        }
    }

    void fail(PodView.Reason reason, @Nullable PodCondition condition) {
        why = reason;
        extra = condition;
    }

    /** Adds a condition that the status is to show from now on. */
    void show(PodCondition condition) {
        extra = condition;
        report();
    }

    /** Ends all containers, politely first. Of several times, the earliest counts. */
    private void stop(Duration grace) {
        stopping = true;
        Duration patience = grace.compareTo(SHORTEST_GRACE) < 0 ? SHORTEST_GRACE : grace;
        Instant end = node.now().plus(patience);
        Instant planned = killAt;
        if (planned == null || end.isBefore(planned)) {
            if (killTimer != null) {
                killTimer.cancel(false);
            }
            killAt = end;
            killTimer = node.later(patience, () -> killAll(""));
        }
    }

    /** Ends the containers in their order, and says whether all have ended. */
    private boolean stopContainers() {
        if (!terminated && rule(Rule.Point.SIGTERM).isEmpty()) {
            terminated = true;
            main.forEach(ContainerRun::terminate);
        }
        if (main.stream().noneMatch(run -> run.view().isRunning()) && !beside) {
            beside = true;
            initial.forEach(ContainerRun::terminate);
        }
        return all().noneMatch(run -> run.view().isRunning());
    }

    /** Ends all containers at once. */
    void stopNow(String reason) {
        stopping = true;
        terminated = true;
        killAll(reason);
        advance();
    }

    void killAll(String reason) {
        all().forEach(run -> run.kill(reason));
    }

    /** Kills what runs of the first container, whose restart policy says what follows. */
    void killFirst(String reason) {
        main.get(0).kill(reason);
    }

    void signal(String signal) {
        all().forEach(run -> run.signal(signal));
    }

    private void end() {
        over = true;
        if (killTimer != null) {
            killTimer.cancel(false);
        }
        if (!ip.isEmpty()) {
            node.giveBack(ip);
        }
        report();
        removeIfDeleted();
    }

    private void removeIfDeleted() {
        if (!gone && !removed && pod.getMetadata().getDeletionTimestamp() != null) {
            removed = true;
            node.api().remove(pod);
        }
    }

    // Telling it

    void report() {
        Instant taken = takenAt;
        if (taken == null || gone || node.isLost()) {
            return;
        }
        List<ContainerView> first = initial.stream().map(ContainerRun::view).toList();
        List<ContainerView> then = main.stream().map(ContainerRun::view).toList();
        boolean tellIp = hasStarted(then) && rule(Rule.Point.ADDRESS).isEmpty();
        PodView view = new PodView(
                phase(then), why, tellIp ? ip : "", taken, new PodView.Containers(isInitialized(), first, then), extra);
        if (!view.equals(told)) {
            told = view;
            node.api()
                    .status(
                            pod,
                            StatusPatch.of(pod, view, node.options().hardware().hostIp(), node.now()));
        }
    }

    private static boolean hasStarted(List<ContainerView> containers) {
        return containers.stream().anyMatch(view -> view.isRunning() || view.hasEnded() || view.restarts() > 0);
    }

    private String phase(List<ContainerView> containers) {
        if (over && !why.reason().isEmpty()) {
            return "Failed";
        }
        if (over && containers.stream().allMatch(ContainerView::hasSucceeded)) {
            return "Succeeded";
        }
        if (over && hasStarted(containers) || over && !isInitialized()) {
            return "Failed";
        }
        boolean running = !containers.isEmpty()
                && containers.stream().allMatch(view -> view.isRunning() || view.hasEnded() || view.restarts() > 0);
        return running ? "Running" : "Pending";
    }
}
