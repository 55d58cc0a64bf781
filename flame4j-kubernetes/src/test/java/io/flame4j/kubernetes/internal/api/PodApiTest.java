package io.flame4j.kubernetes.internal.api;

import static io.flame4j.kubernetes.internal.api.ApiTests.NS;
import static io.flame4j.kubernetes.internal.api.ApiTests.is;
import static io.flame4j.kubernetes.internal.api.ApiTests.pod;
import static io.flame4j.kubernetes.internal.api.ApiTests.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import io.flame4j.testkit.LeakCheck;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PodApiTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final FakeApiServer server = new FakeApiServer();
    private final PodApi api = new PodApi(server.client(), new Identity("the tester", NS));
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void close() throws InterruptedException {
        callers.shutdownNow();
        assertThat(callers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        api.close();
        server.close();
    }

    private List<Pod> pods() {
        return server.client().pods().inNamespace(NS).list().getItems();
    }

    // Creating

    @Test
    void a_pod_takes_one_call_to_create_and_one_to_delete() throws Exception {
        Pod created = api.create(pod("r1"), PATIENCE);
        assertThat(created.getMetadata().getUid()).isNotEmpty();
        assertThat(created.getMetadata().getName()).startsWith("app-1-runner-");
        api.delete(created, Duration.ofSeconds(3)).toCompletableFuture().get();
        assertThat(server.requests()).hasSize(2);
        assertThat(server.requests().get(1).body())
                .contains("\"gracePeriodSeconds\":3")
                .contains(created.getMetadata().getUid());
        assertThat(pods()).isEmpty();
    }

    @Test
    void two_hundred_at_once_take_two_hundred_calls() throws Exception {
        List<Future<Pod>> boots = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Pod pod = pod("r" + i);
            boots.add(callers.submit(() -> api.create(pod, PATIENCE)));
        }
        for (Future<Pod> boot : boots) {
            api.delete(boot.get(), Duration.ZERO);
        }
        assertThat(api.awaitDeletes(LONG)).isTrue();
        assertThat(server.count("create", "pods")).isEqualTo(200);
        assertThat(server.count("delete", "pods")).isEqualTo(200);
        assertThat(server.requests()).hasSize(400);
        assertThat(pods()).isEmpty();
    }

    @Test
    void what_a_server_throttles_comes_later_and_is_sent_no_more_often_than_needed() throws Exception {
        server.failNext(2, is("create", "pods"), 429, "too many requests");
        long begin = System.nanoTime();
        api.create(pod("r1"), PATIENCE);
        // It asks for a second each time.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void a_fault_of_the_server_is_tried_again_after_a_look_whether_the_pod_is_there() throws Exception {
        server.failNext(2, is("create", "pods"), 503, "starting");
        api.create(pod("r1"), PATIENCE);
        assertThat(server.count("create", "pods")).isEqualTo(3);
        assertThat(server.count("list", "pods")).isEqualTo(2);
        assertThat(server.requests()).hasSize(5);
        assertThat(pods()).hasSize(1);
    }

    @Test
    void a_pod_whose_answer_was_lost_is_adopted_and_not_created_twice() throws Exception {
        server.loseAnswers(1, is("create", "pods"));
        Pod created = api.create(pod("r1"), PATIENCE);
        assertThat(pods())
                .singleElement()
                .satisfies(there -> assertThat(there.getMetadata().getUid())
                        .isEqualTo(created.getMetadata().getUid()));
        assertThat(server.count("create", "pods")).isEqualTo(1);
    }

    @Test
    void a_server_that_is_back_and_does_not_know_yet_who_may_list_is_asked_again() throws Exception {
        server.cutNext(1, is("create", "pods"));
        server.failNext(3, is("list", "pods"), 403, "pods is forbidden: User \"app\" cannot list resource \"pods\"");
        api.create(pod("r1"), PATIENCE);
        assertThat(server.count("list", "pods")).isEqualTo(4);
        assertThat(pods()).hasSize(1);
    }

    @Test
    void the_pod_of_another_with_the_same_labels_is_not_adopted() throws Exception {
        Pod other = api.create(pod("r1"), PATIENCE);
        server.cutNext(1, is("create", "pods"));
        Pod created = api.create(pod("r1"), PATIENCE);
        assertThat(created.getMetadata().getUid())
                .isNotEqualTo(other.getMetadata().getUid());
        assertThat(pods()).hasSize(2);
    }

    @Test
    void answers_lost_again_and_again_make_no_more_pods() throws Exception {
        server.cutNext(1, is("create", "pods"));
        server.cutNext(2, is("list", "pods"));
        server.loseAnswers(1, is("create", "pods"));
        api.create(pod("r1"), PATIENCE);
        assertThat(pods()).hasSize(1);
    }

    @Test
    void a_server_that_restarts_is_waited_for() throws Exception {
        api.create(pod("r0"), PATIENCE);
        server.stop();
        List<Future<Pod>> boots = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            Pod pod = pod("r" + i);
            boots.add(callers.submit(() -> api.create(pod, PATIENCE)));
        }
        // Refused at least once each: the calls after that are counted by the server that runs again.
        assertThat(boots).noneMatch(Future::isDone);
        server.start();
        for (Future<Pod> boot : boots) {
            boot.get();
        }
        assertThat(pods()).hasSize(21);
    }

    @Test
    void a_quota_that_clears_is_waited_for() throws Exception {
        server.failNext(
                2,
                is("create", "pods"),
                403,
                "pods \"x\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5");
        api.create(pod("r1"), PATIENCE);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void a_denied_call_is_not_repeated_and_says_what_to_add() {
        server.failWhen(
                is("create", "pods"),
                403,
                "pods is forbidden: User \"system:serviceaccount:shop:app\" cannot create resource \"pods\" in API"
                        + " group \"\" in the namespace \"shop\"");
        ApiException failure = catchThrowableOfType(ApiException.class, () -> api.create(pod("r1"), PATIENCE));
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure)
                .hasMessageContaining("service account \"app\" of namespace \"shop\" may not create pods")
                .hasMessageContaining("verbs: [\"create\"]");
        assertThat(server.requests()).hasSize(1);
        assertThat(failure.getStackTrace())
                .extracting(StackTraceElement::getClassName)
                .contains(PodApiTest.class.getName());
    }

    @Test
    void a_denial_of_what_was_allowed_before_is_not_believed_at_once() throws Exception {
        api.create(pod("r1"), PATIENCE);
        server.failNext(3, is("create", "pods"), 403, "User \"u\" cannot create resource \"pods\"");
        api.create(pod("r2"), PATIENCE);
        server.failNext(3, is("create", "pods"), 401, "Unauthorized");
        api.create(pod("r3"), PATIENCE);
        assertThat(pods()).hasSize(3);
    }

    @Test
    void a_refusal_does_not_repeat_what_is_secret() {
        server.failWhen(is("create", "pods"), 422, "spec: Invalid value: \"secret-of-r1\"");
        ApiException failure = catchThrowableOfType(ApiException.class, () -> api.create(pod("r1"), PATIENCE));
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasStackTraceContaining("Invalid value: \"…\"");
        assertThat(failure).hasStackTraceContaining("manifest(…)");
        assertThat(failure.toString()).doesNotContain("secret-of-r1");
    }

    @Test
    void rejected_credentials_are_tried_a_few_times() {
        server.failWhen(is("create", "pods"), 401, "Unauthorized");
        ApiException failure = catchThrowableOfType(ApiException.class, () -> api.create(pod("r1"), PATIENCE));
        assertThat(failure.kind()).isEqualTo(Kind.UNAUTHENTICATED);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void a_server_that_is_not_there_is_told_when_patience_ends() {
        server.stop();
        ApiException failure =
                catchThrowableOfType(ApiException.class, () -> api.create(pod("r1"), Duration.ofMillis(700)));
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure.isPermanent()).isFalse();
        assertThat(failure).hasMessageContaining(server.url()).hasMessageContaining("cannot be reached");
    }

    // Interrupts

    private static void interrupt(Future<?> caller) {
        caller.cancel(true);
    }

    @Test
    void an_interrupted_creation_leaves_no_pod_whose_answer_comes_later() throws Exception {
        Fault hold = server.holdWhen(is("create", "pods"));
        Future<Pod> boot = callers.submit(() -> api.create(pod("r1"), PATIENCE));
        await().until(() -> server.count("create", "pods") == 1);
        interrupt(boot);
        await().until(() -> !api.awaitDeletes(Duration.ZERO));
        hold.end();
        assertThat(api.awaitDeletes(LONG)).isTrue();
        assertThat(server.count("create", "pods")).isEqualTo(1);
        assertThat(server.count("delete", "pods")).isEqualTo(1);
        assertThat(pods()).isEmpty();
    }

    @Test
    void an_interrupted_creation_leaves_no_pod_whose_answer_was_lost() throws Exception {
        Fault hold = server.holdWhen(is("create", "pods"));
        server.loseAnswers(1, is("create", "pods"));
        Future<Pod> boot = callers.submit(() -> api.create(pod("r1"), PATIENCE));
        await().until(() -> server.count("create", "pods") == 1);
        interrupt(boot);
        await().until(() -> !api.awaitDeletes(Duration.ZERO));
        hold.end();
        assertThat(api.awaitDeletes(LONG)).isTrue();
        assertThat(server.count("create", "pods")).isEqualTo(1);
        assertThat(pods()).isEmpty();
    }

    @Test
    void a_creation_that_is_interrupted_before_it_is_sent_is_not_sent() throws Exception {
        server.stop();
        Future<Pod> boot = callers.submit(() -> api.create(pod("r1"), PATIENCE));
        interrupt(boot);
        // It counts as cancelled at once, while its thread may not have sent anything yet.
        callers.shutdown();
        assertThat(callers.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(api.awaitDeletes(LONG)).isTrue();
        server.start();
        assertThat(pods()).isEmpty();
    }

    /** Its answer came after the interrupt, and before the caller could say that he does not want it any more. */
    @Test
    void a_pod_that_its_interrupted_caller_has_to_delete_counts_before_that_begins() throws Exception {
        Attempts attempts = new Attempts(
                new ApiTransport(server.client(), ApiTimer.clockOnly()),
                new Identity("the tester", NS),
                RandomGenerator.getDefault());
        Deletions deletions = new Deletions(attempts);
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        MadePods made = MadePods.of(pod("r1"), server.client().getKubernetesSerialization(), unwanted -> {
            reached.countDown();
            assertThatCode(proceed::await).doesNotThrowAnyException();
            deletions.delete("pods", unwanted, PodApi.AT_ONCE);
        });
        Creation<Pod> creation = new Creation<>(attempts, made.call(), made, PATIENCE);
        creation.send();
        creation.settled().get();
        Future<?> caller = callers.submit(() -> deletions.giveUp(creation, made));
        reached.await();

        assertThat(deletions.await(Duration.ZERO)).isFalse();

        proceed.countDown();
        caller.get();
        assertThat(deletions.await(LONG)).isTrue();
        assertThat(pods()).isEmpty();
        attempts.close();
    }

    @Test
    void a_creation_given_up_while_nothing_is_known_is_cleaned_up_when_the_server_is_back() throws Exception {
        server.loseAnswers(1, is("create", "pods"));
        Fault deaf = server.failWhen(is("list", "pods"), 503, "starting");
        ApiException failure =
                catchThrowableOfType(ApiException.class, () -> api.create(pod("r1"), Duration.ofMillis(500)));
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(api.awaitDeletes(Duration.ZERO)).isFalse();
        deaf.end();
        assertThat(api.awaitDeletes(LONG)).isTrue();
        assertThat(pods()).isEmpty();
    }

    // Secrets

    @Test
    void a_secret_whose_answer_was_lost_is_found_by_its_name() throws Exception {
        server.loseAnswers(1, is("create", "secrets"));
        Secret created = api.create(secret("s1"), PATIENCE);
        assertThat(created.getMetadata().getUid()).isNotEmpty();
        api.delete(created);
        assertThat(api.awaitDeletes(LONG)).isTrue();
        assertThat(server.client().secrets().inNamespace(NS).list().getItems()).isEmpty();
    }

    @Test
    void a_secret_whose_answer_was_lost_and_that_may_not_be_read_is_taken_for_ours() throws Exception {
        server.failWhen(is("get", "secrets"), 403, "User \"u\" cannot get resource \"secrets\"");
        server.loseAnswers(1, is("create", "secrets"));
        Secret created = api.create(secret("s1"), PATIENCE);
        assertThat(created.getMetadata().getName()).isEqualTo("s1");
        api.delete(created);
        assertThat(api.awaitDeletes(LONG)).isTrue();
        assertThat(server.count("delete", "secrets")).isEqualTo(1);
    }

    // Deleting

    @Test
    void a_pod_that_is_gone_is_deleted() throws Exception {
        Pod created = api.create(pod("r1"), PATIENCE);
        server.client().resource(created).withGracePeriod(0).delete();
        api.delete(created, Duration.ZERO).toCompletableFuture().get();
        assertThat(server.count("delete", "pods")).isEqualTo(2);
    }

    @Test
    void another_pod_of_that_name_is_left_alone() throws Exception {
        Pod named = new PodBuilder(pod("r1"))
                .editMetadata()
                .withGenerateName(null)
                .withName("fixed")
                .endMetadata()
                .build();
        Pod first = api.create(named, PATIENCE);
        server.client().resource(first).withGracePeriod(0).delete();
        api.create(named, PATIENCE);
        api.delete(first, Duration.ZERO).toCompletableFuture().get();
        assertThat(pods()).hasSize(1);
    }

    @Test
    void a_delete_is_repeated_until_it_is_done() throws Exception {
        Pod created = api.create(pod("r1"), PATIENCE);
        Fault hold = server.holdWhen(is("delete", "pods"));
        server.failNext(1, is("delete", "pods"), 500, "etcd is slow");
        server.cutNext(1, is("delete", "pods"));
        server.failNext(1, is("delete", "pods"), 429, "too many requests");
        api.delete(created, Duration.ZERO);
        assertThat(api.awaitDeletes(Duration.ZERO)).isFalse();
        hold.end();
        assertThat(api.awaitDeletes(LONG)).isTrue();
        assertThat(server.count("delete", "pods")).isEqualTo(4);
        assertThat(pods()).isEmpty();
    }

    @Test
    void a_right_that_is_never_given_does_not_hide_an_outage() throws Exception {
        Pod created = api.create(pod("r1"), PATIENCE);
        server.failWhen(is("delete", "pods"), 403, "User \"u\" cannot delete resource \"pods\"");
        server.failNext(1, is("create", "pods"), 503, "starting");
        try (StandardError log = new StandardError()) {
            api.delete(created, Duration.ZERO);
            await().atMost(PATIENCE).until(() -> log.text().contains("cannot delete"));

            api.create(pod("r2"), PATIENCE);

            assertThat(log.text()).contains("starting").contains("Calls to the API server go through again after");
        }
    }

    @Test
    void asking_twice_for_a_delete_that_is_under_way_sends_one() throws Exception {
        Pod created = api.create(pod("r1"), PATIENCE);
        Fault hold = server.holdWhen(is("delete", "pods"));
        CompletableFuture<Void> first = api.delete(created, Duration.ZERO).toCompletableFuture();
        CompletableFuture<Void> second = api.delete(created, Duration.ZERO).toCompletableFuture();
        hold.end();
        first.get();
        second.get();
        assertThat(server.count("delete", "pods")).isEqualTo(1);
    }

    @Test
    void asking_again_for_a_delete_that_is_done_sends_none() throws Exception {
        Pod created = api.create(pod("r1"), PATIENCE);
        api.delete(created, PodApi.AT_ONCE).toCompletableFuture().get();

        api.delete(created, PodApi.AT_ONCE).toCompletableFuture().get();

        assertThat(server.count("delete", "pods")).isEqualTo(1);
    }

    @Test
    void a_halted_pod_stays_and_has_a_deadline() throws Exception {
        Pod created = api.create(pod("r1"), PATIENCE);
        api.halt(created).toCompletableFuture().get();
        assertThat(pods().get(0).getSpec().getActiveDeadlineSeconds()).isEqualTo(1);
        server.failWhen(is("patch", "pods"), 403, "User \"u\" cannot patch resource \"pods\"");
        ExecutionException denied = catchThrowableOfType(
                ExecutionException.class,
                () -> api.halt(created).toCompletableFuture().get());
        assertThat(denied).hasMessageContaining("verbs: [\"patch\"]");
    }

    // Closing

    @Test
    void closing_ends_who_waits_and_what_is_not_done() throws Exception {
        Pod created = api.create(pod("r1"), PATIENCE);
        server.failWhen(is("delete", "pods"), 500, "etcd is slow");
        server.failWhen(is("create", "pods"), 429, "too many requests");
        CompletableFuture<Void> delete = api.delete(created, Duration.ZERO).toCompletableFuture();
        Callable<Pod> create = () -> api.create(pod("r2"), PATIENCE);
        Future<Pod> boot = callers.submit(create);
        await().until(() -> server.count("create", "pods") == 2);
        api.close();
        assertThat(catchThrowableOfType(ExecutionException.class, boot::get))
                .hasRootCauseInstanceOf(ApiException.class);
        assertThat(catchThrowableOfType(ExecutionException.class, delete::get)).hasMessageContaining("was closed");
        // An answer that was under way may still be dealt with on another thread.
        assertThat(api.awaitDeletes(LONG)).isTrue();
        assertThat(catchThrowableOfType(ApiException.class, () -> api.get(NS, "x")))
                .hasMessageContaining("was closed");
    }

    // Reading

    @Test
    void pods_are_read_by_name_and_by_label() throws Exception {
        assertThat(api.get(NS, "nobody")).isNull();
        Pod created = api.create(pod("r1"), PATIENCE);
        api.create(pod("r2"), PATIENCE);
        Pod read = api.get(NS, created.getMetadata().getName());
        assertThat(read).isNotNull();
        assertThat(read.getMetadata().getUid()).isEqualTo(created.getMetadata().getUid());
        assertThat(api.list(NS, Map.of("flame4j.io/runner", "r1"))).hasSize(1);
        assertThat(api.list(NS, ApiTests.LABELS)).hasSize(2);
    }

    @Test
    void long_lists_come_in_parts() throws Exception {
        for (int i = 0; i < 501; i++) {
            server.put(new PodBuilder(pod("r1"))
                    .editMetadata()
                    .withGenerateName(null)
                    .withName("p" + i)
                    .endMetadata()
                    .build());
        }

        assertThat(api.list(NS, ApiTests.LABELS))
                .extracting(pod -> pod.getMetadata().getName())
                .hasSize(501)
                .doesNotHaveDuplicates();
        assertThat(server.count("list", "pods")).isEqualTo(2);
    }

    @Test
    void logs_are_read_where_that_is_allowed() {
        server.put(new PodBuilder(pod("r1"))
                .editMetadata()
                .withGenerateName(null)
                .withName("p1")
                .endMetadata()
                .build());
        server.logs((namespace, pod, container) ->
                IntStream.range(0, 100).mapToObj(i -> "line " + i + "\n").reduce("", String::concat));
        assertThat(api.log(NS, "p1", "runner", 3, LONG)).containsExactly("line 97", "line 98", "line 99");
        server.logs((namespace, pod, container) -> ("x".repeat(999) + "\n").repeat(1000));
        assertThat(api.log(NS, "p1", "runner", 1000, LONG))
                .hasSize((64 << 10) / 1000)
                .allSatisfy(line -> assertThat(line).hasSize(999));
        assertThat(api.log(NS, "nobody", "runner", 3, LONG)).isNull();
        server.failWhen(is("get", "pods/log"), 403, "no");
        assertThat(api.log(NS, "p1", "runner", 3, LONG))
                .singleElement()
                .asString()
                .contains("grant get on pods/log");
    }

    @Test
    void a_log_that_does_not_come_is_not_waited_for_long() {
        Fault hold = server.holdWhen(is("get", "pods/log"));
        long begin = System.nanoTime();
        assertThat(api.log(NS, "p1", "runner", 3, Duration.ofSeconds(5))).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        hold.end();
    }

    @Test
    void claims_tell_their_modes_where_that_is_allowed() throws Exception {
        server.put(new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(NS)
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .endSpec()
                .build());
        assertThat(api.claimModes(NS, List.of("data", "nothing")))
                .containsExactly(Map.entry("data", List.of("ReadWriteOnce")));
        server.failWhen(is("get", "persistentvolumeclaims"), 403, "no");
        assertThat(api.claimModes(NS, List.of("data"))).isEmpty();
    }

    @Test
    void rights_are_asked_for() throws Exception {
        server.failWhen(is("get", "pods/log"), 403, "no");
        assertThat(api.allowed("create", "pods", NS)).isTrue();
        assertThat(api.allowed("get", "pods/log", NS)).isFalse();
    }
}
