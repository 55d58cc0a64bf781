package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The whole path on a real API server: the parent is a pod with a service account that may do what the docs' Role says, and
 * no more, and shows its own token.
 */
@Tag("cluster")
class RealServerPathTest extends WholePathTests {

    private static final String ACCOUNT = "parent";

    /** What {@code tokenInSecret} takes beside the Role. */
    private static final PolicyRule SECRETS = new PolicyRuleBuilder()
            .withApiGroups("")
            .withResources("secrets")
            .withVerbs("create", "delete")
            .build();

    @RegisterExtension
    final ApiServerExtension cluster = new ApiServerExtension();

    private ProcessNode node;

    @BeforeEach
    void startNode() {
        node = ProcessNode.builder(admin())
                .namespaces(namespace())
                .serviceAccountFiles(ParentServer.SERVICE_ACCOUNT)
                // So that it notices that the API server is away, and looks again when it is back.
                .heartbeat(Duration.ofSeconds(1))
                .start();
    }

    @AfterEach
    void endNode() {
        node.close();
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(child -> child.info().commandLine().orElse("").contains("flame4j")))
                .as("processes of pods")
                .isEmpty();
    }

    @Override
    KubernetesClient admin() {
        return cluster.admin();
    }

    @Override
    String namespace() {
        return cluster.namespace();
    }

    @Override
    ProcessNode node() {
        return node;
    }

    /** With the seed's Role and the right to watch. */
    @Override
    Pod withAccess(Pod parent) {
        PolicyRule pods = ApiServerExtension.podsRule("create", "get", "list", "watch", "delete", "patch");
        return withAccess(parent, pods, SECRETS);
    }

    private Pod withAccess(Pod parent, PolicyRule... rules) {
        if (admin().serviceAccounts().inNamespace(namespace()).withName(ACCOUNT).get() == null) {
            cluster.createAccount(ACCOUNT, rules);
        }
        return new PodBuilder(parent)
                .editSpec()
                .withServiceAccountName(ACCOUNT)
                .endSpec()
                .build();
    }

    private ParentPod startWith(PolicyRule... rules) {
        return ParentPod.start(
                admin(),
                withAccess(ParentPod.template(namespace(), "parent", env()).build(), rules));
    }

    // ---- rights

    @Test
    void with_exactly_the_seeds_role_pods_are_listed_and_the_missing_verb_is_named() throws Exception {
        ParentPod parent = startWith(ApiServerExtension.SEED_RULE);

        assertThat(parent.ask("/call")).isNotEmpty();
        parent.ask("/close");

        eventually(() -> assertThat(parent.runners()).isEmpty());
        String log = node.logs(parent.name());
        assertThat(log).containsOnlyOnce("may not watch pods in namespace \"" + namespace() + "\"");
        assertThat(log.substring(log.indexOf("may not watch pods"))).contains("verbs: [\"watch\"]");
    }

    @Test
    void without_the_right_to_create_pods_the_call_says_which_rule_to_add() throws Exception {
        ParentPod parent = startWith(ApiServerExtension.podsRule("get", "list", "watch"));

        assertThat(parent.failure("/call"))
                .startsWith("io.flame4j.RunnerBootException")
                .contains("create")
                .contains("pods")
                .contains(namespace())
                .contains(ACCOUNT)
                .contains("verbs:");
    }

    @Test
    void a_runner_costs_two_writes_and_no_reads() throws Exception {
        env().put("POOL_MAX", "3");
        ParentPod parent = start();
        List<CompletableFuture<String>> held =
                List.of(parent.asking("/hold?gate=g"), parent.asking("/hold?gate=g"), parent.asking("/hold?gate=g"));
        parent.awaitWaiting("g", 3);
        parent.ask("/open?gate=g");
        held.forEach(CompletableFuture::join);
        parent.ask("/close");
        eventually(() -> assertThat(parent.runners()).isEmpty());

        List<ApiCall> all = cluster.calls(ACCOUNT);
        // Those that the server had no time for, or gave up, are asked again.
        List<ApiCall> calls = all.stream().filter(call -> call.code() < 300).toList();

        assertThat(calls).filteredOn(call -> call.verb().equals("create")).hasSize(3);
        assertThat(calls).filteredOn(call -> call.verb().equals("delete")).hasSize(3);
        assertThat(calls).filteredOn(call -> call.verb().equals("get")).hasSize(1);
        // The first, and a look for each pod whose creation was not answered in time.
        assertThat(calls).filteredOn(call -> call.verb().equals("list")).hasSizeLessThanOrEqualTo(1 + 3);
        assertThat(calls).filteredOn(call -> call.verb().equals("watch")).hasSizeLessThanOrEqualTo(2);
        System.out.println("API calls of a parent with 3 runners: " + all);
    }

    // ---- an API server in trouble

    @Test
    void calls_go_on_while_the_api_server_is_away_and_pods_go_when_it_is_back() throws Exception {
        ParentPod parent = start();
        CompletableFuture<String> held = parent.asking("/hold?gate=g");
        parent.awaitWaiting("g", 1);

        cluster.halt();
        parent.ask("/open?gate=g");
        assertThat(held.join()).startsWith("200 ");
        CompletableFuture<String> closing = parent.asking("/close");
        cluster.resume();

        assertThat(closing.join()).isEqualTo("200 closed");
        if (node.logs(parent.name()).contains("did not take all removals")) {
            // It was away for longer than closing waits: as the message says, what is left goes with the parent's pod.
            parent.delete();
        }
        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void fifty_boots_survive_a_restart_of_the_api_server() throws Exception {
        env().put("POOL_MAX", "50");
        env().put("POOL_BOOT", "PT5M");
        ParentPod parent = start();
        List<CompletableFuture<String>> held = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            held.add(parent.asking("/hold?gate=g"));
        }
        eventually(() -> assertThat(parent.runners()).hasSizeGreaterThan(5));

        cluster.restart();

        Awaitility.await()
                .atMost(Duration.ofMinutes(10))
                .untilAsserted(() -> assertThat(parent.ask("/waiting?gate=g")).isEqualTo("50"));
        assertThat(parent.runners()).hasSize(50);
        parent.ask("/open?gate=g");
        assertThat(held).extracting(CompletableFuture::join).allMatch(answer -> answer.startsWith("200 "));
        parent.ask("/close");
        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    @Test
    void the_feed_goes_on_after_the_server_has_forgotten_the_past() throws Exception {
        ParentPod parent = start();
        parent.ask("/call");

        cluster.compact();

        // Until the feed is back, the pool may learn of a pod's end later than it waits for the reason of a loss.
        eventually(() -> assertThat(parent.failure("/exit?code=5")).contains("exited with code 5"));
        assertThat(parent.ask("/call")).isNotEmpty();
        parent.ask("/close");
        eventually(() -> assertThat(parent.runners()).isEmpty());
    }

    @Test
    void a_quota_makes_the_boot_wait_until_it_clears() throws Exception {
        ParentPod parent = start();
        admin().resourceQuotas()
                .inNamespace(namespace())
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName("few")
                        .endMetadata()
                        .withNewSpec()
                        .addToHard("pods", new Quantity("1"))
                        .endSpec()
                        .build())
                .create();
        eventually(() -> assertThat(admin().resourceQuotas()
                        .inNamespace(namespace())
                        .withName("few")
                        .get()
                        .getStatus()
                        .getUsed())
                .containsEntry("pods", new Quantity("1")));
        // What admits pods reads the quota for itself, and may let some in before it has seen it.
        Pod another = ParentPod.template(namespace(), "another", Map.of()).build();
        eventually(() -> assertThatThrownBy(
                        () -> admin().resource(another).dryRun().create())
                .hasMessageContaining("exceeded quota"));
        CompletableFuture<String> call = parent.asking("/call");
        eventually(() -> assertThat(node.logs(parent.name())).contains("exceeded quota"));

        admin().resourceQuotas().inNamespace(namespace()).withName("few").delete();

        assertThat(call.join()).startsWith("200 ");
    }
}
