package io.flame4j.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The node and the mock server of the client's makers, which knows no bindings and deletes pods at once. */
@EnableKubernetesMockClient(crud = true, https = false)
class ProcessNodeOnMockServerTest {

    KubernetesClient client;
    private ProcessNode node;

    @BeforeEach
    void start() {
        node = ProcessNode.builder(client)
                .retryEvery(Duration.ofMillis(50))
                .heartbeat(null)
                .start();
    }

    @AfterEach
    void close() {
        node.close();
    }

    private void create(Pod pod) {
        client.pods()
                .resource(new PodBuilder(pod)
                        .editMetadata()
                        .withNamespace(client.getNamespace())
                        .endMetadata()
                        .build())
                .create();
    }

    private Pod awaitPod(Predicate<Pod> condition) {
        return await().until(
                        () -> client.pods().withName("a").get(),
                        pod -> pod != null && pod.getStatus() != null && condition.test(pod));
    }

    @Test
    void runs_a_pod_to_its_end() {
        create(PodFixtures.shell("a", "echo $HOSTNAME; exit 2"));
        Pod failed = awaitPod(pod -> "Failed".equals(pod.getStatus().getPhase()));
        assertThat(failed.getSpec().getNodeName()).isEqualTo("process-node");
        assertThat(PodFixtures.state(failed).getTerminated().getExitCode()).isEqualTo(2);
        assertThat(node.logs("a")).isEqualTo("a\n");
    }

    @Test
    void a_pod_that_is_gone_is_asked_to_end() {
        create(PodFixtures.shell("a", PodFixtures.SERVE));
        await().until(() -> node.process("a").isPresent() && node.logs("a").contains("ready"));
        ProcessHandle process = node.process("a").orElseThrow();
        client.pods().withName("a").delete();
        process.onExit().join();
        assertThat(node.logs("a")).isEqualTo("ready\nbye\n");
    }

    @Test
    void waits_for_a_secret() {
        create(new PodBuilder(PodFixtures.shell("a", "echo $T"))
                .editSpec()
                .editContainer(0)
                .addNewEnvFrom()
                .withNewSecretRef("s", false)
                .endEnvFrom()
                .endContainer()
                .endSpec()
                .build());
        awaitPod(pod -> PodFixtures.waitingReason(pod).equals("CreateContainerConfigError"));
        client.secrets()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("s")
                        .endMetadata()
                        .withStringData(Map.of("T", "late"))
                        .build())
                .create();
        awaitPod(pod -> "Succeeded".equals(pod.getStatus().getPhase()));
        assertThat(node.logs("a")).isEqualTo("late\n");
    }
}
