package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Explains why a container that waits does not start. */
final class Waiting {

    /** A back-off without a reason follows an error with one, as a rule; the kubelet tries again within this time. */
    static final Duration BACK_OFF_PATIENCE = Duration.ofSeconds(20);

    /** The runner's own Secret is made after its pod; the kubelet tries again every 10 seconds or so. */
    static final Duration OWN_SECRET_PATIENCE = Duration.ofSeconds(30);

    private static final Pattern MISSING = Pattern.compile("(secret|configmap) \"([^\"]+)\" not found");
    private static final Pattern MISSING_KEY =
            Pattern.compile("couldn't find key (\\S+) in (Secret|ConfigMap) (?:\\S+/)?(\\S+)");
    private static final Pattern PASSING = Pattern.compile("timed out waiting for the condition"
            + "|context deadline exceeded|context canceled|services have not yet been read"
            + "|failed to reserve container name|no relationship found between node|host IP unknown");

    private final PodView pod;
    private final Instant now;

    Waiting(PodView pod, Instant now) {
        this.pod = pod;
        this.now = now;
    }

    /** Fine, or whatever else is to be said of a container, in all its states. */
    BootVerdict of(Part part) {
        ContainerStateWaiting waiting = part.waiting();
        if (waiting == null || waiting.getReason() == null) {
            return new BootVerdict.Fine();
        }
        String reason = waiting.getReason();
        String message = Texts.clause(waiting.getMessage());
        return switch (reason) {
            case "ErrImagePull", "RegistryUnavailable", "ImageInspectError" -> pull(part, reason, message);
            case "ImagePullBackOff" -> backOff(part, reason, message);
            case "InvalidImageName" ->
                failed(
                        "has a malformed name for the image of its " + part.words() + ", " + part.image() + " ("
                                + reason + ")" + Texts.colon(message)
                                + ". Correct the name; upper-case letters are not allowed",
                        true);
            case "ErrImageNeverPull" ->
                failed(
                        "has an image for its " + part.words() + " that is not" + pod.onNode() + " and may not be"
                                + " pulled: " + part.image() + " (" + reason
                                + "). Load it onto every node, or set another"
                                + " pull policy than Never",
                        true);
            case "SignatureValidationFailed" ->
                failed(cannotPull(part, reason, message) + ". Sign the image as the cluster's policy wants it", true);
            case "CreateContainerConfigError" -> config(part, reason, message);
            case "CreateContainerError",
                    "RunContainerError",
                    "PreCreateHookError",
                    "PreStartHookError",
                    "PostStartHookError" -> create(part, reason, message);
            case "CrashLoopBackOff" -> crashLoop(part, message);
            default -> new BootVerdict.Fine();
        };
    }

    private BootVerdict pull(Part part, String reason, String message) {
        ImagePull why = ImagePull.of(message);
        if (why == ImagePull.THROTTLED_BY_KUBELET) {
            return new BootVerdict.Fine();
        }
        String cure = why == ImagePull.UNKNOWN
                ? "See kubectl describe pod " + pod.name() + " -n " + pod.namespace()
                : why.cure();
        return failed(cannotPull(part, reason, message) + ". " + cure, why.isPermanent());
    }

    /** Since 1.32 its message says what went wrong. */
    private BootVerdict backOff(Part part, String reason, String message) {
        int cause = message.indexOf(": ");
        if (cause >= 0) {
            return pull(part, reason, message.substring(cause + 2));
        }
        Instant since = startOfBoot();
        if (since != null && now.isBefore(since.plus(BACK_OFF_PATIENCE))) {
            return new BootVerdict.LookAgain(since.plus(BACK_OFF_PATIENCE));
        }
        return failed(
                cannotPull(part, reason, "") + ". The events say why: kubectl describe pod " + pod.name() + " -n "
                        + pod.namespace(),
                false);
    }

    private String cannotPull(Part part, String reason, String message) {
        return "cannot pull the image " + part.image() + " of its " + part.words() + pod.onNode() + " (" + reason + ")"
                + Texts.colon(message);
    }

    private BootVerdict config(Part part, String reason, String message) {
        Matcher missing = MISSING.matcher(message);
        if (missing.find()) {
            String kind = missing.group(1).equals("secret") ? "Secret" : "ConfigMap";
            String name = missing.group(2);
            if (kind.equals("Secret") && name.equals(ownSecret())) {
                return ownSecret(part, reason, message);
            }
            return failed(
                    cannotStart(part, reason, message) + ". Create the " + kind + " " + name + " in namespace "
                            + pod.namespace() + ", or mark the reference to it as optional",
                    true);
        }
        Matcher key = MISSING_KEY.matcher(message);
        if (key.find()) {
            return failed(
                    cannotStart(part, reason, message) + ". Add the key " + key.group(1) + " to the " + key.group(2)
                            + " " + key.group(3) + " in namespace " + pod.namespace()
                            + ", or mark the reference to it as optional",
                    true);
        }
        if (PASSING.matcher(message).find()) {
            return new BootVerdict.Fine();
        }
        return create(part, reason, message);
    }

    private BootVerdict ownSecret(Part part, String reason, String message) {
        Instant since = startOfBoot();
        if (since != null && now.isBefore(since.plus(OWN_SECRET_PATIENCE))) {
            return new BootVerdict.LookAgain(since.plus(OWN_SECRET_PATIENCE));
        }
        return failed(
                cannotStart(part, reason, message)
                        + ". flame4j made that Secret for this runner; see who deletes Secrets" + " in namespace "
                        + pod.namespace(),
                false);
    }

    private BootVerdict create(Part part, String reason, String message) {
        if (PASSING.matcher(message).find()) {
            return new BootVerdict.Fine();
        }
        StartError why = StartError.of(message);
        String cure = why.cure(part);
        return failed(cannotStart(part, reason, message) + (cure.isEmpty() ? "" : ". " + cure), why.isPermanent());
    }

    private BootVerdict crashLoop(Part part, String message) {
        return failed(
                "has a " + part.words() + pod.onNode() + " that ends again and again (CrashLoopBackOff)"
                        + Texts.colon(message) + ". See its log: kubectl logs " + pod.name() + " -n " + pod.namespace()
                        + " -c " + part.spec().getName() + " --previous",
                false);
    }

    private String cannotStart(Part part, String reason, String message) {
        return "cannot start its " + part.words() + pod.onNode() + " (" + reason + ")" + Texts.colon(message);
    }

    /** The Secret that flame4j keeps the runner's variables in, if it does. */
    private @Nullable String ownSecret() {
        Part runner = pod.runner();
        return runner == null
                ? null
                : runner.spec().getEnv().stream()
                        .filter(variable -> RunnerSpec.PARENT_VARIABLE.equals(variable.getName()))
                        .map(variable -> variable.getValueFrom() == null
                                ? null
                                : variable.getValueFrom().getSecretKeyRef())
                        .filter(Objects::nonNull)
                        .map(reference -> reference.getName())
                        .findFirst()
                        .orElse(null);
    }

    /** When it got its node, else when it was created. */
    private @Nullable Instant startOfBoot() {
        var scheduled = pod.condition("PodScheduled");
        Instant since = scheduled == null ? null : PodView.instant(scheduled.getLastTransitionTime());
        return since == null ? pod.created() : since;
    }

    private BootVerdict failed(String clause, boolean permanent) {
        return new BootVerdict.Failed(pod.words() + " " + clause, permanent);
    }
}
