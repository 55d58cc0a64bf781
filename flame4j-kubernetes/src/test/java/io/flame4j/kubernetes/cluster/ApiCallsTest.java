package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import io.flame4j.kubernetes.internal.api.Clients;
import io.flame4j.kubernetes.internal.api.PodApi;
import io.flame4j.kubernetes.internal.api.PodFeed;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls to the API server and the feed, on a real one. */
@Tag("cluster")
@Timeout(300)
class ApiCallsTest {

    private static final Logger LOG = LoggerFactory.getLogger(ApiCallsTest.class);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Map<String, String> LABELS = Map.of("flame4j.io/parent", "app-1");
    private static final String[] ALL = {"create", "get", "list", "watch", "delete", "patch"};

    @RegisterExtension
    final ApiServerExtension cluster = new ApiServerExtension();

    @TempDir
    Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void close() throws Exception {
        callers.shutdownNow();
        for (AutoCloseable each : opened) {
            each.close();
        }
        assertThat(callers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static ConditionFactory await() {
        return org.awaitility.Awaitility.await().atMost(PATIENCE);
    }

    private PodApi api(KubernetesClient client) {
        PodApi api = new PodApi(client, Clients.identity(client));
        opened.add(api);
        return api;
    }

    private PodFeed feed(KubernetesClient client) {
        PodFeed feed =
                PodFeed.open(client, cluster.namespace(), LABELS, Clients.identity(client), new PodFeed.Listener() {
                    @Override
                    public void changed(Pod pod) {
                        events.add("+" + runner(pod));
                    }

                    @Override
                    public void gone(Pod lastKnown) {
                        events.add("-" + runner(lastKnown));
                    }
                });
        opened.add(feed);
        return feed;
    }

    private static String runner(Pod pod) {
        return pod.getMetadata().getLabels().get("flame4j.io/runner");
    }

    private Pod pod(String runner) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(cluster.namespace())
                .withGenerateName("app-1-runner-")
                .addToLabels(LABELS)
                .addToLabels("flame4j.io/runner", runner)
                .addToLabels("flame4j.io/pool", "thumbs")
                .addToLabels("flame4j.io/parent-life", "life1")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("runner")
                .withImage("nowhere/app:1")
                .endContainer()
                .endSpec()
                .build();
    }

    private List<Pod> pods() {
        return cluster.admin().pods().inNamespace(cluster.namespace()).list().getItems();
    }

    private long calls(String verb) {
        // Those that the server had no time for, or gave up, are asked again.
        return cluster.calls("app").stream()
                .filter(call -> call.verb().equals(verb) && call.resource().equals("pods") && call.code() < 300)
                .count();
    }

    /**
     * What admits pods reads the quota for itself, and lets them in until it has seen it. That shows while none may come;
     * who creates one before it has seen the real number waits.
     */
    private void quota(int pods) {
        cluster.admin()
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withNamespace(cluster.namespace())
                        .withName("few")
                        .endMetadata()
                        .withNewSpec()
                        .addToHard("pods", new Quantity("0"))
                        .endSpec()
                        .build())
                .create();
        await().untilAsserted(() -> assertThatThrownBy(
                        () -> cluster.admin().resource(pod("none")).dryRun().create())
                .hasMessageContaining("exceeded quota"));
        cluster.admin()
                .resourceQuotas()
                .inNamespace(cluster.namespace())
                .withName("few")
                .edit(quota -> new ResourceQuotaBuilder(quota)
                        .editSpec()
                        .addToHard("pods", new Quantity(Integer.toString(pods)))
                        .endSpec()
                        .build());
    }

    // Rights

    @Test
    void with_the_seeds_role_pods_are_made_and_listed_and_the_missing_verb_is_known() throws Exception {
        KubernetesClient app = cluster.as("app", ApiServerExtension.SEED_RULE);
        PodApi api = api(app);
        PodFeed feed = feed(app);
        feed.awaitSynced(PATIENCE);
        Pod created = api.create(pod("r1"), PATIENCE);
        await().until(() -> events.contains("+r1"));
        await().until(feed::isListing);
        api.delete(created, Duration.ZERO);
        assertThat(api.awaitDeletes(PATIENCE)).isTrue();
        await().until(() -> events.contains("-r1"));
        assertThat(api.allowed("watch", "pods", cluster.namespace())).isFalse();
        assertThat(api.allowed("list", "pods", cluster.namespace())).isTrue();
        assertThat(api.log(cluster.namespace(), "any", "runner", 50, PATIENCE))
                .singleElement()
                .asString()
                .contains("grant get on pods/log");
        assertThat(api.claimModes(cluster.namespace(), List.of("any"))).isEmpty();
    }

