package io.flame4j.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.flame4j.testkit.LeakCheck;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FakeApiServerTest {

    private static final String NS = "default";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final FakeApiServer server = new FakeApiServer();
    private final KubernetesClient client = server.client();

    @AfterEach
    void close() {
        server.close();
    }

    private static PodBuilder pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("app", "a")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("nowhere/app:1")
                .endContainer()
                .endSpec();
    }

    private Pod create(PodBuilder pod) {
        return client.pods().inNamespace(NS).resource(pod.build()).create();
    }

    private static Pod onNode(PodBuilder pod, String phase) {
        return pod.editMetadata()
                .withNamespace(NS)
                .endMetadata()
                .editSpec()
                .withNodeName("n1")
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    @Test
    void sends_long_lists_in_parts_of_what_was_there_at_first() {
        for (int i = 1; i <= 5; i++) {
            create(pod("p" + i));
        }
        PodList first = list(2, null);
        assertThat(names(first)).containsExactly("p1", "p2");
        assertThat(first.getMetadata().getRemainingItemCount()).isEqualTo(3);
        create(pod("p0"));
        client.pods().inNamespace(NS).withName("p4").withGracePeriod(0).delete();

        PodList second = list(2, first.getMetadata().getContinue());
        PodList third = list(2, second.getMetadata().getContinue());

        assertThat(names(second)).containsExactly("p3", "p4");
        assertThat(names(third)).containsExactly("p5");
        assertThat(third.getMetadata().getContinue()).isNull();
        assertThat(second.getMetadata().getResourceVersion())
                .isEqualTo(first.getMetadata().getResourceVersion());
        assertThat(names(list(2, first.getMetadata().getContinue())))
                .as("asked for again")
                .containsExactly("p3", "p4");
        server.compact();
        assertThatThrownBy(() -> list(2, first.getMetadata().getContinue()))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(410));
    }

    private PodList list(long limit, @Nullable String next) {
        return client.pods()
                .inNamespace(NS)
                .list(new ListOptionsBuilder()
                        .withLimit(limit)
                        .withContinue(next)
                        .build());
    }

    private static List<String> names(PodList pods) {
        return pods.getItems().stream().map(pod -> pod.getMetadata().getName()).toList();
    }

    @Test
    void completes_new_objects_and_generates_names() {
        Pod made = create(pod("x").editMetadata()
                .withName(null)
                .withGenerateName("runner-")
                .endMetadata()
                .withNewStatus()
                .withPhase("Running")
                .endStatus());
        assertThat(made.getMetadata().getName()).matches("runner-[a-z0-9]{5}");
        assertThat(made.getMetadata().getUid()).isNotEmpty();
        assertThat(made.getMetadata().getNamespace()).isEqualTo(NS);
        assertThat(made.getMetadata().getCreationTimestamp()).isNotEmpty();
        assertThat(made.getMetadata().getResourceVersion()).isNotEmpty();
        assertThat(made.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(made.getSpec().getServiceAccountName()).isEqualTo("default");
        assertThat(client.pods().inNamespace(NS).list().getItems()).containsExactly(made);
        assertThat(client.pods().inNamespace("other").list().getItems()).isEmpty();
        assertThat(client.pods().inAnyNamespace().list().getItems()).containsExactly(made);
    }

    @Test
    void refuses_what_a_real_one_refuses() {
        create(pod("a"));
        assertThatThrownBy(() -> create(pod("a"))).isInstanceOfSatisfying(KubernetesClientException.class, e -> {
            assertThat(e.getCode()).isEqualTo(409);
            assertThat(e.getStatus().getReason()).isEqualTo("AlreadyExists");
        });
        assertThatThrownBy(() -> create(pod("b").editSpec().withContainers().endSpec()))
                .hasMessageContaining("spec.containers: Required value");
        Pod old = client.pods().inNamespace(NS).withName("a").get();
        client.pods().inNamespace(NS).withName("a").edit(p -> label(p, "v", "2"));
        assertThatThrownBy(() -> client.pods()
                        .inNamespace(NS)
                        .resource(label(old, "v", "3"))
                        .lockResourceVersion(old.getMetadata().getResourceVersion())
                        .update())
                .hasMessageContaining("the object has been modified");
        assertThat(client.pods().inNamespace(NS).withName("none").get()).isNull();
    }

    private static Pod label(Pod pod, String name, String value) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels(name, value)
                .endMetadata()
                .build();
    }

    @Test
    void selects_by_labels_and_fields() {
        create(pod("a").editMetadata().addToLabels("tier", "x").endMetadata());
        create(pod("b").editMetadata().addToLabels("tier", "y").endMetadata());
        create(pod("c"));
        assertThat(names("tier=x", null)).containsExactly("a");
        assertThat(names("tier!=x", null)).containsExactly("b", "c");
        assertThat(names("tier in (x, y),app", null)).containsExactly("a", "b");
        assertThat(names("tier notin (x)", null)).containsExactly("b", "c");
        assertThat(names("!tier", null)).containsExactly("c");
        assertThat(names("tier", "metadata.name!=a")).containsExactly("b");
        assertThat(names(null, "spec.nodeName=")).containsExactly("a", "b", "c");
    }

    private List<String> names(String labels, String fields) {
        return client
                .pods()
                .inNamespace(NS)
                .list(new ListOptionsBuilder()
                        .withLabelSelector(labels)
                        .withFieldSelector(fields)
                        .build())
                .getItems()
                .stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    @Test
    void status_is_only_changed_through_its_subresource() {
        create(pod("a"));
        Pod changed = client.pods()
                .inNamespace(NS)
                .withName("a")
                .edit(p -> new PodBuilder(label(p, "v", "1"))
                        .editStatus()
                        .withPhase("Running")
                        .endStatus()
                        .build());
        assertThat(changed.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(changed.getMetadata().getLabels()).containsEntry("v", "1");
        Pod reported = client.pods()
                .inNamespace(NS)
                .withName("a")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.STRATEGIC_MERGE),
                        new PodBuilder(label(changed, "v", "2"))
                                .editStatus()
                                .withPhase("Running")
                                .endStatus()
                                .build());
        assertThat(reported.getStatus().getPhase()).isEqualTo("Running");
        assertThat(reported.getMetadata().getLabels()).containsEntry("v", "1");
    }

    @Test
    void strategic_patches_merge_lists_by_key() {
        create(pod("a"));
        client.pods()
                .inNamespace(NS)
                .withName("a")
                .patch(
                        PatchContext.of(PatchType.STRATEGIC_MERGE),
                        "{\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"b\"}],\"nodeSelector\":{\"x\":\"y\"}}}");
        Pod patched = client.pods().inNamespace(NS).withName("a").get();
        assertThat(patched.getSpec().getContainers()).singleElement().satisfies(container -> {
            assertThat(container.getImage()).isEqualTo("b");
            assertThat(container.getImagePullPolicy()).isEqualTo("IfNotPresent");
        });
        client.pods()
                .inNamespace(NS)
                .withName("a")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"nodeSelector\":null}}");
        assertThat(client.pods().inNamespace(NS).withName("a").get().getSpec().getNodeSelector())
                .isEmpty();
    }

    @Test
    void binds_pods_to_nodes_once() {
        create(pod("a"));
        String path = "/api/v1/namespaces/default/pods/a/binding";
        Map<String, Object> binding = Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Binding",
                "metadata",
                Map.of("name", "a"),
                "target",
                Map.of("kind", "Node", "name", "n1"));
        client.raw(path, "POST", binding);
        Pod bound = client.pods().inNamespace(NS).withName("a").get();
        assertThat(bound.getSpec().getNodeName()).isEqualTo("n1");
        assertThat(bound.getStatus().getConditions()).singleElement().satisfies(condition -> {
            assertThat(condition.getType()).isEqualTo("PodScheduled");
            assertThat(condition.getStatus()).isEqualTo("True");
        });
        assertThatThrownBy(() -> client.raw(path, "POST", binding)).hasMessageContaining("already assigned");
    }

    @Test
    void a_pod_on_a_node_stays_until_its_node_deletes_it() {
        server.put(onNode(pod("a"), "Running"));
        client.pods().inNamespace(NS).withName("a").withGracePeriod(20).delete();
        Pod dying = client.pods().inNamespace(NS).withName("a").get();
        assertThat(dying.getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(dying.getMetadata().getDeletionGracePeriodSeconds()).isEqualTo(20);
        client.pods().inNamespace(NS).withName("a").withGracePeriod(10).delete();
        client.pods().inNamespace(NS).withName("a").withGracePeriod(15).delete();
        assertThat(client.pods()
                        .inNamespace(NS)
                        .withName("a")
                        .get()
                        .getMetadata()
                        .getDeletionGracePeriodSeconds())
                .isEqualTo(10);
        client.pods().inNamespace(NS).withName("a").withGracePeriod(0).delete();
        assertThat(client.pods().inNamespace(NS).withName("a").get()).isNull();
    }

    @Test
    void what_does_not_run_is_deleted_at_once() {
        create(pod("a"));
        server.put(onNode(pod("b"), "Succeeded"));
        client.pods().inNamespace(NS).delete();
        assertThat(client.pods().inNamespace(NS).list().getItems()).isEmpty();
        assertThat(server.count("deletecollection", "pods")).isEqualTo(1);
    }

    @Test
    void finalizers_hold_objects_back() {
        client.configMaps()
                .inNamespace(NS)
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("m")
                        .withFinalizers("example.com/wait")
                        .endMetadata()
                        .build())
                .create();
        client.configMaps().inNamespace(NS).withName("m").delete();
        assertThat(client.configMaps()
                        .inNamespace(NS)
                        .withName("m")
                        .get()
                        .getMetadata()
                        .getDeletionTimestamp())
                .isNotNull();
        client.configMaps()
                .inNamespace(NS)
                .withName("m")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
        assertThat(client.configMaps().inNamespace(NS).withName("m").get()).isNull();
    }

    @Test
    void what_has_lost_its_owner_is_collected() {
        Pod parent = create(pod("parent"));
        OwnerReference owner = new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName("parent")
                .withUid(parent.getMetadata().getUid())
                .build();
        create(pod("child").editMetadata().withOwnerReferences(owner).endMetadata());
        client.secrets()
                .inNamespace(NS)
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("s")
                        .withOwnerReferences(owner)
                        .endMetadata()
                        .build())
                .create();
        assertThat(client.secrets().inNamespace(NS).withName("s").get()).isNotNull();
        client.pods().inNamespace(NS).withName("parent").delete();
        assertThat(client.pods().inNamespace(NS).list().getItems()).isEmpty();
        assertThat(client.secrets().inNamespace(NS).list().getItems()).isEmpty();
        create(pod("late").editMetadata().withOwnerReferences(owner).endMetadata());
        assertThat(client.pods().inNamespace(NS).withName("late").get()).isNull();
    }

    @Test
    void watches_tell_what_comes_into_sight_and_goes() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        create(pod("a"));
        try (Watch watch = client.pods()
                .inNamespace(NS)
                .withLabel("app", "a")
                .watch(new Recorder(events, new CompletableFuture<>()))) {
            await().until(() -> events.size() == 1);
            create(pod("b"));
            client.pods().inNamespace(NS).withName("b").edit(p -> label(p, "x", "y"));
            client.pods().inNamespace(NS).withName("b").edit(p -> label(p, "app", "other"));
            client.pods().inNamespace(NS).withName("a").delete();
            await().until(() -> events.size() == 5);
            assertThat(events).containsExactly("ADDED a", "ADDED b", "MODIFIED b", "DELETED b", "DELETED a");
        }
        assertThat(server.count("watch", "pods")).isEqualTo(1);
    }

    @Test
    void an_expired_version_is_told() throws Exception {
        String version = create(pod("a")).getMetadata().getResourceVersion();
        create(pod("b"));
        server.compact();
        CompletableFuture<WatcherException> end = new CompletableFuture<>();
        try (Watch watch = client.pods()
                .inNamespace(NS)
                .watch(
                        new ListOptionsBuilder().withResourceVersion(version).build(),
                        new Recorder(new CopyOnWriteArrayList<>(), end))) {
            await().until(end::isDone);
            assertThat(end.join().isHttpGone()).isTrue();
        }
    }

    @Test
    void informers_survive_a_dropped_watch_an_expired_version_and_a_restart() {
        try (SharedIndexInformer<Pod> informer =
                client.pods().inNamespace(NS).runnableInformer(0).run()) {
            // Told by the watch, which is open then: the client does not notice when it is cut while it opens.
            create(pod("a"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> informer.getStore().list().size() == 1);
            assertThat(server.dropWatches()).isEqualTo(1);
            create(pod("b"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> informer.getStore().list().size() == 2);
            server.stop();
            server.compact();
            server.start();
            create(pod("c"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> informer.getStore().list().size() == 3);
        }
    }

    private record Recorder(List<String> events, CompletableFuture<WatcherException> end) implements Watcher<Pod> {
        @Override
        public void eventReceived(Action action, Pod pod) {
            events.add(action + " " + pod.getMetadata().getName());
        }

        @Override
        public void onClose(WatcherException cause) {
            end.complete(cause);
        }
    }

    @Test
    void fails_as_told_and_counts() {
        Fault busy = server.failNext(2, request -> request.is("create", "pods"), 500, "etcd is slow");
        create(pod("a"));
        assertThat(busy.hits()).isEqualTo(2);
        assertThat(server.count("create", "pods")).isEqualTo(3);
        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.user()).isEqualTo("admin"));
        server.forgetRequests();
        Fault denied = server.failWhen(request -> request.resource().equals("secrets"), 403, "no secrets for you");
        assertThatThrownBy(() -> client.secrets().inNamespace(NS).list())
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> {
                    assertThat(e.getCode()).isEqualTo(403);
                    assertThat(e.getStatus().getMessage()).isEqualTo("no secrets for you");
                    assertThat(e.getStatus().getReason()).isEqualTo("Forbidden");
                });
        assertThat(allowed(client, "secrets")).isFalse();
        assertThat(allowed(client, "pods")).isTrue();
        denied.end();
        assertThat(client.secrets().inNamespace(NS).list().getItems()).isEmpty();
        assertThat(server.count("list", "secrets")).isEqualTo(2);
    }

    private static boolean allowed(KubernetesClient client, String resource) {
        SelfSubjectAccessReview review = client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withNamespace(NS)
                        .withVerb("list")
                        .withResource(resource)
                        .endResourceAttributes()
                        .endSpec()
                        .build());
        return review.getStatus().getAllowed();
    }

    @Test
    void an_answer_can_be_lost_though_the_request_was_carried_out() {
        server.loseAnswers(1, request -> request.is("create", "pods"));
        assertThatThrownBy(() -> create(pod("a"))).hasMessageContaining("already exists");
        assertThat(client.pods().inNamespace(NS).list().getItems()).hasSize(1);
        server.cutNext(1, request -> request.is("create", "pods"));
        create(pod("b"));
    }

    @Test
    void requests_can_be_held() {
        Fault held = server.holdWhen(request -> request.is("create", "pods"));
        CompletableFuture<Pod> made = CompletableFuture.supplyAsync(() -> create(pod("a")));
        await().until(() -> held.hits() == 1);
        assertThat(made).isNotDone();
        held.end();
        made.join();
    }

    @Test
    void nothing_of_a_client_is_left_when_it_is_closed_amid_a_request() {
        Set<Thread> before = selectors();
        Fault held = server.holdWhen(request -> request.is("list", "pods"));
        var http = server.client("jane").getHttpClient();
        http.sendAsync(
                http.newHttpRequestBuilder().uri(server.url() + "/api/v1/pods").build(), String.class);
        await().atMost(Duration.ofSeconds(60)).until(() -> held.hits() == 1);
        server.close();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            // The JDK's client ends when it is collected.
            System.gc();
            assertThat(before).containsAll(selectors());
        });
    }

    private static Set<Thread> selectors() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("HttpClient-\\d+-SelectorManager"))
                .collect(Collectors.toSet());
    }

    @Test
    void serves_logs_it_is_given() {
        create(pod("a"));
        server.logs((namespace, name, container) -> container.equals("main") ? "1\n2\n3\n" : null);
        assertThat(client.pods()
                        .inNamespace(NS)
                        .withName("a")
                        .inContainer("main")
                        .tailingLines(2)
                        .getLog())
                .isEqualTo("2\n3\n");
    }

    @Test
    void knows_users_groups_and_its_version() {
        KubernetesClient other = server.client("system:serviceaccount:default:app");
        other.leases()
                .inNamespace(NS)
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("l")
                        .endMetadata()
                        .build())
                .create();
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.is("create", "leases")).isTrue();
            assertThat(request.user()).isEqualTo("system:serviceaccount:default:app");
            assertThat(request).hasToString("create leases in default by system:serviceaccount:default:app");
        });
        assertThat(client.getKubernetesVersion().getMinor()).isEqualTo("34");
    }

    @Test
    void users_may_be_restricted() {
        String user = "system:serviceaccount:default:app";
        KubernetesClient app = server.client(user);
        server.restrict(
                user,
                new PolicyRuleBuilder()
                        .withApiGroups("")
                        .withResources("pods")
                        .withVerbs("get", "create")
                        .build());
        app.pods().inNamespace(NS).resource(pod("a").build()).create();
        assertThat(app.pods().inNamespace(NS).withName("a").get()).isNotNull();
        assertThatThrownBy(() -> app.pods().inNamespace(NS).list())
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getStatus().getMessage())
                                .isEqualTo(
                                        "pods is forbidden: User \"" + user
                                                + "\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\""));
        assertThatThrownBy(() -> app.pods().inNamespace(NS).withName("a").getLog())
                .hasMessageContaining("pods \"a\" is forbidden")
                .hasMessageContaining("\"pods/log\"");
        assertThatThrownBy(() -> app.nodes().list()).hasMessageContaining("at the cluster scope");
        assertThat(allowed(app, "pods")).isFalse();
        assertThat(client.pods().inNamespace(NS).list().getItems()).hasSize(1);
    }

    @Test
    void tokens_are_good_until_they_are_revoked() {
        String token = token();
        try (KubernetesClient app = withToken(token)) {
            assertThat(app.pods().inNamespace(NS).list().getItems()).isEmpty();
            assertThat(server.requests())
                    .last()
                    .extracting(ApiRequest::user)
                    .isEqualTo("system:serviceaccount:default:app");
            server.revokeTokens();
            assertThatThrownBy(() -> app.pods().inNamespace(NS).list())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            e -> assertThat(e.getCode()).isEqualTo(401));
        }
        assertThat(token()).isNotEqualTo(token);
    }

    private String token() {
        return client.serviceAccounts()
                .inNamespace(NS)
                .withName("app")
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
    }

    private KubernetesClient withToken(String token) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(server.url())
                        .withOauthToken(token)
                        .build())
                .build();
    }

    @Test
    void an_update_is_for_one_object_and_not_for_its_successor() {
        Pod first = create(pod("a"));
        client.pods().inNamespace(NS).withName("a").delete();
        create(pod("a"));
        String patch = "{\"metadata\":{\"uid\":\"" + first.getMetadata().getUid() + "\",\"labels\":{\"x\":\"y\"}}}";
        assertThatThrownBy(() ->
                        client.pods().inNamespace(NS).withName("a").patch(PatchContext.of(PatchType.JSON_MERGE), patch))
                .hasMessageContaining("Precondition failed: UID");
    }

    @Test
    void faults_outlive_a_restart_but_requests_that_are_held_do_not() {
        Fault held = server.holdWhen(request -> request.is("list", "pods"));
        CompletableFuture<?> list = CompletableFuture.supplyAsync(
                () -> client.pods().inNamespace(NS).list());
        await().until(() -> held.hits() == 1);
        server.stop();
        server.start();
        await().until(() -> held.hits() == 2); // the client has tried again
        assertThat(list).isNotDone();
        held.end();
        list.join();
    }

    @Test
    void nonsense_is_answered_with_an_error() {
        create(pod("a"));
        assertThatThrownBy(() -> client.raw("/api/v1/namespaces/default/pods/a?gracePeriodSeconds=x", "DELETE", null))
                .hasMessageContaining("Invalid value");
        assertThatThrownBy(() -> client.raw("/api/v1/namespaces/default/pods", "POST", List.of()))
                .hasMessageContaining("no JSON object");
        assertThatThrownBy(() -> client.raw("/apis", "GET", null)).hasMessageContaining("could not find");
    }

    @Test
    void a_failure_of_its_own_is_answered_with_an_error() throws Exception {
        create(pod("a"));
        server.logs((namespace, name, container) -> {
            throw new IllegalStateException("the node has burnt down");
        });
        // The client would try again.
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/namespaces/default/pods/a/log"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("InternalError", "the node has burnt down");
    }
}
