package io.flame4j.testkit.kubernetes;

import static io.flame4j.testkit.kubernetes.PodFixtures.NS;
import static io.flame4j.testkit.kubernetes.PodFixtures.SERVE;
import static io.flame4j.testkit.kubernetes.PodFixtures.awaitGone;
import static io.flame4j.testkit.kubernetes.PodFixtures.awaitPhase;
import static io.flame4j.testkit.kubernetes.PodFixtures.awaitWaiting;
import static io.flame4j.testkit.kubernetes.PodFixtures.condition;
import static io.flame4j.testkit.kubernetes.PodFixtures.create;
import static io.flame4j.testkit.kubernetes.PodFixtures.get;
import static io.flame4j.testkit.kubernetes.PodFixtures.shell;
import static io.flame4j.testkit.kubernetes.PodFixtures.state;
import static io.flame4j.testkit.kubernetes.PodFixtures.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.testkit.LeakCheck;
import io.flame4j.testkit.kubernetes.ImagePolicy.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ProcessNodeTroublesTest {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final FakeApiServer server = new FakeApiServer();
    private final KubernetesClient client = server.client();
    private final ProcessNode node = builder().start();

    private ProcessNodeBuilder builder() {
        return ProcessNode.builder(server.client("node"))
                .retryEvery(Duration.ofMillis(50))
                .restartBackOff(Duration.ofMillis(100))
                .heartbeat(null);
    }

    @AfterEach
    void close() {
        node.close();
        server.close();
    }

    private void serve(String name) {
        create(client, shell(name, SERVE));
        awaitServing(name);
    }

    private void awaitServing(String name) {
        await(name + " runs")
                .until(() -> node.process(name).isPresent() && node.logs(name).contains("ready"));
    }

    @Test
    void a_node_whose_watch_is_dead_looks_again_when_the_api_server_is_back() {
        node.close();
        try (ProcessNode seeing =
                builder().heartbeat(Duration.ofMillis(50)).name("seeing").start()) {
            proveWatch(seeing, "p1");
            Fault first = silenceWatch();
            int watches = server.count("watch", "pods");
            Pod created = create(client, shell("a", SERVE));
            server.cutNext(1, request -> request.is("patch", "nodes/status"));
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> seeing.process("a").isPresent());

            await().atMost(Duration.ofMinutes(1)).until(() -> server.count("watch", "pods") > watches);
            proveWatch(seeing, "p2");
            Fault second = silenceWatch();
            client.resource(created).withGracePeriod(0).delete();
            server.cutNext(1, request -> request.is("patch", "nodes/status"));
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> seeing.process("a").isEmpty());
            first.end();
            second.end();
        }
    }

    /**
     * Waits until the watch tells of a pod, which lists cannot tell meanwhile: a watch that is cut at the very moment in which
     * it opens is not begun again, since the client does not notice.
     */
    private void proveWatch(ProcessNode seeing, String pod) {
        Fault noLists = server.failWhen(
                request -> request.is("list", "pods") && request.user().equals("node"), 503, "not now");
        create(client, shell(pod, SERVE));
        await().atMost(Duration.ofMinutes(1)).until(() -> seeing.process(pod).isPresent());
        noLists.end();
    }

    /** The watch is begun again, once, and nothing is heard from it. */
    private Fault silenceWatch() {
        AtomicBoolean next = new AtomicBoolean(true);
        Fault silent = server.holdWhen(request -> request.is("watch", "pods") && next.compareAndSet(true, false));
        server.dropWatches();
        await().atMost(Duration.ofMinutes(1)).until(() -> silent.hits() == 1);
        return silent;
    }

    @Test
    void images_cannot_be_pulled() {
        node.close();
        // Of two statuses of a pod that wait to be written only the later one is: it tries again when it is told to.
        try (ProcessNode patient = builder()
                .retryEvery(Duration.ofMinutes(10))
                .name("patient")
                .podNetwork("127.0.2")
                .start()) {
            imagesCannotBePulled(patient);
        }
    }

    private void imagesCannotBePulled(ProcessNode patient) {
        Trouble trouble = patient.failImagePulls(ProcessNode.named("a"), "manifest unknown");
        create(client, shell("a", "echo 1"));
        create(client, shell("b", "echo 2"));
        awaitPhase(client, "b", "Succeeded");
        awaitWaiting(client, "a", "ErrImagePull");
        // The end of any trouble makes the node try again at once.
        patient.holdStart(pod -> false).end();
        Pod failing = awaitWaiting(client, "a", "ImagePullBackOff");
        assertThat(failing.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(state(failing).getWaiting().getMessage())
                .isEqualTo("Back-off pulling image \"nowhere/app:1\": ErrImagePull: manifest unknown");
        assertThat(trouble.hits()).isEqualTo(1);
        assertThat(server.requests())
                .filteredOn(request ->
                        request.is("patch", "pods/status") && request.name().equals("a"))
                .extracting(ApiRequest::body)
                .anyMatch(body -> body.contains("\"ErrImagePull\"") && body.contains("manifest unknown"));
        trouble.end();
        awaitPhase(client, "a", "Succeeded");
    }

    @Test
    void image_names_are_wrong() {
        node.refuseImageNames(pod -> true, "couldn't parse image name \"A\": invalid reference format");
        create(client, shell("a", "echo 1"));
        Pod failing = awaitWaiting(client, "a", "InvalidImageName");
        assertThat(state(failing).getWaiting().getMessage()).contains("invalid reference format");
    }

    @Test
    void images_are_what_the_policy_makes_of_them() {
        ImagePolicy policy = name -> name.equals("known")
                ? Image.withEntryPoint(List.of("sh", "-c"))
                : name.equals("empty") ? Image.withEntryPoint(List.of()) : Image.missing("no such image: " + name);
        try (ProcessNode second = builder()
                .name("second")
                .acceptUnscheduled(false)
                .podNetwork("127.0.2")
                .images(policy)
                .start()) {
            create(client, imagePod("a", "known", "echo $0 $HOSTNAME"));
            create(client, imagePod("b", "unknown", "echo"));
            create(client, imagePod("c", "empty", "echo"));
            awaitPhase(client, "a", "Succeeded");
            assertThat(second.logs("a")).isEqualTo("sh a\n");
            Pod failing = awaitWaiting(client, "b", "ImagePullBackOff");
            assertThat(state(failing).getWaiting().getMessage()).endsWith("no such image: unknown");
            awaitWaiting(client, "c", "CreateContainerError");
        }
    }

    private static Pod imagePod(String name, String image, String args) {
        return new PodBuilder(shell(name, ""))
                .editSpec()
                .withNodeName("second")
                .editContainer(0)
                .withImage(image)
                .withCommand()
                .withArgs(args)
                .endContainer()
                .endSpec()
                .build();
    }

    @Test
    void containers_cannot_be_configured() {
        Trouble trouble = node.failConfig(pod -> true, "configmap \"c\" not found");
        create(client, shell("a", "echo 1"));
        Pod failing = awaitWaiting(client, "a", "CreateContainerConfigError");
        assertThat(state(failing).getWaiting().getMessage()).isEqualTo("configmap \"c\" not found");
        trouble.end();
        awaitPhase(client, "a", "Succeeded");
    }

    @Test
    void pods_cannot_be_scheduled() {
        Trouble trouble = node.leaveUnscheduled(pod -> true, "0/1 nodes are available: 1 Insufficient cpu.");
        create(client, shell("a", "echo 1"));
        Pod failing = PodFixtures.await(
                client, "a", pod -> !pod.getStatus().getConditions().isEmpty());
        assertThat(condition(failing, "PodScheduled").getStatus()).isEqualTo("False");
        assertThat(condition(failing, "PodScheduled").getReason()).isEqualTo("Unschedulable");
        assertThat(condition(failing, "PodScheduled").getMessage()).contains("Insufficient cpu");
        assertThat(failing.getSpec().getNodeName()).isNull();
        trouble.end();
        Pod done = awaitPhase(client, "a", "Succeeded");
        assertThat(condition(done, "PodScheduled").getStatus()).isEqualTo("True");
        assertThat(condition(done, "PodScheduled").getReason()).isNull();
    }

    @Test
    void pods_start_slowly() {
        Trouble trouble = node.holdStart(pod -> true);
        create(client, shell("a", "echo 1"));
        Pod slow = awaitWaiting(client, "a", "ContainerCreating");
        assertThat(slow.getSpec().getNodeName()).isEqualTo("process-node");
        assertThat(condition(slow, "PodScheduled").getStatus()).isEqualTo("True");
        assertThat(condition(slow, "Ready").getStatus()).isEqualTo("False");
        assertThat(node.logs("a")).isEmpty();
        trouble.end();
        awaitPhase(client, "a", "Succeeded");
    }

    @Test
    void addresses_come_late() {
        Trouble trouble = node.withholdIp(pod -> true);
        serve("a");
        Pod running = awaitPhase(client, "a", "Running");
        assertThat(running.getStatus().getPodIP()).isNull();
        trouble.end();
        PodFixtures.await(client, "a", pod -> pod.getStatus().getPodIP() != null);
    }

    @Test
    void containers_run_out_of_memory() {
        serve("a");
        serve("b");
        awaitPhase(client, "b", "Running");
        assertThat(node.oomKill(ProcessNode.named("a"))).isEqualTo(1);
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(state(failed).getTerminated().getReason()).isEqualTo("OOMKilled");
        assertThat(state(failed).getTerminated().getExitCode()).isEqualTo(137);
        assertThat(get(client, "b").getStatus().getPhase()).isEqualTo("Running");
        assertThat(node.oomKill(ProcessNode.named("a"))).isZero();
    }

    @Test
    void containers_run_out_of_memory_as_soon_as_they_run() {
        Trouble trouble = node.whenRunning(
                ProcessNode.named("a"),
                pod -> node.oomKill(ProcessNode.named(pod.getMetadata().getName())));
        create(client, shell("a", SERVE));
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(state(failed).getTerminated().getReason()).isEqualTo("OOMKilled");
        assertThat(trouble.hits()).isEqualTo(1);
    }

    @Test
    void a_parent_that_runs_out_of_memory_is_restarted_once() {
        create(
                client,
                new PodBuilder(shell("a", SERVE))
                        .editSpec()
                        .withRestartPolicy("Always")
                        .endSpec()
                        .build());
        awaitServing("a");
        node.whenRunning(ProcessNode.named("a"), pod -> node.oomKill(ProcessNode.named("a")));
        Pod again = PodFixtures.await(
                client,
                "a",
                pod -> pod.getStatus() != null
                        && !pod.getStatus().getContainerStatuses().isEmpty()
                        && status(pod).getRestartCount() == 1
                        && state(pod).getRunning() != null);
        assertThat(status(again).getLastState().getTerminated().getReason()).isEqualTo("OOMKilled");
        assertThat(again.getStatus().getPhase()).isEqualTo("Running");
    }

    @Test
    void pods_are_evicted() {
        serve("a");
        assertThat(node.evict(pod -> true, "The node was low on resource: memory."))
                .isEqualTo(1);
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(failed.getStatus().getReason()).isEqualTo("Evicted");
        assertThat(failed.getStatus().getMessage()).isEqualTo("The node was low on resource: memory.");
        assertThat(state(failed).getTerminated().getExitCode()).isEqualTo(137);
        assertThat(condition(failed, "DisruptionTarget").getReason()).isEqualTo("TerminationByKubelet");
        assertThat(node.process("a")).isEmpty();
        assertThat(failed.getMetadata().getDeletionTimestamp()).isNull();
    }

    @Test
    void pods_are_evicted_that_have_not_started() {
        node.holdStart(pod -> true);
        create(client, shell("a", "echo 1"));
        awaitWaiting(client, "a", "ContainerCreating");
        node.evict(pod -> true, "The node was low on resource: memory.");
        Pod failed = awaitPhase(client, "a", "Failed");
        assertThat(failed.getStatus().getReason()).isEqualTo("Evicted");
    }

    @Test
    void pods_are_preempted() {
        serve("a");
        node.holdSigterm(pod -> true);
        node.preempt(ProcessNode.named("a"), "default-scheduler: preempting to accommodate a higher priority pod");
        Pod dying = PodFixtures.await(client, "a", pod -> pod.getMetadata().getDeletionTimestamp() != null);
        assertThat(condition(dying, "DisruptionTarget").getReason()).isEqualTo("PreemptionByScheduler");
        assertThat(condition(dying, "DisruptionTarget").getStatus()).isEqualTo("True");
        node.kill(pod -> true);
        awaitGone(client, "a");
    }

    @Test
    void a_frozen_node_is_silent_and_comes_back() {
        // What a node says before it is frozen may arrive later.
        serve("a");
        awaitPhase(client, "a", "Running");
        serve("b");
        awaitPhase(client, "b", "Running");
        node.freeze();
        ProcessHandle process = node.process("a").orElseThrow();
        // It stops when it is to run the next time.
        await().until(() -> stateOf(process.pid()) == 'T');
        server.forgetRequests();
        client.pods().inNamespace(NS).withName("a").delete();
        create(client, shell("c", "echo 1"));
        node.kill(ProcessNode.named("b"));
        await().until(() -> node.process("b").isEmpty());
        assertThat(get(client, "a").getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(get(client, "b").getStatus().getPhase()).isEqualTo("Running");
        assertThat(get(client, "c").getStatus().getPhase()).isEqualTo("Pending");
        assertThat(process.isAlive()).isTrue();
        assertThat(server.count(request -> request.user().equals("node"))).isZero();
        node.recover();
        awaitGone(client, "a");
        awaitPhase(client, "b", "Failed");
        awaitPhase(client, "c", "Succeeded");
        assertThat(node.logs("a")).endsWith("bye\n");
    }

    private static char stateOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_crashed_node_tells_nothing_of_its_dead() {
        serve("a");
        awaitPhase(client, "a", "Running");
        ProcessHandle process = node.process("a").orElseThrow();
        node.crash();
        process.onExit().join();
        await().until(() -> node.process("a").isEmpty());
        assertThat(get(client, "a").getStatus().getPhase()).isEqualTo("Running");
        node.recover();
        assertThat(state(awaitPhase(client, "a", "Failed")).getTerminated().getExitCode())
                .isEqualTo(137);
    }

    @Test
    void a_frozen_node_can_be_closed() {
        serve("a");
        ProcessHandle process = node.process("a").orElseThrow();
        node.freeze();
        node.close();
        assertThat(process.isAlive()).isFalse();
    }
}