    @Test
    void a_denied_call_names_the_account_and_the_rule() {
        KubernetesClient app = cluster.as("app", ApiServerExtension.podsRule("get"));
        PodApi api = api(app);
        PodFeed feed = feed(app);
        String account = "service account \"app\" of namespace \"" + cluster.namespace() + "\"";
        ApiException create = catchThrowableOfType(ApiException.class, () -> api.create(pod("r1"), PATIENCE));
        assertThat(create.kind()).isEqualTo(Kind.DENIED);
        assertThat(create)
                .hasMessageContaining(account + " may not create pods in namespace")
                .hasMessageContaining("verbs: [\"create\"]");
        ApiException secret = catchThrowableOfType(ApiException.class, () -> api.create(secret(), PATIENCE));
        assertThat(secret)
                .hasMessageContaining(account + " may not create secrets")
                .hasMessageContaining("resources: [\"secrets\"]");
        ApiException list = catchThrowableOfType(ApiException.class, () -> feed.awaitSynced(PATIENCE));
        assertThat(list.kind()).isEqualTo(Kind.DENIED);
        assertThat(list).hasMessageContaining(account + " may not list pods");
    }

    private Secret secret() {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(cluster.namespace())
                .withName("app-1-r1")
                .endMetadata()
                .withStringData(Map.of("TOKEN", "very secret"))
                .build();
    }

    @Test
    void a_secret_is_created_once_and_its_delete_is_sure() throws Exception {
        PodApi api = api(cluster.admin());
        Secret created = api.create(secret(), PATIENCE);
        api.delete(created);
        assertThat(api.awaitDeletes(PATIENCE)).isTrue();
        assertThat(cluster.admin()
                        .secrets()
                        .inNamespace(cluster.namespace())
                        .withName("app-1-r1")
                        .get())
                .isNull();
        Secret second = api.create(secret(), PATIENCE);
        // The first is gone; the second, which has its name, is another.
        api.delete(created).toCompletableFuture().get();
        assertThat(cluster.admin().resource(second).get()).isNotNull();
    }

    // Refusals

    @Test
    void a_full_quota_is_waited_for_and_then_told() throws Exception {
        quota(1);
        PodApi api = api(cluster.as("app", ApiServerExtension.podsRule(ALL)));
        Pod first = api.create(pod("r1"), PATIENCE);
        ApiException full =
                catchThrowableOfType(ApiException.class, () -> api.create(pod("r2"), Duration.ofSeconds(3)));
        assertThat(full.kind()).isEqualTo(Kind.QUOTA);
        assertThat(full).hasMessageContaining("exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1");
        Future<Pod> waiting = callers.submit(() -> api.create(pod("r3"), PATIENCE));
        api.delete(first, Duration.ZERO);
        assertThat(runner(waiting.get())).isEqualTo("r3");
    }

    @Test
    void what_the_server_refuses_is_told_with_its_reason() {
        PodApi api = api(cluster.admin());
        ApiException invalid = catchThrowableOfType(
                ApiException.class,
                () -> api.create(
                        new PodBuilder(pod("r1"))
                                .editSpec()
                                .withRestartPolicy("Sometimes")
                                .endSpec()
                                .build(),
                        PATIENCE));
        assertThat(invalid.kind()).isEqualTo(Kind.REFUSED);
        assertThat(invalid).hasMessageContaining("spec.restartPolicy");
        ApiException nobody = catchThrowableOfType(
                ApiException.class,
                () -> api.create(
                        new PodBuilder(pod("r1"))
                                .editSpec()
                                .withServiceAccountName("nobody")
                                .endSpec()
                                .build(),
                        PATIENCE));
        assertThat(nobody.kind()).isEqualTo(Kind.REFUSED);
        assertThat(nobody).hasMessageContaining("service account of the pod does not exist");
        ApiException nowhere = catchThrowableOfType(
                ApiException.class,
                () -> api.create(
                        new PodBuilder(pod("r1"))
                                .editMetadata()
                                .withNamespace("flame4j-nowhere")
                                .endMetadata()
                                .build(),
                        PATIENCE));
        assertThat(nowhere.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(nowhere).hasMessageContaining("the namespace does not exist");
        ApiException rejected = catchThrowableOfType(
                ApiException.class, () -> api(cluster.withToken("made-up")).create(pod("r1"), PATIENCE));
        assertThat(rejected.kind()).isEqualTo(Kind.UNAUTHENTICATED);
    }

    // Burst

    @Test
    void two_hundred_pods_at_once_take_four_hundred_calls() throws Exception {
        KubernetesClient app = cluster.as("app", ApiServerExtension.podsRule(ALL));
        PodApi api = api(app);
        PodFeed feed = feed(app);
        feed.awaitSynced(PATIENCE);
        long begin = System.nanoTime();
        List<Future<Long>> boots = new ArrayList<>();
        List<Pod> created = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 200; i++) {
            Pod pod = pod("r" + i);
            boots.add(callers.submit(() -> {
                long asked = System.nanoTime();
                created.add(api.create(pod, PATIENCE));
                return System.nanoTime() - asked;
            }));
        }
        List<Long> nanos = new ArrayList<>();
        for (Future<Long> boot : boots) {
            nanos.add(boot.get());
        }
        long all = System.nanoTime() - begin;
        await().until(() -> feed.pods().size() == 200);
        created.forEach(pod -> api.delete(pod, Duration.ZERO));
        assertThat(api.awaitDeletes(PATIENCE)).isTrue();
        await().until(() -> feed.pods().isEmpty());
        nanos.sort(null);
        LOG.info(
                "200 pods created in {} ms; one took {} ms in the middle, {} ms at most",
                all / 1_000_000,
                nanos.get(100) / 1_000_000,
                nanos.get(199) / 1_000_000);
        // The audit log tells of a watch when it ends.
        feed.close();
        await().until(() -> calls("watch") > 0);
        assertThat(calls("delete")).isEqualTo(200);
        assertThat(calls("create")).isEqualTo(200);
        // A create whose answer was not there in time is looked up once before it is sent again.
        assertThat(calls("list")).isBetween(1L, 19L);
        assertThat(calls("watch")).isEqualTo(1);
    }

