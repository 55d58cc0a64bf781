package io.flame4j.kubernetes.internal.api;

import static io.flame4j.kubernetes.internal.api.ApiTests.NS;
import static io.flame4j.kubernetes.internal.api.ApiTests.is;
import static io.flame4j.kubernetes.internal.api.ApiTests.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What takes longer than a test may: with a clock of its own. */
class CreationTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_126L);

    private static final String FULL =
            "pods \"x\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5";

    /** What is left of the caller's patience: less than the shortest pause, so that the next attempt is the last. */
    private static final Duration LEFT = Duration.ofMillis(400);

    private static final Duration PATIENCE = Duration.ofMillis(10_100);

    private final FakeApiServer server = new FakeApiServer();
    private final ManualTimer timer = new ManualTimer();
    private final PodApi api = new PodApi(server.client(), new Identity("the tester", NS), timer, new Random(SEED));

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private List<Pod> pods() {
        return server.client().pods().inNamespace(NS).list().getItems();
    }

    private CompletableFuture<Pod> create() {
        return create(Duration.ofMinutes(5));
    }

    private CompletableFuture<Pod> create(Duration patience) {
        CompletableFuture<Pod> result = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                result.complete(api.create(pod("r1"), patience));
            } catch (ApiException | InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        caller.setDaemon(true);
        caller.start();
        return result;
    }

    @Test
    void a_pod_that_appears_after_it_was_looked_for_is_deleted_and_not_the_one_that_is_used() {
        Fault hold = server.holdWhen(is("create", "pods"));
        CompletableFuture<Pod> boot = create();
        await().until(() -> server.count("create", "pods") == 1);
        // No answer in time: nothing is found, and it is sent again.
        await().until(() -> timer.scheduled() == 1);
        timer.advance(Duration.ofSeconds(10));
        await().until(() -> timer.scheduled() == 1);
        timer.advance(Duration.ofSeconds(1));
        await().until(() -> server.count("create", "pods") == 2);
        assertThat(server.count("list", "pods")).isEqualTo(1);
        hold.end();
        Pod used = boot.join();
        await().until(() -> pods().size() == 2);
        await().until(() -> timer.isScheduledIn(Duration.ofSeconds(35)));
        timer.advance(Duration.ofSeconds(35));
        await().until(() -> pods().size() == 1);
        assertThat(pods().get(0).getMetadata().getUid())
                .isEqualTo(used.getMetadata().getUid());
    }

    // A quota that is used up

    /** The first attempt is answered, late. */
    private CompletableFuture<Pod> createUpToTheLastAttempt() {
        Fault slow = server.holdWhen(is("create", "pods"));
        server.failNext(1, is("create", "pods"), 403, FULL);
        CompletableFuture<Pod> boot = create(PATIENCE);
        await().until(() -> slow.hits() == 1);
        timer.advance(PATIENCE.minus(LEFT));
        slow.end();
        await().until(() -> timer.scheduled() == 1 && timer.isScheduledIn(LEFT));
        assertThat(boot).isNotDone();
        return boot;
    }

    private static void assertTellsOfQuota(CompletableFuture<Pod> boot) {
        assertThat(boot)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(ApiException.class)
                .withMessageContaining("exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5")
                .satisfies(failure -> {
                    assertThat(((ApiException) failure).kind()).isEqualTo(Kind.QUOTA);
                    assertThat(((ApiException) failure).isPermanent()).isFalse();
                });
    }

    @Test
    void a_quota_that_does_not_clear_is_told_when_patience_ends() {
        CompletableFuture<Pod> boot = createUpToTheLastAttempt();
        server.failWhen(is("create", "pods"), 403, FULL);

        timer.advance(LEFT);

        assertTellsOfQuota(boot);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void a_last_attempt_that_is_cut_short_does_not_hide_what_the_server_has_said() {
        CompletableFuture<Pod> boot = createUpToTheLastAttempt();
        Fault hold = server.holdWhen(is("create", "pods"));
        timer.advance(LEFT);
        await().until(() -> hold.hits() == 1);

        // The least that an attempt gets.
        timer.advance(Duration.ofSeconds(1));

        assertTellsOfQuota(boot);
        hold.end();
    }

    @Test
    void a_pod_without_trouble_is_not_looked_for() {
        create().join();
        await().until(() -> timer.scheduled() == 0);
        assertThat(server.requests()).hasSize(1);
    }
}
