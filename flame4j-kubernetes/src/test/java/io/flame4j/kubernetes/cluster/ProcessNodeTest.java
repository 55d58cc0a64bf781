package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.flame4j.testkit.kubernetes.ProcessNode;
import io.flame4j.testkit.kubernetes.Trouble;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whether a real API server takes the testkit's node for a real one. */
@Tag("cluster")
class ProcessNodeTest {

    private static final String SERVE = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final ApiServerExtension cluster = new ApiServerExtension();

    private ProcessNode node;

    @BeforeEach
    void start() {
        node = ProcessNode.builder(cluster.admin())
                .name("node-of-" + cluster.namespace())
                .namespaces(cluster.namespace())
                .serviceAccountFiles("ACCOUNT_FILES")
                .serveLogs(true)
                .start();
    }

    @AfterEach
    void close() {
        node.close();
    }

    private PodBuilder pod(String script) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("a")
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("main")
                .withImage("nowhere/app:1")
                .withCommand("sh", "-c", script)
                .endContainer()
                .endSpec();
    }

    private void create(PodBuilder pod) {
        cluster.admin()
                .pods()
                .inNamespace(cluster.namespace())
                .resource(pod.build())
                .create();
    }

    private Pod get() {
        return cluster.admin()
                .pods()
                .inNamespace(cluster.namespace())
                .withName("a")
                .get();
    }

    private Pod awaitPod(Predicate<Pod> condition) {
        return await().atMost(PATIENCE).until(this::get, pod -> pod != null && condition.test(pod));
    }

    private Pod awaitPhase(String phase) {
        return awaitPod(pod -> phase.equals(pod.getStatus().getPhase()));
    }

    @Test
    void a_pod_runs_to_its_end_and_can_reach_the_server() {
        create(pod("echo $(cat $ACCOUNT_FILES/namespace); head -1 $ACCOUNT_FILES/ca.crt; "
                + "grep -c . $ACCOUNT_FILES/token; echo $KUBERNETES_SERVICE_PORT"));
        Pod done = awaitPhase("Succeeded");
        assertThat(done.getSpec().getNodeName()).isEqualTo(node.name());
        assertThat(done.getStatus().getPodIP()).startsWith("127.0.1.");
        assertThat(done.getStatus()
                        .getContainerStatuses()
                        .get(0)
                        .getState()
                        .getTerminated()
                        .getReason())
                .isEqualTo("Completed");
        assertThat(node.logs("a").lines())
                .startsWith(cluster.namespace(), "-----BEGIN CERTIFICATE-----", "1")
                .hasSize(4);
        assertThat(cluster.admin()
                        .nodes()
                        .withName(node.name())
                        .get()
                        .getStatus()
                        .getConditions())
                .anySatisfy(condition -> {
                    assertThat(condition.getType()).isEqualTo("Ready");
                    assertThat(condition.getStatus()).isEqualTo("True");
                });
    }

    @Test
    void logs_come_from_the_node() {
        create(pod("echo 1; echo 2; " + SERVE));
        awaitPhase("Running");
        await().until(() -> node.logs("a").contains("ready"));
        assertThat(cluster.admin()
                        .pods()
                        .inNamespace(cluster.namespace())
                        .withName("a")
                        .inContainer("main")
                        .tailingLines(2)
                        .getLog())
                .isEqualTo("2\nready\n");
    }

    @Test
    void a_deleted_pod_ends_with_grace() {
        create(pod(SERVE));
        awaitPhase("Running");
        await().until(() -> node.logs("a").contains("ready"));
        cluster.admin().pods().inNamespace(cluster.namespace()).withName("a").delete();
        await().atMost(PATIENCE).until(() -> get() == null);
        assertThat(node.logs("a")).isEqualTo("ready\nbye\n");
    }

    @Test
    void a_missing_secret_is_waited_for() {
        create(pod("echo $T")
                .editSpec()
                .editContainer(0)
                .addNewEnv()
                .withName("T")
                .withNewValueFrom()
                .withNewSecretKeyRef("t", "late", false)
                .endValueFrom()
                .endEnv()
                .endContainer()
                .endSpec());
        Pod waiting = awaitPod(pod -> waitingReason(pod).equals("CreateContainerConfigError"));
        assertThat(waiting.getStatus()
                        .getContainerStatuses()
                        .get(0)
                        .getState()
                        .getWaiting()
                        .getMessage())
                .isEqualTo("secret \"late\" not found");
        cluster.admin()
                .secrets()
                .inNamespace(cluster.namespace())
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("late")
                        .endMetadata()
                        .withStringData(Map.of("t", "ok"))
                        .build())
                .create();
        awaitPhase("Succeeded");
        assertThat(node.logs("a")).isEqualTo("ok\n");
    }

    private static String waitingReason(Pod pod) {
        if (pod.getStatus().getContainerStatuses().isEmpty()) {
            return "";
        }
        var waiting = pod.getStatus().getContainerStatuses().get(0).getState().getWaiting();
        return waiting == null ? "" : waiting.getReason();
    }

    @Test
    void misfortunes_are_told() {
        Trouble trouble = node.leaveUnscheduled(pod -> true, "0/1 nodes are available: 1 Insufficient cpu.");
        create(pod(SERVE));
        awaitPod(pod -> pod.getStatus().getConditions().stream()
                .anyMatch(condition -> "Unschedulable".equals(condition.getReason())));
        trouble.end();
        awaitPhase("Running");
        node.evict(pod -> true, "The node was low on resource: memory.");
        Pod failed = awaitPhase("Failed");
        assertThat(failed.getStatus().getReason()).isEqualTo("Evicted");
        assertThat(failed.getStatus().getConditions())
                .anySatisfy(condition -> assertThat(condition.getType()).isEqualTo("DisruptionTarget"));
        assertThat(failed.getStatus()
                        .getContainerStatuses()
                        .get(0)
                        .getState()
                        .getTerminated()
                        .getExitCode())
                .isEqualTo(137);
    }

    @Test
    void goes_on_when_the_server_was_restarted() {
        create(pod(SERVE));
        awaitPhase("Running");
        cluster.restart();
        node.process("a").orElseThrow().destroy();
        awaitPhase("Failed");
    }
}
