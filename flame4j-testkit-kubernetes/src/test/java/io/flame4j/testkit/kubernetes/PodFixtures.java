package io.flame4j.testkit.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Pods whose containers are shell scripts, and what is to be seen of them. */
final class PodFixtures {

    static final String NS = "default";

    /** Says that it is there, and stays until it is told to go. */
    static final String SERVE = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done";

    /** Does not listen. */
    static final String STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.05; done";

    /** Nothing takes as long unless it hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private PodFixtures() {}

    static Pod shell(String name, String script) {
        return pod(name, "sh", "-c", script);
    }

    static Pod pod(String name, String... command) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NS)
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(30L)
                .addNewContainer()
                .withName("runner")
                .withImage("nowhere/app:1")
                .withCommand(command)
                .endContainer()
                .endSpec()
                .build();
    }

    static Pod create(KubernetesClient client, Pod pod) {
        return client.pods().inNamespace(NS).resource(pod).create();
    }

    static Pod get(KubernetesClient client, String name) {
        return client.pods().inNamespace(NS).withName(name).get();
    }

    static Pod await(KubernetesClient client, String name, Predicate<Pod> condition) {
        return Awaitility.await("pod " + name)
                .atMost(PATIENCE)
                .until(() -> get(client, name), pod -> pod != null && condition.test(pod));
    }

    static Pod awaitPhase(KubernetesClient client, String name, String phase) {
        return await(client, name, pod -> phase.equals(phase(pod)));
    }

    static Pod awaitWaiting(KubernetesClient client, String name, String reason) {
        return await(client, name, pod -> waitingReason(pod).equals(reason));
    }

    static void awaitGone(KubernetesClient client, String name) {
        Awaitility.await("pod " + name + " is gone").atMost(PATIENCE).until(() -> get(client, name) == null);
    }

    static String phase(Pod pod) {
        return pod.getStatus() == null ? null : pod.getStatus().getPhase();
    }

    static ContainerStatus status(Pod pod) {
        return pod.getStatus().getContainerStatuses().get(0);
    }

    static ContainerState state(Pod pod) {
        return status(pod).getState();
    }

    static String waitingReason(Pod pod) {
        if (pod.getStatus() == null || pod.getStatus().getContainerStatuses().isEmpty()) {
            return "";
        }
        return state(pod).getWaiting() == null ? "" : state(pod).getWaiting().getReason();
    }

    static PodCondition condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElse(null);
    }
}
