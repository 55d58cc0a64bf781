package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;

/** Pods as the API server tells of them, as little of them as a test needs. */
final class TestPods {

    private TestPods() {}

    static Pod runner(String runnerId, String life, String uid) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("web-flame-" + uid)
                .withNamespace("shop")
                .withUid(uid)
                .withCreationTimestamp("2026-03-01T10:00:00Z")
                .addToLabels(RunnerLabels.RUNNER, runnerId)
                .addToLabels(RunnerLabels.PARENT_LIFE, life)
                .addToLabels(RunnerLabels.PARENT_CONTAINER, "app")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPhase("Pending")
                .endStatus()
                .build();
    }

    static Pod inPhase(Pod pod, String phase) {
        return new PodBuilder(pod).editStatus().withPhase(phase).endStatus().build();
    }

    static Pod createdAt(Pod pod, String time) {
        return new PodBuilder(pod)
                .editMetadata()
                .withCreationTimestamp(time)
                .endMetadata()
                .build();
    }

    static Pod terminated(Pod pod, int exitCode) {
        return new PodBuilder(pod)
                .editStatus()
                .withPhase("Running")
                .addNewContainerStatus()
                .withName("runner")
                .withNewState()
                .withNewTerminated()
                .withExitCode(exitCode)
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    /** A parent's pod whose container has been started anew that many times, the last time then. */
    static Pod parent(int restarts, String startedAt) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("web-1")
                .withNamespace("shop")
                .withUid("parent-uid")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("web")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPodIP("127.0.0.1")
                .addNewContainerStatus()
                .withName("app")
                .withRestartCount(restarts)
                .withNewState()
                .withNewRunning()
                .withStartedAt(startedAt)
                .endRunning()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
