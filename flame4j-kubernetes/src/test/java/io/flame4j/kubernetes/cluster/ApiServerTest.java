package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** That the API server of the cluster tests does what they rely on, which no mock does. */
@Tag("cluster")
// More than all its waits together.
@Timeout(300)
class ApiServerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @RegisterExtension
    final ApiServerExtension cluster = new ApiServerExtension();

    private KubernetesClient app;

    @BeforeEach
    void an_application_with_the_least_role() {
        app = cluster.as("app", ApiServerExtension.SEED_RULE);
    }

    @Test
    void a_token_stands_for_its_service_account() {
        TokenReview review = cluster.admin()
                .tokenReviews()
                .create(new TokenReviewBuilder()
                        .withNewSpec()
                        .withToken(cluster.token("app"))
                        .endSpec()
                        .build());

        assertThat(review.getStatus().getAuthenticated()).isTrue();
        assertThat(review.getStatus().getUser().getUsername()).isEqualTo(cluster.user("app"));
        denied(401, () -> cluster.withToken("made-up").pods().list());
    }

    @Test
    void the_role_allows_what_it_lists_and_nothing_else() {
        Pod pod = create(app, pod("one"));

        assertThat(app.pods().withName("one").get().getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
        assertThat(app.pods().list().getItems()).hasSize(1);
        denied(403, () -> app.pods().watch(new Events()));
        denied(403, () -> app.pods().inNamespace("default").list());
        denied(403, () -> app.secrets().list());
        app.pods().withName("one").delete();
        await().atMost(PATIENCE).until(() -> app.pods().withName("one").get() == null);
    }

    @Test
    void a_pod_gets_its_service_account_and_a_token_of_it() {
        Pod pod = create(app, pod("one"));

        assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("default");
        assertThat(pod.getSpec().getVolumes())
                .singleElement()
                .satisfies(volume -> assertThat(volume.getProjected().getSources())
                        .anySatisfy(source ->
                                assertThat(source.getServiceAccountToken()).isNotNull()));
    }

    @Test
    void a_watch_tells_what_happens_to_pods() {
        KubernetesClient watcher = cluster.as("watcher", ApiServerExtension.podsRule("list", "watch"));
        Events events = new Events();
        try (Watch watch = watcher.pods().watch(events)) {
            create(app, pod("one"));
            events.await(Watcher.Action.ADDED, "one");
            app.pods().withName("one").delete();
            events.await(Watcher.Action.DELETED, "one");
        }
    }

    @Test
    void what_a_deleted_pod_owned_is_collected() {
        Pod owner = create(app, pod("owner"));
        create(app, pod("free"));
        create(
                app,
                pod("owned")
                        .editMetadata()
                        .withOwnerReferences(new OwnerReferenceBuilder()
                                .withApiVersion("v1")
                                .withKind("Pod")
                                .withName("owner")
                                .withUid(owner.getMetadata().getUid())
                                .build())
                        .endMetadata());

        app.pods().withName("owner").delete();

        await().atMost(PATIENCE).until(() -> app.pods().withName("owned").get() == null);
        assertThat(app.pods().withName("free").get()).isNotNull();
    }

    @Test
    void a_quota_is_kept() {
        ResourceQuota quota = cluster.admin()
                .resourceQuotas()
                .inNamespace(cluster.namespace())
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName("few")
                        .endMetadata()
                        .withNewSpec()
                        .withHard(Map.of("pods", new Quantity("1")))
                        .endSpec()
                        .build())
                .create();
        cluster.admin()
                .resource(quota)
                .waitUntilCondition(
                        q -> q != null
                                && q.getStatus() != null
                                && q.getStatus().getUsed() != null
                                && q.getStatus().getUsed().containsKey("pods"),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);
        // What admits pods reads the quota for itself, and may let some in before it has seen it.
        AtomicInteger number = new AtomicInteger();
        await().atMost(PATIENCE)
                .until(
                        () -> catchThrowable(() -> create(app, pod("pod-" + number.incrementAndGet()))),
                        Objects::nonNull);

        assertThat(number.get()).isGreaterThan(1);
        assertThatThrownBy(() -> create(app, pod("another")))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(403))
                .hasMessageContaining("exceeded quota: few");
    }

    @Test
    void a_restarted_server_has_its_objects_and_its_address() {
        String uid = create(app, pod("one")).getMetadata().getUid();
        String before = startTime();

        cluster.restart();

        assertThat(startTime()).isNotEqualTo(before);
        assertThat(app.pods().withName("one").get().getMetadata().getUid()).isEqualTo(uid);
    }

    @Test
    void a_halted_server_is_away_until_it_is_resumed() {
        create(app, pod("one"));

        cluster.halt();
        assertThatThrownBy(() -> app.pods().withName("one").get()).hasRootCauseInstanceOf(IOException.class);
        cluster.resume();

        assertThat(app.pods().withName("one").get()).isNotNull();
    }

    @Test
    void history_that_was_compacted_is_gone() {
        KubernetesClient watcher = cluster.as("watcher", ApiServerExtension.podsRule("list", "watch"));
        String old = create(app, pod("one")).getMetadata().getResourceVersion();
        try (Watch watch = watcher.pods().withResourceVersion(old).watch(new Events())) {
            assertThat(watch)
                    .as("an old version can be watched from before that")
                    .isNotNull();
        }

        cluster.compact();

        assertThat(watcher.pods().list().getItems()).hasSize(1);
        Events events = new Events();
        try (Watch watch = watcher.pods().withResourceVersion(old).watch(events)) {
            assertThat(events.end)
                    .succeedsWithin(PATIENCE)
                    .satisfies(end -> assertThat(end.isHttpGone()).isTrue());
        }
    }

    @Test
    void the_server_tells_who_asked_what() {
        create(app, pod("one"));
        denied(403, () -> app.pods().watch(new Events()));

        assertThat(cluster.calls("app"))
                .extracting(ApiCall::verb, ApiCall::resource, ApiCall::name, ApiCall::code)
                .containsExactly(tuple("create", "pods", "one", 201), tuple("watch", "pods", "", 403));
    }

    private static PodBuilder pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("none")
                .endContainer()
                .endSpec();
    }

    private static Pod create(KubernetesClient client, PodBuilder pod) {
        return client.pods().resource(pod.build()).create();
    }

    private static void denied(int code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(code));
    }

    /** When the process of the API server was started, by its own account. */
    private String startTime() {
        return cluster.admin()
                .raw("/metrics")
                .lines()
                .filter(line -> line.startsWith("process_start_time_seconds "))
                .findFirst()
                .orElseThrow();
    }

    /** What a watch reported. */
    private static final class Events implements Watcher<Pod> {

        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final CompletableFuture<WatcherException> end = new CompletableFuture<>();

        @Override
        public void eventReceived(Action action, Pod pod) {
            events.add(action + " " + pod.getMetadata().getName());
        }

        @Override
        public void onClose(WatcherException cause) {
            end.complete(cause);
        }

        void await(Action action, String name) {
            Awaitility.await().atMost(PATIENCE).until(() -> events.contains(action + " " + name));
        }
    }
}
