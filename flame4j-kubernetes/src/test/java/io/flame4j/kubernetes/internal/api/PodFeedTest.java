package io.flame4j.kubernetes.internal.api;

import static io.flame4j.kubernetes.internal.api.ApiTests.LABELS;
import static io.flame4j.kubernetes.internal.api.ApiTests.NS;
import static io.flame4j.kubernetes.internal.api.ApiTests.is;
import static io.flame4j.kubernetes.internal.api.ApiTests.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import io.flame4j.testkit.LeakCheck;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PodFeedTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** The usual ones, but quicker. */
    private static final FeedTimes TIMES = new FeedTimes(
            Duration.ofSeconds(10),
            Duration.ofMillis(50),
            Duration.ofMillis(400),
            Duration.ofMillis(100),
            Duration.ofMinutes(2),
            Duration.ofSeconds(20),
            Duration.ofMillis(100),
            new Backoff(Duration.ofMillis(20), 2, Duration.ofMillis(200)));

    /** Believes in a denial so late that it does not matter how slow the machine is. */
    private static final FeedTimes PATIENT = new FeedTimes(
            TIMES.answer(),
            TIMES.listEvery(),
            TIMES.tryWatchEvery(),
            Duration.ofMinutes(1),
            TIMES.watchFor(),
            TIMES.overdue(),
            TIMES.proven(),
            TIMES.backoff());

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final FakeApiServer server = new FakeApiServer();
    private final KubernetesClient client = server.client();
    private final Recorder recorder = new Recorder();
    private @Nullable PodFeed feed;

    @AfterEach
    void close() {
        if (feed != null) {
            feed.close();
        }
        server.close();
    }

    /** Writes down what it is told, as {@code +name} and {@code -name}, and what the feed knows at that moment. */
    private static final class Recorder implements PodFeed.Listener {

        final List<String> events = new CopyOnWriteArrayList<>();
        final List<String> known = new CopyOnWriteArrayList<>();
        final AtomicReference<PodFeed> feed = new AtomicReference<>();

        @Override
        public void changed(Pod pod) {
            add("+" + pod.getMetadata().getName());
        }

        @Override
        public void gone(Pod lastKnown) {
            add("-" + lastKnown.getMetadata().getName());
        }

        private void add(String event) {
            events.add(event);
            PodFeed current = feed.get();
            if (current != null) {
                known.add(names(current));
            }
        }
    }

    private static String names(PodFeed feed) {
        return feed.pods().stream()
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private PodFeed open() {
        PodFeed opened = openUnsynced();
        try {
            opened.awaitSynced(LONG);
        } catch (ApiException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return opened;
    }

    private PodFeed openUnsynced() {
        PodFeed opened =
                PodFeed.open(client, new FeedLoop.Scope(NS, LABELS, new Identity("the tester", NS)), recorder, TIMES);
        feed = opened;
        recorder.feed.set(opened);
        return opened;
    }

    private Pod create(String name) {
        return client.resource(new PodBuilder(pod(name))
                        .editMetadata()
                        .withGenerateName(null)
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    private void delete(String name) {
        client.pods().inNamespace(NS).withName(name).withGracePeriod(0).delete();
    }

    private void touch(String name) {
        client.pods()
                .inNamespace(NS)
                .withName(name)
                .edit(before -> new PodBuilder(before)
                        .editMetadata()
                        .addToAnnotations("touched", Long.toString(System.nanoTime()))
                        .endMetadata()
                        .build());
    }

    private void awaitEvents(String... expected) {
        await().untilAsserted(() -> assertThat(recorder.events).containsExactly(expected));
    }

    /** A watch that was asked for before the fault is dropped; one that is about to open may be the first that fails. */
    private void dropWatch(Fault watches) {
        await().until(() -> server.dropWatches() > 0 || watches.hits() > 0);
    }

    private void awaitWatch() {
        await().until(() -> server.count("watch", "pods") > 0);
    }

    @Test
    void what_is_there_and_what_happens_is_told_in_order() throws Exception {
        create("a");
        create("b");
        client.pods()
                .resource(new PodBuilder(pod("other"))
                        .editMetadata()
                        .withNamespace(NS)
                        .withLabels(java.util.Map.of())
                        .endMetadata()
                        .build())
                .create();
        PodFeed opened = open();
        awaitEvents("+a", "+b");
        assertThat(names(opened)).isEqualTo("a b");
        create("c");
        touch("a");
        delete("b");
        awaitEvents("+a", "+b", "+c", "+a", "-b");
        assertThat(server.count("list", "pods")).isEqualTo(1);
        assertThat(server.count("watch", "pods")).isEqualTo(1);
    }

    @Test
    void what_the_listener_finds_is_what_is_true_after_the_events_so_far() throws Exception {
        CountDownLatch proceed = new CountDownLatch(1);
        List<String> seen = new CopyOnWriteArrayList<>();
        AtomicReference<PodFeed> self = new AtomicReference<>();
        PodFeed opened = PodFeed.open(
                client,
                new FeedLoop.Scope(NS, LABELS, new Identity("the tester", NS)),
                new PodFeed.Listener() {
                    @Override
                    public void changed(Pod pod) {
                        try {
                            proceed.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        seen.add(names(self.get()));
                    }

                    @Override
                    public void gone(Pod lastKnown) {
                        seen.add(names(self.get()));
                    }
                },
                TIMES);
        feed = opened;
        self.set(opened);
        opened.awaitSynced(LONG);
        awaitWatch();
        // All of that has happened in the server before the listener hears of the first.
        create("a");
        create("b");
        delete("a");
        create("c");
        proceed.countDown();
        await().untilAsserted(() -> assertThat(seen).containsExactly("a", "a b", "b", "b c"));
    }

    @Test
    void long_lists_come_in_parts_and_begin_anew_when_the_server_has_forgotten_the_rest() throws Exception {
        for (int i = 0; i < 1001; i++) {
            put("p" + i);
        }
        Fault held = server.holdWhen(request -> request.is("list", "pods")
                && request.parameters().containsKey("continue")
                && server.count("list", "pods") == 2);
        PodFeed opened = openUnsynced();
        await().until(() -> held.hits() == 1);
        assertThat(recorder.events).as("half a list tells nothing").isEmpty();
        server.compact();
        held.end();

        opened.awaitSynced(LONG);

        assertThat(opened.pods()).hasSize(1001);
        assertThat(recorder.events).hasSize(1001).doesNotHaveDuplicates();
        assertThat(server.requests())
                .filteredOn(request -> request.is("list", "pods"))
                .extracting(request -> request.parameters().containsKey("continue"))
                .containsExactly(false, true, false, true, true);
        assertThat(server.requests())
                .filteredOn(request -> request.is("list", "pods"))
                .allSatisfy(request -> assertThat(request.parameters()).containsEntry("limit", "500"));
        awaitWatch();
        create("last");
        await().untilAsserted(() -> assertThat(recorder.events).last().isEqualTo("+last"));
    }

    private void put(String name) {
        server.put(new PodBuilder(pod(name))
                .editMetadata()
                .withGenerateName(null)
                .withName(name)
                .endMetadata()
                .build());
    }

    @Test
    void a_lost_watch_goes_on_where_it_was_without_a_new_list() throws Exception {
        create("a");
        open();
        awaitWatch();
        for (int i = 0; i < 3; i++) {
            int watches = server.count("watch", "pods");
            await().until(() -> {
                server.dropWatches();
                return server.count("watch", "pods") > watches;
            });
            create("b" + i);
        }
        awaitEvents("+a", "+b0", "+b1", "+b2");
        assertThat(server.count("list", "pods")).isEqualTo(1);
    }

    @Test
    void a_version_that_has_expired_costs_a_list_and_tells_what_is_gone() throws Exception {
        create("a");
        create("b");
        open();
        awaitWatch();
        awaitEvents("+a", "+b");
        Fault noWatch = server.failWhen(is("watch", "pods"), 503, "starting");
        dropWatch(noWatch);
        delete("a");
        create("c");
        touch("b");
        server.compact();
        noWatch.end();
        awaitEvents("+a", "+b", "-a", "+c", "+b");
        assertThat(server.count("list", "pods")).isEqualTo(2);
    }

    @Test
    void a_server_that_restarts_is_found_again() throws Exception {
        create("a");
        PodFeed opened = open();
        awaitWatch();
        server.stop();
        assertThat(names(opened)).isEqualTo("a");
        server.start();
        create("b");
        awaitEvents("+a", "+b");
        delete("a");
        awaitEvents("+a", "+b", "-a");
        assertThat(server.count("list", "pods")).isEqualTo(1);
    }

    @Test
    void an_outage_is_told_once_and_so_is_its_end() throws Exception {
        create("a");
        open();
        awaitWatch();
        // A watch that has told something works, so that not its end is told, but that the next one is refused.
        create("b");
        awaitEvents("+a", "+b");
        try (StandardError error = new StandardError()) {
            Fault starting = server.failWhen(request -> true, 503, "starting");
            await().until(() -> {
                server.dropWatches();
                return starting.hits() > 8;
            });
            starting.end();
            await().until(() -> error.text().contains("The feed of runner pods is back"));
            assertThat(error.text().lines().filter(line -> line.contains("PodFeed")))
                    .hasSize(2)
                    .first()
                    .asString()
                    .contains("WARN")
                    .contains("The feed of runner pods is lost. The pods in namespace \"shop\" could not be watched")
                    .contains("starting");
        }
    }

    @Test
    void the_end_of_a_watch_that_lived_long_enough_is_no_outage_though_its_thread_was_late() throws Exception {
        JumpingClock clock = new JumpingClock();
        FeedTimes times = new FeedTimes(
                TIMES.answer(),
                TIMES.listEvery(),
                TIMES.tryWatchEvery(),
                TIMES.doubt(),
                TIMES.watchFor(),
                TIMES.overdue(),
                Duration.ofSeconds(30),
                TIMES.backoff());
        Fault denied = server.failWhen(is("watch", "pods"), 403, "User \"u\" cannot watch resource \"pods\"");
        PodFeed opened = PodFeed.open(
                client, new FeedLoop.Scope(NS, LABELS, new Identity("the tester", NS)), recorder, times, clock);
        feed = opened;
        await().atMost(LONG).until(opened::isListing);
        try (StandardError error = new StandardError()) {
            denied.end();
            // The feed knows that the watch is open, and waits for it to prove itself.
            await().atMost(LONG).until(() -> !opened.isListing());
            int watches = server.count("watch", "pods");
            clock.jump(Duration.ofSeconds(31));

            await().atMost(LONG).until(() -> server.dropWatches() > 0);

            await().atMost(LONG).until(() -> server.count("watch", "pods") > watches);
            assertThat(feedLines(error)).noneMatch(line -> line.contains("is lost"));
        }
    }

    @Test
    void a_server_that_comes_after_the_feed_is_found() throws Exception {
        server.stop();
        PodFeed opened = openUnsynced();
        // Until it has tried, it only knows that there is no list.
        await().atMost(LONG).untilAsserted(() -> {
            ApiException failure =
                    catchThrowableOfType(ApiException.class, () -> opened.awaitSynced(Duration.ofMillis(300)));
            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("could not be listed").hasMessageContaining(server.url());
        });
        server.start();
        opened.awaitSynced(LONG);
        create("a");
        awaitEvents("+a");
    }

    @Test
    void lists_that_fail_are_repeated() throws Exception {
        create("a");
        server.cutNext(1, is("list", "pods"));
        server.failNext(1, is("list", "pods"), 500, "etcd is slow");
        open();
        awaitEvents("+a");
    }

    // Rights

    @Test
    void without_the_right_to_list_it_says_so_at_once_and_goes_on_when_it_has_it() throws Exception {
        Fault denied = server.failWhen(
                is("list", "pods"), 403, "User \"system:serviceaccount:shop:app\" cannot list resource \"pods\"");
        PodFeed opened = openUnsynced();
        ApiException failure = catchThrowableOfType(ApiException.class, () -> opened.awaitSynced(LONG));
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure)
                .hasMessageContaining("service account \"app\" of namespace \"shop\" may not list pods")
                .hasMessageContaining("verbs: [\"list\"]");
        denied.end();
        create("a");
        awaitEvents("+a");
        opened.awaitSynced(LONG);
    }

    @Test
    void without_the_right_to_watch_it_lists_until_it_has_it() throws Exception {
        Fault denied = server.failWhen(
                is("watch", "pods"), 403, "User \"system:serviceaccount:shop:app\" cannot watch resource \"pods\"");
        create("a");
        PodFeed opened = open();
        await().until(opened::isListing);
        create("b");
        awaitEvents("+a", "+b");
        touch("a");
        delete("b");
        await().untilAsserted(() -> assertThat(recorder.events).contains("-b"));
        assertThat(names(opened)).isEqualTo("a");
        denied.end();
        await().until(() -> !opened.isListing());
        int lists = server.count("list", "pods");
        create("c");
        await().untilAsserted(() -> assertThat(recorder.events).last().isEqualTo("+c"));
        assertThat(server.count("list", "pods")).isEqualTo(lists);
    }

    @Test
    void a_denial_of_what_was_allowed_before_is_not_believed_at_once() throws Exception {
        create("a");
        PodFeed opened = open(recorder, PATIENT);
        opened.awaitSynced(LONG);
        awaitWatch();
        // What the watch has told says that it was allowed.
        create("x");
        awaitEvents("+a", "+x");
        Fault starting = server.failNext(2, is("watch", "pods"), 403, "no");
        await().until(() -> {
            server.dropWatches();
            return starting.hits() > 0;
        });
        create("b");
        awaitEvents("+a", "+x", "+b");
        assertThat(starting.hits()).isEqualTo(2);
        assertThat(opened.isListing()).isFalse();
        assertThat(server.count("list", "pods")).isEqualTo(1);
    }

    /** A server that starts has been seen to take more than ten seconds to read its roles. */
    @Test
    void a_denial_of_what_was_allowed_before_is_doubted_as_long_as_by_calls() throws Exception {
        JumpingClock clock = new JumpingClock();
        PodFeed opened = openWatching(FeedTimes.USUAL, clock);
        Fault denied = server.failWhen(is("watch", "pods"), 403, "no");
        dropWatch(denied);
        await().until(() -> denied.hits() > 0);
        clock.jump(Duration.ofSeconds(16));
        int hits = denied.hits();
        // The answer to the one before the last was given after the jump, and has been dealt with.
        await().until(() -> denied.hits() >= hits + 2 || opened.isListing());

        assertThat(opened.isListing()).isFalse();

        clock.jump(Duration.ofSeconds(15));
        await().atMost(LONG).until(opened::isListing);
    }

    @Test
    void what_a_server_denies_when_it_is_back_is_doubted_anew() throws Exception {
        JumpingClock clock = new JumpingClock();
        PodFeed opened = openWatching(PATIENT, clock);
        Fault away = denyAndGoAway();
        clock.jump(PATIENT.doubt());
        Fault starting = server.failNext(1, is("watch", "pods"), 403, "no");
        away.end();
        await().until(() -> starting.hits() > 0);

        create("c");

        awaitEvents("+a", "+b", "+c");
        assertThat(opened.isListing()).isFalse();
        assertThat(server.count("list", "pods")).isEqualTo(1);
    }

    @Test
    void a_denial_is_believed_in_the_end_though_the_server_is_away_again_and_again() throws Exception {
        JumpingClock clock = new JumpingClock();
        PodFeed opened = openWatching(PATIENT, clock);
        Fault away = denyAndGoAway();
        clock.jump(PATIENT.doubt().multipliedBy(4));
        server.failNext(1, is("watch", "pods"), 403, "no");
        away.end();

        await().atMost(LONG).until(opened::isListing);
    }

    /** A feed that is known to watch, with pods a and b. */
    private PodFeed openWatching(FeedTimes times, ApiTimer clock) throws Exception {
        create("a");
        PodFeed opened = open(times, clock);
        awaitWatch();
        create("b");
        awaitEvents("+a", "+b");
        return opened;
    }

    /** Ends the watch, denies the next, and is away from then on. */
    private Fault denyAndGoAway() {
        Fault ending = server.failNext(1, is("watch", "pods"), 403, "no");
        Fault away = server.failWhen(is("watch", "pods"), 503, "starting");
        dropWatch(ending);
        await().until(() -> away.hits() > 0);
        return away;
    }

    private PodFeed open(FeedTimes times, ApiTimer clock) throws Exception {
        PodFeed opened = PodFeed.open(
                client, new FeedLoop.Scope(NS, LABELS, new Identity("the tester", NS)), recorder, times, clock);
        feed = opened;
        opened.awaitSynced(LONG);
        return opened;
    }

    @Test
    void a_denial_of_what_was_allowed_before_is_believed_when_it_lasts_and_is_told_once() throws Exception {
        create("a");
        PodFeed opened = open();
        awaitWatch();
        awaitEvents("+a");
        try (StandardError error = new StandardError()) {
            Fault denied = server.failWhen(is("watch", "pods"), 403, "no");
            await().until(() -> {
                server.dropWatches();
                return opened.isListing();
            });
            create("b");
            awaitEvents("+a", "+b");
            int tries = denied.hits();
            int told = feedLines(error).size();
            await().until(() -> denied.hits() >= tries + 3);
            int lists = server.count("list", "pods");
            await().until(() -> server.count("list", "pods") > lists);
            assertThat(opened.isListing()).isTrue();
            assertThat(feedLines(error))
                    .as("the tries to watch that it makes now and then are no news")
                    .hasSizeLessThanOrEqualTo(told + 1)
                    .filteredOn(line -> line.contains("may not watch pods"))
                    .hasSizeLessThanOrEqualTo(2);
            assertThat(feedLines(error))
                    .filteredOn(line -> line.contains("is lost"))
                    .hasSizeLessThanOrEqualTo(1);
            denied.end();
        }
    }

    @Test
    void who_never_had_the_right_to_watch_is_told_once_which_verb_would_make_it_better() throws Exception {
        try (StandardError error = new StandardError()) {
            Fault denied = server.failWhen(
                    is("watch", "pods"), 403, "User \"system:serviceaccount:shop:app\" cannot watch resource \"pods\"");
            PodFeed opened = open();
            await().until(() -> denied.hits() >= 4);
            assertThat(opened.isListing()).isTrue();
            assertThat(feedLines(error)).singleElement().asString().contains("WARN", "may not watch pods");
            assertThat(error.text()).containsOnlyOnce("verbs: [\"watch\"]");
        }
    }

    private static List<String> feedLines(StandardError error) {
        return error.text().lines().filter(line -> line.contains("PodFeed")).toList();
    }

    @Test
    void lists_instead_of_watches_ask_the_servers_cache() throws Exception {
        server.failWhen(is("watch", "pods"), 403, "no");
        create("a");
        open();
        await().until(() -> server.count("list", "pods") > 3);
        assertThat(server.requests())
                .filteredOn(request -> request.is("list", "pods"))
                .satisfies(lists -> {
                    assertThat(lists.get(0).parameters()).doesNotContainKey("resourceVersion");
                    assertThat(lists.subList(1, lists.size()))
                            .allSatisfy(list -> assertThat(list.parameters()).containsKey("resourceVersion"));
                });
    }

    @Test
    void rejected_credentials_are_tried_until_they_are_accepted() throws Exception {
        create("a");
        open();
        awaitWatch();
        Fault rejected = server.failWhen(is("watch", "pods"), 401, "Unauthorized");
        dropWatch(rejected);
        await().until(() -> rejected.hits() > 2);
        rejected.end();
        create("b");
        awaitEvents("+a", "+b");
    }

    // Listeners

    @Test
    void a_listener_that_fails_is_told_the_next_thing() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        PodFeed opened = PodFeed.open(
                client,
                new FeedLoop.Scope(NS, LABELS, new Identity("the tester", NS)),
                new PodFeed.Listener() {
                    @Override
                    public void changed(Pod pod) {
                        told.add(pod.getMetadata().getName());
                        throw new IllegalStateException("this is part of the test");
                    }

                    @Override
                    public void gone(Pod lastKnown) {
                        told.add("-");
                        throw new AssertionError("this is part of the test");
                    }
                },
                TIMES);
        feed = opened;
        create("a");
        await().until(() -> told.contains("a"));
        delete("a");
        create("b");
        await().untilAsserted(() -> assertThat(told).containsExactly("a", "-", "b"));
    }

    @Test
    void closing_ends_the_thread_and_the_news() throws Exception {
        PodFeed opened = open();
        awaitWatch();
        opened.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("flame4j-feed-" + NS);
        create("a");
        assertThat(recorder.events).isEmpty();
        assertThat(catchThrowableOfType(
                        ApiException.class, () -> PodFeedTest.this.openClosed().awaitSynced(LONG)))
                .hasMessageContaining("was closed");
    }

    private PodFeed openClosed() {
        server.stop();
        PodFeed opened = openUnsynced();
        opened.close();
        return opened;
    }

    /** A listener's failure stands for all that the feed's code cannot foresee: the feed catches fewer from listeners. */
    @Test
    void what_nobody_expects_costs_a_list_and_not_the_feed() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        List<String> seen = new CopyOnWriteArrayList<>();
        PodFeed opened = open(new PodFeed.Listener() {
            @Override
            public void changed(Pod pod) {
                seen.add("+" + pod.getMetadata().getName());
                if (pod.getMetadata().getName().startsWith("bad")) {
                    failures.incrementAndGet();
                    throw new StackOverflowError("of the test");
                }
            }

            @Override
            public void gone(Pod lastKnown) {
                seen.add("-" + lastKnown.getMetadata().getName());
            }
        });
        opened.awaitSynced(LONG);
        awaitWatch();
        create("bad-1");
        await().until(() -> server.count("list", "pods") == 2);
        create("a");
        await().untilAsserted(() -> assertThat(seen).containsExactly("+bad-1", "+a"));
        await().until(() -> server.count("watch", "pods") == 2);
        create("bad-2");
        create("b");
        await().untilAsserted(() -> assertThat(seen).containsExactly("+bad-1", "+a", "+bad-2", "+b"));
        assertThat(failures).hasValue(2);
        assertThat(names(opened)).isEqualTo("a b bad-1 bad-2");
    }

    @Test
    void full_lists_have_a_beginning_and_an_end() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        PodFeed.Listener listener = new PodFeed.Listener() {
            @Override
            public void changed(Pod pod) {
                seen.add("+" + pod.getMetadata().getName());
            }

            @Override
            public void gone(Pod lastKnown) {
                seen.add("-" + lastKnown.getMetadata().getName());
            }

            @Override
            public void listBegins() {
                seen.add("(");
            }

            @Override
            public void listed() {
                seen.add(")");
            }
        };
        create("a");
        create("b");
        open(listener).awaitSynced(LONG);
        assertThat(seen).containsExactly("(", "+a", "+b", ")");
        awaitWatch();
        Fault noWatch = server.failWhen(is("watch", "pods"), 503, "starting");
        dropWatch(noWatch);
        delete("a");
        create("c");
        server.compact();
        noWatch.end();
        await().untilAsserted(() -> assertThat(seen).containsExactly("(", "+a", "+b", ")", "(", "-a", "+c", ")"));
    }

    @Test
    void lists_instead_of_watches_have_a_beginning_and_an_end_too() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        server.failWhen(is("watch", "pods"), 403, "User \"u\" cannot watch resource \"pods\"");
        open(new PodFeed.Listener() {
                    @Override
                    public void changed(Pod pod) {
                        seen.add("+" + pod.getMetadata().getName());
                    }

                    @Override
                    public void gone(Pod lastKnown) {}

                    @Override
                    public void listBegins() {
                        seen.add("(");
                    }

                    @Override
                    public void listed() {
                        seen.add(")");
                    }
                })
                .awaitSynced(LONG);
        create("a");
        await().until(() -> seen.contains("+a") && seen.size() > 8);
        assertThat(String.join("", seen)).matches("(\\(\\))+\\(\\+a\\)(\\(\\))*\\(?");
    }

    private PodFeed open(PodFeed.Listener listener) {
        return open(listener, TIMES);
    }

    private PodFeed open(PodFeed.Listener listener, FeedTimes times) {
        PodFeed opened =
                PodFeed.open(client, new FeedLoop.Scope(NS, LABELS, new Identity("the tester", NS)), listener, times);
        feed = opened;
        return opened;
    }

    @Test
    void a_listener_may_close_its_feed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        AtomicReference<PodFeed> self = new AtomicReference<>();
        PodFeed opened = PodFeed.open(
                client,
                new FeedLoop.Scope(NS, LABELS, new Identity("the tester", NS)),
                new PodFeed.Listener() {
                    @Override
                    public void changed(Pod pod) {
                        await().until(() -> self.get() != null);
                        self.get().close();
                        closed.countDown();
                    }

                    @Override
                    public void gone(Pod lastKnown) {}
                },
                TIMES);
        self.set(opened);
        create("a");
        closed.await();
        opened.close();
    }

    @Test
    void a_thousand_changes_come_complete_and_in_order() throws Exception {
        open();
        awaitWatch();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            create("p" + i);
            expected.add("+p" + i);
            touch("p" + i);
            expected.add("+p" + i);
            if (i % 2 == 0) {
                delete("p" + i);
                expected.add("-p" + i);
            }
            if (i % 50 == 25) {
                server.dropWatches();
            }
        }
        await().atMost(LONG).untilAsserted(() -> assertThat(recorder.events).containsExactlyElementsOf(expected));
        assertThat(server.count("list", "pods")).isEqualTo(1);
    }
}