    // Outages

    @Test
    void a_server_that_restarts_in_the_middle_of_fifty_creations_gets_fifty_pods() throws Exception {
        KubernetesClient app = cluster.as("app", ApiServerExtension.podsRule(ALL));
        PodApi api = api(app);
        PodFeed feed = feed(app);
        feed.awaitSynced(PATIENCE);
        List<Future<Pod>> boots = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Pod pod = pod("r" + i);
            int wait = i * 20;
            boots.add(callers.submit(() -> {
                TimeUnit.MILLISECONDS.sleep(wait);
                return api.create(pod, Duration.ofMinutes(3));
            }));
        }
        await().until(() -> events.size() >= 10);
        cluster.halt();
        cluster.resume();
        for (Future<Pod> boot : boots) {
            boot.get();
        }
        assertThat(pods()).hasSize(50).extracting(ApiCallsTest::runner).doesNotHaveDuplicates();
        await().until(() -> feed.pods().size() == 50);
        api.delete(boots.get(7).get(), Duration.ZERO);
        await().until(() -> events.contains("-r7"));
    }

    @Test
    void what_happened_while_the_history_was_forgotten_is_told() throws Exception {
        KubernetesClient app = cluster.as("app", ApiServerExtension.podsRule(ALL));
        PodApi api = api(app);
        Pod first = api.create(pod("r1"), PATIENCE);
        PodFeed feed = feed(app);
        feed.awaitSynced(PATIENCE);
        Pod zero = api.create(pod("r0"), PATIENCE);
        await().untilAsserted(() -> assertThat(events).containsExactly("+r1", "+r0"));
        cluster.compact();
        api.delete(zero, Duration.ZERO);
        api.create(pod("r2"), PATIENCE);
        api.delete(first, Duration.ZERO);
        await().untilAsserted(() -> assertThat(events).contains("+r2", "-r1", "-r0"));
        assertThat(feed.pods()).hasSize(1);
        assertThat(feed.isListing()).isFalse();
    }

    // In a pod

    @Test
    void in_a_pod_the_files_of_the_service_account_lead_to_the_server_and_are_read_again() throws Exception {
        cluster.createAccount("app", ApiServerExtension.podsRule(ALL));
        cluster.createAccount("app2", ApiServerExtension.podsRule(ALL));
        writeToken(cluster.token("app"));
        Files.writeString(directory.resolve("ca.crt"), cluster.caCertificate());
        Files.writeString(directory.resolve("namespace"), cluster.namespace());
        URI server = URI.create(cluster.url());
        Map<String, String> variables = Map.of(
                "KUBERNETES_SERVICE_HOST",
                server.getHost(),
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(server.getPort()));
        try (KubernetesClient client = Clients.create(variables, directory)) {
            assertThat(Clients.identity(client).user())
                    .isEqualTo("service account \"app\" of namespace \"" + cluster.namespace() + "\"");
            PodApi api = api(client);
            PodFeed feed = feed(client);
            feed.awaitSynced(PATIENCE);
            api.create(pod("r1"), PATIENCE);
            await().until(() -> events.contains("+r1"));
            // From now on the first token is nobody's, though the server may remember it for a few seconds.
            cluster.admin()
                    .serviceAccounts()
                    .inNamespace(cluster.namespace())
                    .withName("app")
                    .delete();
            writeToken(cluster.token("app2"));
            api.create(pod("r2"), PATIENCE);
            cluster.restart();
            api.create(pod("r3"), PATIENCE);
            await().untilAsserted(() -> assertThat(events).contains("+r2", "+r3"));
            feed.close();
        }
        await().untilAsserted(() ->
                assertThat(cluster.calls("app2")).extracting(ApiCall::verb).contains("create", "watch"));
    }

    private void writeToken(String token) throws Exception {
        Path next = Files.writeString(directory.resolve("next"), token);
        Files.move(
                next, directory.resolve("token"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
