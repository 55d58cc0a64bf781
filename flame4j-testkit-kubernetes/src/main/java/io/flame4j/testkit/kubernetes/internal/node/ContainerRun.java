package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Container;
import io.flame4j.testkit.kubernetes.ImagePolicy.Image;
import io.flame4j.testkit.kubernetes.internal.node.ContainerView.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One container of a pod: pulled, configured, started, restarted, ended. Belongs to the thread of the {@link PodLoop};
 * only {@link #readLog()}, {@link #handle()} and {@link #killForGood()} may be called on others.
 */
final class ContainerRun {

    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
    private static final int START_ERROR = 128;
    private static final State CREATING = new State.Waiting("ContainerCreating", "");

    private final PodRun pod;
    private final Container spec;
    private final boolean initial;
    private State state;
    private State.@Nullable Terminated last;
    private volatile int restarts;
    private volatile @Nullable LocalProcess process;
    private @Nullable Instant startedAt;

    /** What the status is to say instead of {@code Error}. */
    private String reason = "";

    /** Whether its environment is being looked up. */
    private boolean configuring;

    /** Whether a timer will wake it. */
    private boolean retrying;

    ContainerRun(PodRun pod, Container spec, boolean initial) {
        this.pod = pod;
        this.spec = spec;
        this.initial = initial;
        boolean waits = !initial && !pod.pod().getSpec().getInitContainers().isEmpty();
        state = waits ? new State.Waiting("PodInitializing", "") : CREATING;
    }

    Container spec() {
        return spec;
    }

    ContainerView view() {
        LocalProcess current = process;
        String id = current == null ? "" : "process://" + current.pid();
        return new ContainerView(spec, id, state, last, restarts);
    }

    boolean isSidecar() {
        return initial && "Always".equals(spec.getRestartPolicy());
    }

    Optional<ProcessHandle> handle() {
        return Optional.ofNullable(process).map(LocalProcess::handle);
    }

    private Path log() {
        return log(restarts);
    }

    private Path log(int restart) {
        return pod.directory().resolve(spec.getName() + "-" + restart + ".log");
    }

    /** What it has written since its last start. */
    String readLog() throws IOException {
        for (int restart = restarts; restart >= 0; restart--) {
            if (Files.exists(log(restart))) {
                return Files.readString(log(restart), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    // Starting

    /** Brings it one step nearer to running, if it does not run, has not ended, and nothing is in its way. */
    void advance() {
        if (!(state instanceof State.Waiting) || configuring || retrying || state.equals(backOff())) {
            return;
        }
        if (isHeldUp() || !isImageThere()) {
            return;
        }
        Optional<Rule> wrong = pod.rule(Rule.Point.CONFIG);
        if (wrong.isPresent()) {
            configError(wrong.get().message());
            return;
        }
        configure();
    }

    private boolean isHeldUp() {
        if (pod.rule(Rule.Point.START).isEmpty()) {
            return false;
        }
        become(CREATING);
        return true;
    }

    private boolean isImageThere() {
        String image = Objects.requireNonNullElse(spec.getImage(), "");
        Optional<Rule> invalid = pod.rule(Rule.Point.IMAGE_NAME);
        if (invalid.isPresent()) {
            become(new State.Waiting("InvalidImageName", invalid.get().message()));
            return false;
        }
        String error = pod.rule(Rule.Point.IMAGE_PULL)
                .map(Rule::message)
                .orElseGet(() -> pod.node().options().images().find(image).pullError());
        if (error.isEmpty()) {
            return true;
        }
        boolean first = !isWaitingFor("ErrImagePull") && !isWaitingFor("ImagePullBackOff");
        String backOff = "Back-off pulling image \"" + image + "\": ErrImagePull: " + error;
        become(first ? new State.Waiting("ErrImagePull", error) : new State.Waiting("ImagePullBackOff", backOff));
        retry();
        return false;
    }

    private boolean isWaitingFor(String why) {
        return state instanceof State.Waiting waiting && waiting.reason().equals(why);
    }

    private void configError(String message) {
        become(new State.Waiting("CreateContainerConfigError", message));
        retry();
    }

    private void retry() {
        retrying = true;
        pod.node().later(pod.node().options().times().retry(), () -> {
            retrying = false;
            pod.advance();
        });
    }

    /** Lets it try again before it is time. */
    void hurry() {
        retrying = false;
    }

    private void configure() {
        configuring = true;
        pod.configure(spec, new PodRun.Configured() {
            @Override
            public void with(Map<String, String> environment) {
                configured(() -> start(environment));
            }

            @Override
            public void failed(String message) {
                configured(() -> configError(message));
            }
        });
    }

    private void configured(Runnable then) {
        configuring = false;
        // Meanwhile it may have been told to end; and a lost node asks again when it is back.
        if (!pod.isStopping() && !pod.node().isLost()) {
            then.run();
            pod.advance();
        }
    }

    private void start(Map<String, String> environment) {
        List<String> command = new ArrayList<>(spec.getCommand());
        if (command.isEmpty()) {
            Image image = pod.node().options().images().find(Objects.requireNonNullElse(spec.getImage(), ""));
            command.addAll(image.entryPoint());
            if (command.isEmpty()) {
                startNothing();
                return;
            }
        }
        command.addAll(spec.getArgs());
        Instant now = pod.node().now();
        startedAt = now;
        try {
            LocalProcess started = LocalProcess.start(new LocalProcess.Launch(
                    Expansion.expand(command, environment), environment, workingDirectory(environment), log(), mark()));
            process = started;
            become(new State.Running(now));
            started.exit().thenAccept(code -> pod.node().post(() -> exited(started, code)));
        } catch (IOException e) {
            String why = "failed to create containerd task: failed to create shim task: " + e.getMessage();
            ended(new State.Terminated(START_ERROR, "StartError", why, now, now));
        }
    }

    private String mark() {
        return pod.pod().getMetadata().getUid() + "/" + spec.getName();
    }

    private Path workingDirectory(Map<String, String> environment) {
        String wanted = Expansion.expand(Objects.requireNonNullElse(spec.getWorkingDir(), ""), environment);
        Path path = Path.of(wanted);
        return !wanted.isEmpty() && path.isAbsolute() && Files.isDirectory(path) ? path : pod.directory();
    }

    /** Nobody knows what its image would do. That does only matter for the container that all this is about. */
    private void startNothing() {
        Instant now = pod.node().now();
        startedAt = now;
        if (initial && !isSidecar()) {
            become(new State.Terminated(0, "Completed", "", now, now));
        } else if (pod.isFirst(this)) {
            become(new State.Waiting("CreateContainerError", "no command specified"));
            retry();
        } else {
            become(new State.Running(now));
        }
    }

    // Ending

    /** Asks it to end. */
    void terminate() {
        LocalProcess current = process;
        if (state instanceof State.Running running) {
            if (current != null) {
                current.terminate();
            } else {
                become(new State.Terminated(
                        0, "Completed", "", running.startedAt(), pod.node().now()));
            }
        }
    }

    /** Ends it at once. The state follows when the process has ended. */
    void kill(String why) {
        LocalProcess current = process;
        if (current == null) {
            terminate();
            return;
        }
        if (!why.isEmpty()) {
            reason = why;
        }
        current.kill();
    }

    /** Ends it without a word. */
    void killForGood() {
        LocalProcess current = process;
        if (current != null) {
            current.kill();
        }
    }

    void signal(String signal) {
        LocalProcess current = process;
        if (current != null) {
            current.signal(signal);
        }
    }

    private void exited(LocalProcess which, int code) {
        which.killRest();
        if (which != process) {
            return;
        }
        process = null;
        Instant now = pod.node().now();
        String why = !reason.isEmpty() ? reason : code == 0 ? "Completed" : "Error";
        reason = "";
        ended(new State.Terminated(code, why, "", Objects.requireNonNullElse(startedAt, now), now));
        pod.advance();
    }

    private void ended(State.Terminated end) {
        if (pod.isStopping() || !isToBeRestarted(end)) {
            become(end);
            return;
        }
        last = end;
        restarts++;
        if (restarts == 1) {
            become(CREATING);
            return;
        }
        become(backOff());
        pod.node().later(delay(), () -> {
            if (state.equals(backOff()) && !pod.isStopping()) {
                become(CREATING);
                pod.advance();
            }
        });
    }

    private boolean isToBeRestarted(State.Terminated end) {
        String policy = Objects.requireNonNullElse(pod.pod().getSpec().getRestartPolicy(), "Always");
        if (initial) {
            return isSidecar() || (end.exitCode() != 0 && !policy.equals("Never"));
        }
        return policy.equals("Always") || (policy.equals("OnFailure") && end.exitCode() != 0);
    }

    private Duration delay() {
        Duration delay = pod.node().options().times().backOff();
        for (int i = 2; i < restarts && delay.compareTo(LONGEST_BACK_OFF) < 0; i++) {
            delay = delay.multipliedBy(2);
        }
        return delay.compareTo(LONGEST_BACK_OFF) < 0 ? delay : LONGEST_BACK_OFF;
    }

    private State backOff() {
        return new State.Waiting(
                "CrashLoopBackOff",
                "back-off " + delay().toSeconds() + "s restarting failed container=" + spec.getName() + " pod="
                        + pod.pod().getMetadata().getName() + "_"
                        + pod.pod().getMetadata().getNamespace() + "("
                        + pod.pod().getMetadata().getUid() + ")");
    }

    private void become(State next) {
        state = next;
    }
}
