package io.flame4j.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.NoRoomException;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.backend.Tls;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.Fault;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods and what becomes of them, with an API server in memory and the part of the node played by the test. */
class PoolBackendTest {

    private static final String NAMESPACE = "shop";
    private static final String USER = "system:serviceaccount:shop:web";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final FakeApiServer server = new FakeApiServer();
    private final List<Backend> opened = new ArrayList<>();

    @BeforeEach
    void parentPod() {
        server.put(TestParents.web(NAMESPACE, "web-1", "parent-1"));
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Backend::close);
        server.close();
        eventually(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("flame4j-kubernetes")));
    }

    // ---- starting

    @Test
    void a_pod_like_the_parent_is_created_for_a_runner() throws Exception {
        Backend backend = backend(options -> {});

        RunnerHandle runner = backend.start(spec("thumbs-1"));

        Pod pod = onlyPod();
        assertThat(runner.description())
                .isEqualTo("pod " + pod.getMetadata().getName())
                .startsWith("pod web-1-flame-");
        assertThat(pod.getSpec().getContainers().get(0).getImage()).isEqualTo("registry.example/web:7");
        assertThat(pod.getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("parent-1"));
        assertThat(calls("get", "pods")).as("the parent's own").isEqualTo(1);
        assertThat(calls("list", "pods")).isEqualTo(1);
        assertThat(calls("create", "pods")).isEqualTo(1);
    }

    @Test
    void the_parent_listens_at_its_pods_address() {
        assertThat(backend(options -> {}).listenAt())
                .isEqualTo(new ListenAt.Tcp("127.0.0.1", 0, "127.0.0.1", Tls.ephemeral(), 256));
        assertThat(backend(options ->
                                options.advertiseAddress("10.1.2.3").port(4711).tls(Tls.none()))
                        .listenAt())
                .as("an address of another machine is told, and all are bound")
                .isEqualTo(new ListenAt.Tcp("0.0.0.0", 4711, "10.1.2.3", Tls.none(), 256));
    }

    @Test
    void the_addresses_of_a_pod_are_told_as_soon_as_they_are_known() throws Exception {
        Backend backend = backend(options -> options.tokenBoundToAddress(true));
        assertThat(backend.tellsAddresses()).isTrue();
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        CompletableFuture<Set<InetAddress>> told = runner.addresses().toCompletableFuture();
        assertThat(told).isNotDone();

        status(
                onlyPod(),
                running()
                        .withPodIP("10.1.2.3")
                        .addNewPodIP()
                        .withIp("10.1.2.3")
                        .endPodIP()
                        .addNewPodIP()
                        .withIp("fd00::7")
                        .endPodIP());

        assertThat(told)
                .succeedsWithin(TIMEOUT)
                .isEqualTo(Set.of(InetAddress.getByName("10.1.2.3"), InetAddress.getByName("fd00::7")));
    }

    @Test
    void an_address_counts_when_the_container_runs() throws Exception {
        Backend backend = backend(options -> options.tokenBoundToAddress(true));
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        status(onlyPod(), new PodStatusBuilder().withPhase("Pending").withPodIP("10.1.2.3"));
        eventually(() -> assertThat(runner.bootOverdue()).isNotEmpty());
        assertThat(runner.addresses().toCompletableFuture()).isNotDone();

        // The sandbox was made anew.
        status(onlyPod(), running().withPodIP("10.1.2.4"));

        assertThat(runner.addresses().toCompletableFuture())
                .succeedsWithin(TIMEOUT)
                .isEqualTo(Set.of(InetAddress.getByName("10.1.2.4")));
    }

    @Test
    void a_runner_is_scheduled_when_its_pod_has_a_node_and_started_when_its_container_runs() throws Exception {
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        CompletableFuture<?> scheduled = runner.scheduled().toCompletableFuture();
        CompletableFuture<?> started = runner.started().toCompletableFuture();
        assertThat(scheduled).isNotDone();

        server.client()
                .pods()
                .inNamespace(NAMESPACE)
                .withName(onlyPod().getMetadata().getName())
                .edit(pod -> new PodBuilder(pod)
                        .editSpec()
                        .withNodeName("n1")
                        .endSpec()
                        .build());
        assertThat(scheduled).succeedsWithin(TIMEOUT);
        assertThat(started).isNotDone();

        status(onlyPod(), running());
        assertThat(started).succeedsWithin(TIMEOUT);
    }

    @Test
    void tokens_are_bound_to_addresses_when_that_is_asked_for() {
        assertThat(backend(options -> {}).tellsAddresses()).isFalse();
    }

    @Test
    void without_a_variable_the_pods_own_status_tells_the_address() {
        Backend backend = backend(Map.of("POD_NAME", "web-1", "POD_NAMESPACE", NAMESPACE), options -> {});

        assertThat(backend.listenAt()).isEqualTo(new ListenAt.Tcp("127.0.0.1", 0, "127.0.0.1", Tls.ephemeral(), 256));
    }

    @Test
    void outside_of_a_pod_an_address_must_be_given() {
        Backend backend = backend(Map.of(), options -> options.image("web"));

        assertThatThrownBy(backend::listenAt)
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("does not run in a pod")
                .hasMessageContaining("advertiseAddress");
    }

    @Test
    void outside_of_a_pod_runners_are_found_again_by_the_life_of_the_process() throws Exception {
        Backend backend = backend(
                Map.of(),
                options -> options.image("web")
                        .command(Entrypoint.JVM)
                        .namespace(NAMESPACE)
                        .advertiseAddress("127.0.0.1"));

        RunnerHandle runner = backend.start(spec("thumbs-1"));
        becomes(onlyPod(), "Succeeded", 0);

        assertThat(end(runner).exitCode()).hasValue(0);
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void a_parent_that_is_not_found_is_told_how_to_name_itself() {
        Backend backend = backend(Map.of("POD_NAME", "web-9", "POD_NAMESPACE", NAMESPACE), options -> {});

        assertThatThrownBy(() -> backend.start(spec("thumbs-1")))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.isPermanent()).isTrue())
                .hasMessageContaining("Pool 'thumbs': runner thumbs-1 could not be started")
                .hasMessageContaining("no pod 'web-9'")
                .hasMessageContaining("fieldPath: metadata.name");
    }

    @Test
    void what_the_server_denies_fails_the_boot_for_good() {
        server.failWhen(
                request -> request.is("create", "pods"),
                403,
                "pods is forbidden: User \"x\" cannot create"
                        + " resource \"pods\" in API group \"\" in the namespace \"shop\"");
        Backend backend = backend(options -> {});

        assertThatThrownBy(() -> backend.start(spec("thumbs-1")))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.isPermanent()).isTrue());
        assertThat(runnerPods()).isEmpty();
    }

    @Test
    void the_token_is_in_a_secret_that_goes_with_the_pod() throws Exception {
        Backend backend = backend(options -> options.tokenInSecret(true).secretEnv(Map.of("PASSWORD", "s3cret")));

        RunnerHandle runner = backend.start(spec("thumbs-1"));

        Pod pod = onlyPod();
        Secret secret = server.client()
                .secrets()
                .inNamespace(NAMESPACE)
                .list()
                .getItems()
                .get(0);
        assertThat(secret.getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner ->
                        assertThat(owner.getUid()).isEqualTo(pod.getMetadata().getUid()));
        assertThat(pod.toString()).doesNotContain("s3cret", "the-ticket");
        becomes(pod, "Succeeded", 0);
        end(runner);
        eventually(() -> assertThat(
                        server.client().secrets().inNamespace(NAMESPACE).list().getItems())
                .isEmpty());
        assertThat(writes()).as("create a pod, create a Secret, delete the pod").isEqualTo(3);
    }

    @Test
    void no_pod_stays_when_its_secret_is_refused() {
        server.failWhen(request -> request.is("create", "secrets"), 403, "secrets is forbidden");
        Backend backend = backend(options -> options.tokenInSecret(true));

        assertThatThrownBy(() -> backend.start(spec("thumbs-1"))).isInstanceOf(RunnerBootException.class);
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    // ---- ending

    @Test
    void a_pod_is_deleted_when_its_runner_has_ended() throws Exception {
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));

        becomes(onlyPod(), "Succeeded", 0);

        RunnerExit exit = end(runner);
        assertThat(exit.exitCode()).hasValue(0);
        eventually(() -> assertThat(runnerPods()).isEmpty());
        assertThat(writes()).as("one create, one delete").isEqualTo(2);
    }

    @Test
    void a_runner_ends_with_its_container_though_a_sidecar_keeps_the_pod_alive() throws Exception {
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));

        becomes(onlyPod(), "Running", 0);

        assertThat(end(runner).exitCode()).hasValue(0);
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void a_crash_is_told_with_the_last_lines_of_its_log() throws Exception {
        server.logs((namespace, pod, container) -> "Exception in thread main\njava.lang.Error: no luck\n");
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));

        becomes(onlyPod(), "Failed", 1);

        RunnerExit exit = end(runner);
        assertThat(exit.exitCode()).hasValue(1);
        assertThat(exit.lastLines()).containsExactly("Exception in thread main", "java.lang.Error: no luck");
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void an_init_container_that_fails_is_told_with_the_last_lines_of_its_log() throws Exception {
        server.logs((namespace, pod, container) -> container.equals("fetch") ? "no such bucket\n" : null);
        Backend backend = backend(options -> options.manifest("spec:\n  containers: [{}]\n"
                + "  initContainers: [{name: fetch, image: registry.example/fetch:2}]\n"));
        RunnerHandle runner = backend.start(spec("thumbs-1"));

        status(
                onlyPod(),
                new PodStatusBuilder()
                        .withPhase("Pending")
                        .addNewInitContainerStatus()
                        .withName("fetch")
                        .withNewState()
                        .withNewTerminated()
                        .withExitCode(2)
                        .withReason("Error")
                        .endTerminated()
                        .endState()
                        .endInitContainerStatus());

        RunnerExit exit = end(runner);
        assertThat(exit.message()).isEqualTo("did not start because its init container fetch exited with code 2");
        assertThat(exit.lastLines()).containsExactly("no such bucket");
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void an_image_that_cannot_be_pulled_ends_the_boot_and_the_pod() throws Exception {
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));

        waits(onlyPod(), "ErrImagePull", "manifest for registry.example/web:7 not found: manifest unknown");

        RunnerExit exit = end(runner);
        assertThat(exit.message()).contains("registry.example/web:7").contains("manifest unknown");
        assertThat(exit.permanent()).isTrue();
        assertThat(exit.bootReason()).isEqualTo(RunnerBootException.Reason.IMAGE);
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void a_pod_without_a_node_fails_when_the_grace_is_over() throws Exception {
        Backend backend = backend(options -> options.unschedulableGrace(Duration.ofMillis(200)));
        RunnerHandle runner = backend.start(spec("thumbs-1"));

        Pod pod = onlyPod();
        status(
                pod,
                new PodStatusBuilder()
                        .withPhase("Pending")
                        .addNewCondition()
                        .withType("PodScheduled")
                        .withStatus("False")
                        .withReason("Unschedulable")
                        .withMessage("0/3 nodes are available: 3 Insufficient cpu.")
                        .withLastTransitionTime(Instant.now().toString())
                        .endCondition());

        assertThat(end(runner).message()).contains("3 Insufficient cpu");
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void a_pod_that_somebody_deletes_is_a_lost_runner() throws Exception {
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        Pod pod = onlyPod();
        status(pod, running());

        server.client().resource(pod).withGracePeriod(0).delete();

        assertThat(end(runner).reason()).isEqualTo(Reason.DELETED);
        assertThat(calls("delete", "pods")).as("nothing is left to delete").isZero();
    }

    @Test
    void a_runner_that_is_killed_is_deleted_at_once() throws Exception {
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        status(onlyPod(), running());

        runner.kill();
        runner.kill();

        end(runner);
        assertThat(calls("delete", "pods")).isEqualTo(1);
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void a_boot_that_takes_too_long_is_explained_by_the_state_of_the_pod() throws Exception {
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        status(onlyPod(), running());

        eventually(() -> assertThat(runner.bootOverdue()).contains("NetworkPolicy"));
    }

    // ---- keeping

    @Test
    void failed_pods_are_kept_on_request() throws Exception {
        Backend backend = backend(options -> options.keepFailedPods(true));
        RunnerHandle crashed = backend.start(spec("thumbs-1"));
        becomes(podOf("thumbs-1"), "Failed", 1);
        RunnerHandle well = backend.start(spec("thumbs-2"));
        becomes(podOf("thumbs-2"), "Succeeded", 0);

        end(crashed);
        end(well);

        eventually(() -> assertThat(runnerPods()).hasSize(1));
        backend.close();
        assertThat(podOf("thumbs-1")).isNotNull();
    }

    @Test
    void a_boot_that_failed_is_halted_and_kept_on_request() throws Exception {
        Backend backend = backend(options -> options.keepFailedPods(true));
        RunnerHandle runner = backend.start(spec("thumbs-1"));

        server.put(new PodBuilder(onlyPod())
                .editSpec()
                .withNodeName("node-1")
                .endSpec()
                .withStatus(running().build())
                .build());
        eventually(() -> assertThat(runner.bootOverdue()).contains("NetworkPolicy"));

        runner.bootFailed();

        eventually(
                () -> assertThat(onlyPod().getSpec().getActiveDeadlineSeconds()).isEqualTo(1));
        becomes(onlyPod(), "Failed", 137);
        end(runner);
        assertThat(calls("delete", "pods")).isZero();
    }

    @Test
    void pods_are_kept_for_a_while_on_request_but_not_beyond_the_pool() throws Exception {
        Backend backend = backend(options -> options.deletePodAfter(Duration.ofHours(1)));
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        becomes(onlyPod(), "Succeeded", 0);
        end(runner);
        assertThat(onlyPod()).isNotNull();

        backend.close();

        assertThat(runnerPods()).isEmpty();
    }

    @Test
    void pods_are_deleted_after_the_time_they_are_kept() throws Exception {
        Backend backend = backend(options -> options.deletePodAfter(Duration.ofMillis(50)));
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        becomes(onlyPod(), "Succeeded", 0);

        end(runner);
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void a_boot_that_cannot_succeed_is_not_kept_for_a_while_but_removed_at_once() throws Exception {
        Backend backend = backend(options -> options.deletePodAfter(Duration.ofHours(1)));
        RunnerHandle runner = backend.start(spec("thumbs-1"));

        waits(onlyPod(), "InvalidImageName", "couldn't parse image reference");

        assertThat(end(runner).message()).contains("couldn't parse image reference");
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void a_failed_pod_that_no_node_has_taken_is_removed_even_when_others_are_kept() throws Exception {
        Backend backend = backend(options -> options.keepFailedPods(true).unschedulableGrace(Duration.ofMillis(1)));
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        status(
                onlyPod(),
                new PodStatusBuilder()
                        .withPhase("Pending")
                        .addNewCondition()
                        .withType("PodScheduled")
                        .withStatus("False")
                        .withReason("Unschedulable")
                        .withMessage("0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
                        .withLastTransitionTime(Instant.now().minusSeconds(60).toString())
                        .endCondition());

        assertThat(end(runner).message()).contains("3 Insufficient nvidia.com/gpu");
        eventually(() -> assertThat(runnerPods()).isEmpty());
    }

    @Test
    void a_runner_that_cannot_be_reached_is_described_by_its_pod() throws Exception {
        Backend backend = backend(options -> {});
        RunnerHandle runner = backend.start(spec("thumbs-1"));
        status(
                onlyPod(),
                running()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("False")
                        .endCondition()
                        .addNewCondition()
                        .withType("ContainersReady")
                        .withStatus("True")
                        .endCondition());

        eventually(() -> assertThat(runner.unreachable())
                .isNotNull()
                .satisfies(seen -> assertThat(seen.reason()).isEqualTo(Reason.NODE_LOST)));
        assertThat(runner.unreachable().message()).contains("is not ready");
    }

    @Test
    void a_pod_that_the_namespace_forbids_fails_the_boot_with_the_servers_words() {
        server.failWhen(
                request -> request.is("create", "pods"),
                403,
                "pods \"web-1-flame-x\" is forbidden: violates PodSecurity \"restricted:latest\": unrestricted"
                        + " capabilities (container \"runner\" must set securityContext.capabilities.drop=[\"ALL\"])");
        Backend backend = backend(options -> {});

        assertThatThrownBy(() -> backend.start(spec("thumbs-1")))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        failure -> assertThat(failure.isPermanent()).isTrue())
                .hasMessageContaining("restricted:latest")
                .hasMessageContaining("securityContext");
    }

    @Test
    void a_pod_that_a_webhook_denies_fails_the_boot_with_its_words() {
        server.failWhen(
                request -> request.is("create", "pods"),
                403,
                "admission webhook \"policy.example.com\" denied the request: images must come from registry.example");
        Backend backend = backend(options -> {});

        assertThatThrownBy(() -> backend.start(spec("thumbs-1")))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("policy.example.com")
                .hasMessageContaining("images must come from");
    }

    // ---- sharing

    @Test
    void pools_listen_at_one_place() {
        KubernetesBackend shared =
                options(inPod(), options -> options.port(4711)).build();

        assertThat(opened(shared.forPool("thumbs")).listenAt())
                .as("what is equal is shared")
                .isEqualTo(opened(shared.forPool("video")).listenAt());
    }

    @Test
    void pools_share_one_feed() throws Exception {
        KubernetesBackend shared = options(inPod(), options -> {}).build();
        Backend one = opened(shared.forPool("thumbs"));
        Backend two = opened(shared.forPool("video"));
        Backend three = backend(options -> {});

        one.start(spec("thumbs-1"));
        two.start(spec("video-1"));
        three.start(spec("thumbs-2"));

        assertThat(calls("list", "pods")).isEqualTo(1);
        assertThat(calls("watch", "pods")).isLessThanOrEqualTo(1);
        one.close();
        RunnerHandle last = two.start(spec("video-2"));
        becomes(podOf("video-2"), "Succeeded", 0);
        end(last);
    }

    @Test
    void replicas_keep_to_a_common_bound() throws Exception {
        server.put(TestParents.web(NAMESPACE, "web-2", "parent-2"));
        Map<String, String> other = Map.of("POD_NAME", "web-2", "POD_NAMESPACE", NAMESPACE, "POD_IP", "127.0.0.1");
        Backend first = backend(options -> options.maxInNamespace(2));
        Backend second = backend(other, options -> options.maxInNamespace(2));
        first.awaitRoom();
        first.start(spec("thumbs-1"));
        second.awaitRoom();
        RunnerHandle ends = second.start(spec("thumbs-1"));
        CompletableFuture<RunnerHandle> waits = CompletableFuture.supplyAsync(() -> {
            try {
                return startWhenThereIsRoom(first, spec("thumbs-2"));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        // The third is not created while there are two: only their end lets it through.
        eventually(() -> assertThat(Thread.getAllStackTraces().entrySet())
                .anyMatch(entry -> List.of(entry.getValue()).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("awaitRoom"))));
        eventually(() -> assertThat(runnerPods()).hasSize(2));
        Pod ending = runnerPods().stream()
                .filter(pod -> "parent-2".equals(pod.getMetadata().getLabels().get("flame4j.io/parent-uid")))
                .findFirst()
                .orElseThrow();

        becomes(ending, "Succeeded", 0);

        end(ends);
        assertThat(waits.get(60, TimeUnit.SECONDS)).isNotNull();
        eventually(() -> assertThat(runnerPods()).hasSize(2));
    }

    @Test
    void a_pod_that_cannot_be_created_does_not_use_up_the_bound() throws Exception {
        Backend backend = backend(options -> options.maxInNamespace(1));
        Fault denied = server.failWhen(
                request -> request.is("create", "pods"), 422, "spec.containers[0].image: Invalid value");
        for (int i = 1; i <= 2; i++) {
            String id = "thumbs-" + i;
            backend.awaitRoom();
            assertThatThrownBy(() -> backend.start(spec(id))).isInstanceOf(RunnerBootException.class);
        }
        denied.end();

        assertTimeoutPreemptively(TIMEOUT, () -> {
            backend.awaitRoom();
            backend.start(spec("thumbs-3"));
        });
        assertThat(runnerPods()).hasSize(1);
    }

    @Test
    void a_pool_that_is_closed_while_a_pod_is_being_created_leaves_none() throws Exception {
        KubernetesBackend shared = options(inPod(), options -> {}).build();
        Backend other = opened(shared.forPool("video"));
        Backend backend = opened(shared.forPool("thumbs"));
        Fault held = server.holdWhen(request -> request.is("create", "pods"));
        Thread boot = new Thread(() -> {
            try {
                backend.start(spec("thumbs-1"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        boot.start();
        eventually(() -> assertThat(held.hits()).isEqualTo(1));
        boot.interrupt();
        boot.join();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(backend::close);
        held.end();

        closing.get(60, TimeUnit.SECONDS);
        assertThat(runnerPods()).isEmpty();
        assertThat(other.name()).isEqualTo("kubernetes");
    }

    @Test
    void a_pool_built_anew_is_not_told_of_the_pods_of_the_one_before() throws Exception {
        KubernetesBackend shared = options(inPod(), options -> {}).build();
        opened(shared.forPool("video"));
        Backend before = opened(shared.forPool("thumbs"));
        RunnerHandle old = before.start(spec("thumbs-1"));
        Backend after = opened(shared.forPool("thumbs"));
        RunnerHandle young = after.start(spec("thumbs-1"));

        becomes(podOf("thumbs-1"), "Failed", 1);

        end(old);
        assertThat(young.exit().toCompletableFuture()).isNotDone();
        assertThat(podOf("thumbs-1.2")).isNotNull();
    }

    // ---- sweeping

    @Test
    void what_an_earlier_process_of_this_container_left_is_removed() throws Exception {
        Backend before = backend(options -> {});
        before.start(spec("thumbs-1"));
        String left = onlyPod().getMetadata().getName();
        Surroundings restarted = new Surroundings(
                inPod().variables(),
                Path.of("/does/not/exist"),
                "web-1",
                Instant.now().plusSeconds(60));

        Backend after = opened(options(restarted, options -> {}).build().forPool("thumbs"));
        after.start(spec("thumbs-1"));

        eventually(() -> assertThat(runnerPods())
                .extracting(pod -> pod.getMetadata().getName())
                .hasSize(1)
                .doesNotContain(left));
    }

    @Test
    void runners_without_owner_whose_parent_is_gone_are_removed_by_another_replica() throws Exception {
        Backend before = backend(options -> options.omitOwnerReference(true));
        before.start(spec("thumbs-1"));
        String left = onlyPod().getMetadata().getName();
        server.client()
                .pods()
                .inNamespace(NAMESPACE)
                .withName("web-1")
                .withGracePeriod(0)
                .delete();
        server.put(TestParents.web(NAMESPACE, "web-2", "parent-2"));
        Map<String, String> other = Map.of("POD_NAME", "web-2", "POD_NAMESPACE", NAMESPACE, "POD_IP", "127.0.0.1");

        Backend after = backend(other, options -> options.omitOwnerReference(true));
        after.start(spec("thumbs-1"));

        eventually(() -> assertThat(runnerPods())
                .extracting(pod -> pod.getMetadata().getName())
                .hasSize(1)
                .doesNotContain(left));
    }

    @Test
    void a_pod_of_this_process_that_no_runner_knows_is_removed() throws Exception {
        Backend backend = backend(options -> {});
        backend.start(spec("thumbs-1"));
        Pod stray = new PodBuilder(onlyPod())
                .editMetadata()
                .withName("web-1-flame-stray")
                .withGenerateName(null)
                .withUid("stray")
                .withResourceVersion(null)
                .endMetadata()
                .build();

        server.put(stray);

        eventually(() -> assertThat(runnerPods())
                .extracting(pod -> pod.getMetadata().getName())
                .hasSize(1)
                .doesNotContain("web-1-flame-stray"));
    }

    // ---- the parts

    /** As a pool does it. */
    private static RunnerHandle startWhenThereIsRoom(Backend backend, RunnerSpec spec) throws InterruptedException {
        while (true) {
            backend.awaitRoom();
            try {
                return backend.start(spec);
            } catch (NoRoomException e) {
                // It had not heard of all others yet.
                assertThat(e).hasMessageContaining("one too many");
            }
        }
    }

    private Backend backend(Consumer<KubernetesBackendBuilder> choices) {
        return opened(options(inPod(), choices).build().forPool("thumbs"));
    }

    private Backend backend(Map<String, String> variables, Consumer<KubernetesBackendBuilder> choices) {
        Surroundings surroundings = new Surroundings(variables, Path.of("/does/not/exist"), "laptop", null);
        return opened(options(surroundings, choices).build().forPool("thumbs"));
    }

    private Backend opened(Backend backend) {
        opened.add(backend);
        return backend;
    }

    private KubernetesBackendBuilder options(Surroundings where, Consumer<KubernetesBackendBuilder> choices) {
        KubernetesBackendBuilder builder =
                KubernetesBackend.builder().client(server.client(USER)).surroundings(where);
        choices.accept(builder);
        return builder;
    }

    private static Surroundings inPod() {
        return new Surroundings(
                Map.of("POD_NAME", "web-1", "POD_NAMESPACE", NAMESPACE, "POD_IP", "127.0.0.1"),
                Path.of("/does/not/exist"),
                "web-1",
                null);
    }

    private static RunnerSpec spec(String runnerId) {
        return new RunnerSpec(
                "thumbs",
                runnerId,
                Map.of("FLAME_PARENT", "the-parent", "FLAME_PARENT_TOKEN", "the-ticket"),
                TIMEOUT,
                Duration.ofSeconds(5));
    }

    private List<Pod> runnerPods() {
        return server.client().pods().inNamespace(NAMESPACE).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getLabels() != null
                        && pod.getMetadata().getLabels().containsKey("flame4j.io/runner"))
                .toList();
    }

    private Pod onlyPod() {
        List<Pod> pods = runnerPods();
        assertThat(pods).hasSize(1);
        return pods.get(0);
    }

    private Pod podOf(String runnerId) {
        return runnerPods().stream()
                .filter(pod -> runnerId.equals(pod.getMetadata().getLabels().get("flame4j.io/runner")))
                .findFirst()
                .orElseThrow();
    }

    private static PodStatusBuilder running() {
        return new PodStatusBuilder()
                .withPhase("Running")
                .addNewContainerStatus()
                .withName("runner")
                .withNewState()
                .withNewRunning()
                .withStartedAt(Instant.now().toString())
                .endRunning()
                .endState()
                .endContainerStatus();
    }

    private void becomes(Pod pod, String phase, int exitCode) {
        status(
                pod,
                new PodStatusBuilder()
                        .withPhase(phase)
                        .addNewContainerStatus()
                        .withName("runner")
                        .withNewState()
                        .withNewTerminated()
                        .withExitCode(exitCode)
                        .withReason(exitCode == 0 ? "Completed" : "Error")
                        .endTerminated()
                        .endState()
                        .endContainerStatus());
    }

    private void waits(Pod pod, String reason, String message) {
        status(
                pod,
                new PodStatusBuilder()
                        .withPhase("Pending")
                        .addNewContainerStatus()
                        .withName("runner")
                        .withImage(pod.getSpec().getContainers().get(0).getImage())
                        .withNewState()
                        .withNewWaiting()
                        .withReason(reason)
                        .withMessage(message)
                        .endWaiting()
                        .endState()
                        .endContainerStatus());
    }

    private void status(Pod pod, PodStatusBuilder status) {
        server.client()
                .pods()
                .inNamespace(NAMESPACE)
                .withName(pod.getMetadata().getName())
                .editStatus(
                        now -> new PodBuilder(now).withStatus(status.build()).build());
    }

    private int writes() {
        return server.count(request -> request.user().equals(USER)
                && List.of("create", "delete", "patch", "update").contains(request.verb()));
    }

    /** How often the backend has asked for something. */
    private int calls(String verb, String resource) {
        return server.count(request -> request.user().equals(USER) && request.is(verb, resource));
    }

    private static RunnerExit end(RunnerHandle runner) throws Exception {
        return runner.exit().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void eventually(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(assertion);
    }
}
