package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.testkit.kubernetes.ProcessNode;
import io.flame4j.testkit.kubernetes.Trouble;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole path: a parent that is a pod, the API server, pods of runners, their JVMs, calls, results, and that nothing is
 * left. What the API server is, is for the subclass to say; the node is one that runs pods as processes of this machine.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
abstract class WholePathTests {

    private static final Predicate<Pod> RUNNERS = pod -> pod.getMetadata().getLabels() != null
            && pod.getMetadata().getLabels().containsKey("flame4j.io/runner");

    private final Map<String, String> env = new HashMap<>();

    /** Who may do everything. */
    abstract KubernetesClient admin();

    abstract String namespace();

    abstract ProcessNode node();

    /** What the parent needs to find the API server; changes the pod. */
    abstract Pod withAccess(Pod parent);

    // ---- calls

    @Test
    void calls_run_in_pods_of_which_none_is_left() throws Exception {
        ParentPod parent = start();

        String pod = parent.ask("/call");

        assertThat(parent.runners())
                .extracting(each -> each.getMetadata().getName())
                .containsExactly(pod);
        assertThat(pod).startsWith(parent.name() + "-flame-");
        assertThat(parent.ask("/call")).as("the runner is used again").isEqualTo(pod);
        parent.ask("/close");
        assertThat(parent.runners()).as("closing waits for the removals").allMatch(WholePathTests::isGoing);
        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    @Test
    void many_calls_are_spread_over_as_many_pods_as_are_allowed() throws Exception {
        env.put("POOL_MAX", "3");
        ParentPod parent = start();
        List<CompletableFuture<String>> held =
                List.of(parent.asking("/hold?gate=g"), parent.asking("/hold?gate=g"), parent.asking("/hold?gate=g"));
        parent.awaitWaiting("g", 3);

        assertThat(parent.runners()).hasSize(3);
        parent.ask("/open?gate=g");

        assertThat(held)
                .extracting(CompletableFuture::join)
                .allMatch(answer -> answer.startsWith("200 "))
                .doesNotHaveDuplicates();
        assertThat(parent.ask("/burst?calls=60")).isNotEmpty();
    }

    @Test
    void idle_runners_go_and_their_pods_with_them() throws Exception {
        env.put("POOL_IDLE", "PT0.3S");
        ParentPod parent = start();
        parent.ask("/call");

        eventually(() -> assertThat(parent.runners()).isEmpty());

        assertThat(parent.ask("/call")).as("the next call boots another").isNotEmpty();
    }

    @Test
    void the_token_can_be_in_a_secret_that_goes_with_the_pod() throws Exception {
        env.put("TOKEN_IN_SECRET", "true");
        ParentPod parent = start();

        parent.ask("/call");

        assertThat(secrets()).hasSize(1);
        assertThat(parent.runners().get(0).toString()).doesNotContain("token=");
        parent.ask("/close");
        eventually(() -> assertThat(secrets()).as("by garbage collection").isEmpty());
    }

    // ---- runners that are lost

    @Test
    void a_runner_that_exits_is_a_lost_runner_with_its_exit_code() throws Exception {
        ParentPod parent = start();

        assertThat(parent.failure("/exit?code=7"))
                .startsWith("io.flame4j.RunnerLostException")
                .contains("exited with code 7")
                .contains("pod " + parent.name() + "-flame-");

        eventually(() -> assertThat(parent.runners()).isEmpty());
        assertThat(parent.ask("/call")).isNotEmpty();
    }

    @Test
    void a_runner_without_memory_is_told_from_others() throws Exception {
        Pod limited = new PodBuilder(template("parent"))
                .editSpec()
                .editFirstContainer()
                .withNewResources()
                .addToLimits("memory", new Quantity("640Mi"))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
        ParentPod parent = ParentPod.start(admin(), withAccess(limited));

        assertThat(lossAfter(parent, () -> node().oomKill(RUNNERS)))
                .contains("OOMKilled")
                .contains("640Mi");
    }

    @Test
    void an_eviction_is_told_with_the_nodes_message() throws Exception {
        assertThat(lossAfter(() -> node().evict(RUNNERS, "The node was low on resource: memory.")))
                .contains("The node was low on resource: memory.");
    }

    private String lossAfter(Runnable misfortune) throws IOException {
        return lossAfter(start(), misfortune);
    }

    private String lossAfter(ParentPod parent, Runnable misfortune) throws IOException {
        CompletableFuture<String> held = parent.asking("/hold?gate=never");
        parent.awaitWaiting("never", 1);

        misfortune.run();

        String answer = held.join();
        assertThat(answer).startsWith("500 io.flame4j.RunnerLostException");
        eventually(() -> assertThat(parent.runners()).isEmpty());
        return answer;
    }

    @Test
    void calls_that_are_safe_to_repeat_run_again_elsewhere() throws Exception {
        ParentPod parent = start();
        CompletableFuture<String> held = parent.asking("/hold?gate=g&retries=1");
        parent.awaitWaiting("g", 1);
        String first = parent.runners().get(0).getMetadata().getName();

        node().kill(RUNNERS);
        parent.awaitWaiting("g", 2);
        parent.ask("/open?gate=g");

        assertThat(held.join()).startsWith("200 ").doesNotContain(first);
    }

    @Test
    void a_preempted_runner_finishes_its_calls_and_takes_no_more() throws Exception {
        finishesItsCallsWhen(
                runner -> node().preempt(ProcessNode.named(runner), "preempted by a pod of higher priority"));
    }

    @Test
    void a_drained_runner_finishes_its_calls_and_takes_no_more() throws Exception {
        finishesItsCallsWhen(runner ->
                admin().pods().inNamespace(namespace()).withName(runner).delete());
    }

    private void finishesItsCallsWhen(Consumer<String> drained) throws Exception {
        // The call goes on while another runner boots, and so it must have the time.
        env.put("POOL_SHUTDOWN", "PT2M");
        ParentPod parent = start();
        CompletableFuture<String> held = parent.asking("/hold?gate=g");
        parent.awaitWaiting("g", 1);
        String draining = parent.runners().get(0).getMetadata().getName();

        drained.accept(draining);

        assertThat(parent.ask("/call")).isNotEqualTo(draining);
        parent.ask("/open?gate=g");
        assertThat(held.join()).startsWith("200 " + draining);
        eventually(() -> assertThat(admin().pods()
                        .inNamespace(namespace())
                        .withName(draining)
                        .get())
                .isNull());
    }

    // ---- boots that fail

    @Test
    void an_image_that_cannot_be_pulled_fails_the_call_at_once() throws Exception {
        Trouble trouble =
                node().failImagePulls(RUNNERS, "manifest for registry.example/parent:1 not found: manifest unknown");
        ParentPod parent = start();

        assertThat(parent.failure("/call"))
                .startsWith("io.flame4j.RunnerBootException")
                .contains("registry.example/parent:1")
                .contains("manifest unknown");

        eventually(() -> assertThat(parent.runners()).isEmpty());
        trouble.end();
        assertThat(parent.ask("/call")).isNotEmpty();
    }

    @Test
    void a_malformed_image_name_fails_the_call_at_once() throws Exception {
        node().refuseImageNames(RUNNERS, "couldn't parse image reference: invalid reference format");
        ParentPod parent = start();

        assertThat(parent.failure("/call"))
                .startsWith("io.flame4j.RunnerBootException")
                .contains("invalid reference format");

        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    @Test
    void a_secret_that_is_missing_is_named() throws Exception {
        node().failConfig(RUNNERS, "secret \"db-password\" not found");
        env.put("POOL_BOOT", "PT60S");
        ParentPod parent = start();
        CompletableFuture<String> call = parent.asking("/call");

        eventually(() -> assertThat(node().logs(parent.name())).contains("db-password"));

        parent.ask("/close");
        assertThat(call.join()).startsWith("500 ");
        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    @Test
    void pods_that_find_no_node_fail_the_boot_with_the_schedulers_message() throws Exception {
        env.put("UNSCHEDULABLE_GRACE", "PT0.5S");
        env.put("POOL_MIN", "0");
        node().leaveUnscheduled(RUNNERS, "0/3 nodes are available: 3 Insufficient memory.");
        ParentPod parent = start();
        CompletableFuture<String> call = parent.asking("/call");

        eventually(() -> assertThat(node().logs(parent.name())).contains("3 Insufficient memory"));

        parent.ask("/close");
        assertThat(call.join()).startsWith("500 ");
        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    @Test
    void a_runner_that_cannot_reach_its_parent_says_which_address_it_dialled() throws Exception {
        env.put("ADVERTISED", "no-such-host.invalid");
        env.put("POOL_BOOT", "PT4S");
        ParentPod parent = start();
        CompletableFuture<String> call = parent.asking("/call");

        eventually(() -> assertThat(node().logs(parent.name()))
                .contains("no-such-host.invalid")
                .contains("NetworkPolicy"));

        parent.ask("/close");
        call.join();
        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    // ---- parents that end

    @Test
    void a_parent_that_is_told_to_end_removes_its_pods_first() throws Exception {
        ParentPod parent = start();
        parent.ask("/call");
        List<Pod> before = parent.runners();
        assertThat(before).hasSize(1);

        parent.delete();

        assertThat(parent.runners())
                .as("when the parent is gone, its runners are, too, or the node is about to remove them")
                .allMatch(WholePathTests::isGoing)
                .allMatch(WholePathTests::wasHurried);
        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    @Test
    void runners_of_a_parent_that_crashed_end_by_themselves_and_go_with_its_pod() throws Exception {
        ParentPod parent = start();
        String runner = parent.ask("/call");

        parent.asking("/halt").join();

        eventually(() -> assertThat(phaseOf(runner)).isIn("Failed", "Succeeded", "gone"));
        parent.delete();
        eventually(
                () -> assertThat(parent.runners()).as("by garbage collection").isEmpty());
    }

    @Test
    void a_restarted_parent_sweeps_what_its_earlier_life_has_left() throws Exception {
        Pod pod = new PodBuilder(template("restarting"))
                .editSpec()
                .withRestartPolicy("Always")
                .endSpec()
                .build();
        ParentPod parent = ParentPod.start(admin(), withAccess(pod));
        String runner = parent.ask("/call");
        // Younger ones may be of a process that lives, as far as clocks can tell.
        Instant created = Instant.parse(parent.runners().get(0).getMetadata().getCreationTimestamp());
        eventually(() -> assertThat(Instant.now()).isAfter(created.plusSeconds(12)));

        parent.asking("/halt").join();
        eventually(() -> assertThat(
                        parent.pod().getStatus().getContainerStatuses().get(0).getRestartCount())
                .isPositive());
        parent.awaitReady();

        assertThat(parent.ask("/call")).isNotEqualTo(runner);
        eventually(() -> assertThat(phaseOf(runner)).isEqualTo("gone"));
    }

    // ---- replicas

    @Test
    void replicas_share_a_bound_and_wait_for_each_other() throws Exception {
        env.put("MAX_IN_NAMESPACE", "1");
        ConfigMap web = admin().resource(owner()).create();
        ParentPod one = ParentPod.start(admin(), withAccess(replica("web-1", web)));
        ParentPod two = ParentPod.start(admin(), withAccess(replica("web-2", web)));
        CompletableFuture<String> held = one.asking("/hold?gate=g");
        one.awaitWaiting("g", 1);
        CompletableFuture<String> waits = two.asking("/call");
        eventually(() -> assertThat(node().logs("web-2"))
                .as("%s", waits.getNow("not answered yet"))
                .contains("maxInNamespace"));
        assertThat(two.runners()).isEmpty();

        one.ask("/open?gate=g");
        assertThat(held.join()).startsWith("200 ");
        one.ask("/close");

        assertThat(waits.join()).startsWith("200 ");
    }

    /** In place of a Deployment or the like, whose controller would have a say in its pods. */
    private ConfigMap owner() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace(namespace())
                .endMetadata()
                .build();
    }

    private Pod replica(String name, ConfigMap owner) {
        return new PodBuilder(template(name))
                .editMetadata()
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName("web")
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .build();
    }

    // ---- the doctor

    @Test
    void the_doctor_boots_a_runner_of_its_own_and_leaves_nothing() throws Exception {
        ParentPod parent = start();

        assertThat(parent.ask("/doctor"))
                .contains("✓ Own pod", "✓ Address", "✓ Pod created", "✓ First call", "✓ Removed")
                .doesNotContain("✗");

        assertThat(parent.runners()).isEmpty();
    }

    // ---- the parts

    Map<String, String> env() {
        return env;
    }

    private Pod template(String name) {
        return ParentPod.template(namespace(), name, env).build();
    }

    ParentPod start() {
        return ParentPod.start(admin(), withAccess(template("parent")));
    }

    private String phaseOf(String name) {
        Pod pod = admin().pods().inNamespace(namespace()).withName(name).get();
        return pod == null ? "gone" : pod.getStatus().getPhase();
    }

    private List<String> secrets() {
        return admin().secrets().inNamespace(namespace()).list().getItems().stream()
                .map(secret -> secret.getMetadata().getName())
                .filter(name -> name.contains("-flame-"))
                .toList();
    }

    private static boolean isGoing(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** By its parent: garbage collection gives a pod all the time that it has. */
    private static boolean wasHurried(Pod pod) {
        return pod.getMetadata().getDeletionGracePeriodSeconds() < pod.getSpec().getTerminationGracePeriodSeconds();
    }

    static void eventually(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(ParentPod.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(assertion);
    }
}
