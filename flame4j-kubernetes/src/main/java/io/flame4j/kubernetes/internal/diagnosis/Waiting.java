package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.flame4j.RunnerBootException.Reason;
import io.flame4j.kubernetes.internal.diagnosis.PodView.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explains why a container does not start. */
final class Waiting {

    /**
     * How long a back-off without a reason is borne. The error that went before had one, as a rule, so that it was
     * known then and taken for one that passes.
     */
    static final Duration BACK_OFF_PATIENCE = Duration.ofSeconds(20);

    /** The runner's own Secret is made after its pod; the kubelet looks again every 10 seconds or so. */
    static final Duration OWN_SECRET_PATIENCE = Duration.ofSeconds(30);

    /** How often a sidecar may end and be started again. */
    static final int RESTARTS_BORNE = 1;

    private static final Pattern MISSING = Pattern.compile("(secret|configmap) \"([^\"]+)\" not found");
    private static final Pattern MISSING_KEY =
            Pattern.compile("couldn't find key (\\S+) in (Secret|ConfigMap) (?:[^\\s/]+/)?(\\S+)");

    /** What kubelets and container runtimes get over by themselves. */
    private static final Pattern PASSING = Pattern.compile("timed out waiting for the condition"
            + "|context deadline exceeded|context canceled|services have not yet been read"
            + "|failed to reserve container name|no relationship found between node|host IP unknown");

    private final PodView pod;
    private final Instant now;
    private final boolean patient;

    /** Without patience, what may pass is told like what will not. */
    Waiting(PodView pod, Instant now, boolean patient) {
        this.pod = pod;
        this.now = now;
        this.patient = patient;
    }

    /** Fine in every state but one that keeps the container from starting. */
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
                new BootVerdict.Failed(
                        "has a malformed name for the image of " + part.words() + ", " + part.image() + " (" + reason
                                + ")" + Texts.colon(message)
                                + ". Correct the name, which must be in lower case up to its tag",
                        true,
                        Reason.IMAGE);
            case "ErrImageNeverPull" ->
                new BootVerdict.Failed(
                        "has an image for " + part.words() + " that is not" + pod.onNode() + " and may not be pulled: "
                                + part.image() + " (" + reason
                                + "). Load it onto every node, or set another pull policy"
                                + " than Never",
                        true,
                        Reason.IMAGE);
            case "SignatureValidationFailed" ->
                new BootVerdict.Failed(
                        cannotPull(part, reason, message) + ". Sign the image as the nodes' policy wants it",
                        true,
                        Reason.IMAGE);
            case "CreateContainerConfigError" -> config(part, reason, message);
            case "CreateContainerError",
                    "RunContainerError",
                    "PreCreateHookError",
                    "PreStartHookError",
                    "PostStartHookError" -> start(part, reason, message);
            case "CrashLoopBackOff" -> crashLoop(part);
            default -> new BootVerdict.Fine();
        };
    }

    private BootVerdict pull(Part part, String reason, String message) {
        ImagePull why = ImagePull.of(message);
        if (why == ImagePull.THROTTLED_BY_KUBELET && patient) {
            return new BootVerdict.Fine();
        }
        String cure = why == ImagePull.UNKNOWN ? "The events may say more: " + pod.describe() : why.cure();
        return new BootVerdict.Failed(cannotPull(part, reason, message) + ". " + cure, why.isPermanent(), Reason.IMAGE);
    }

    /** Since 1.32 its message says what went wrong. */
    private BootVerdict backOff(Part part, String reason, String message) {
        int cause = message.indexOf(": ");
        if (cause >= 0) {
            return pull(part, reason, message.substring(cause + 2));
        }
        BootVerdict failed = new BootVerdict.Failed(
                cannotPull(part, reason, "") + ". The events say why: " + pod.describe(), false, Reason.IMAGE);
        return unlessWithin(BACK_OFF_PATIENCE, failed);
    }

    private String cannotPull(Part part, String reason, String message) {
        return "cannot pull the image " + part.image() + " of " + part.words() + pod.onNode() + " (" + reason + ")"
                + Texts.colon(message);
    }

    private BootVerdict config(Part part, String reason, String message) {
        Matcher missing = MISSING.matcher(message);
        if (missing.find()) {
            String kind = missing.group(1).equals("secret") ? "Secret" : "ConfigMap";
            String name = missing.group(2);
            if (kind.equals("Secret") && name.equals(pod.ownSecret())) {
                return ownSecret(part, reason, message);
            }
            return new BootVerdict.Failed(
                    cannotStart(part, reason, message) + ". Create the " + kind + " " + name + " in namespace "
                            + pod.namespace() + ", or mark the reference to it as optional",
                    true,
                    Reason.CONFIGURATION);
        }
        Matcher key = MISSING_KEY.matcher(message);
        if (key.find()) {
            return new BootVerdict.Failed(
                    cannotStart(part, reason, message) + ". Add the key " + key.group(1) + " to the " + key.group(2)
                            + " "
                            + key.group(3) + " in namespace " + pod.namespace()
                            + ", or mark the reference to it as optional",
                    true,
                    Reason.CONFIGURATION);
        }
        return start(part, reason, message);
    }

    private BootVerdict ownSecret(Part part, String reason, String message) {
        BootVerdict failed = new BootVerdict.Failed(
                cannotStart(part, reason, message)
                        + ". flame4j makes that Secret for this runner; see who deletes Secrets" + " in namespace "
                        + pod.namespace(),
                false,
                Reason.CONFIGURATION);
        return unlessWithin(OWN_SECRET_PATIENCE, failed);
    }

    private BootVerdict start(Part part, String reason, String message) {
        if (patient && PASSING.matcher(message).find()) {
            return new BootVerdict.Fine();
        }
        StartError why = StartError.of(message);
        String cure = why == StartError.UNKNOWN ? "The events may say more: " + pod.describe() : why.cure(part);
        return new BootVerdict.Failed(
                cannotStart(part, reason, message) + ". " + cure, why.isPermanent(), Reason.CONFIGURATION);
    }

    private String cannotStart(Part part, String reason, String message) {
        return "cannot start " + part.words() + pod.onNode() + " (" + reason + ")" + Texts.colon(message);
    }

    /** Of native sidecars alone: nothing else in a runner's pod is started again. */
    private BootVerdict crashLoop(Part part) {
        if (patient && part.restarts() <= RESTARTS_BORNE) {
            return new BootVerdict.Fine();
        }
        ContainerStateTerminated end = part.before();
        return new BootVerdict.Failed(
                "waits for " + part.words() + pod.onNode() + ", which ends again and again (CrashLoopBackOff, "
                        + part.restarts() + " restarts"
                        + (end == null ? "" : ", last with exit code " + end.getExitCode()) + "). See its log: "
                        + pod.log(part) + " --previous",
                false,
                Reason.ENDED);
    }

    private BootVerdict unlessWithin(Duration patience, BootVerdict failed) {
        Instant since = pod.startOfBoot();
        Instant end = since == null ? now : since.plus(patience);
        return patient && now.isBefore(end) ? new BootVerdict.LookAgain(end) : failed;
    }
}
