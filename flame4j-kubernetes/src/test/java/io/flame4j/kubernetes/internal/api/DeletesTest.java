package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DeletesTest {

    private static final Duration ENOUGH = Duration.ofSeconds(5);

    private final Deletes deletes = new Deletes();

    /**
     * Who waits for a future helps to run what depends on it, beside the thread that completes it. On a busy machine a round
     * can take milliseconds, hence the bound on the time.
     */
    @Test
    void who_has_waited_for_a_delete_finds_it_done_when_two_threads_end_it() throws Exception {
        int rounds = 100_000;
        long end = System.nanoTime() + ENOUGH.toNanos();
        CompletableFuture<Void> last = new CompletableFuture<>();
        SynchronousQueue<CompletableFuture<Void>> answered = new SynchronousQueue<>();
        ExecutorService server = Executors.newSingleThreadExecutor();
        try {
            var answering = server.submit(() -> {
                for (var next = answered.take(); next != last; next = answered.take()) {
                    next.complete(null);
                }
                return null;
            });
            int begunTwice = 0;
            for (int i = 0; i < rounds && System.nanoTime() - end < 0; i++) {
                CompletableFuture<Void> done = new CompletableFuture<>();
                assertThat(deletes.begin(i, done, true)).isNull();
                answered.put(done);
                done.get();
                if (deletes.begin(i, new CompletableFuture<>(), true) == null) {
                    begunTwice++;
                }
            }
            answered.put(last);
            answering.get();
            assertThat(begunTwice).isZero();
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void one_that_failed_is_begun_anew() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        assertThat(deletes.begin("r1", first, true)).isNull();
        assertThat(deletes.begin("r1", new CompletableFuture<>(), true)).isSameAs(first);

        first.completeExceptionally(new IllegalStateException("closed"));

        assertThat(deletes.underWay()).isZero();
        assertThat(deletes.begin("r1", new CompletableFuture<>(), true)).isNull();
    }

    @Test
    void one_that_may_be_needed_again_is_not_remembered() throws Exception {
        CompletableFuture<Void> first = new CompletableFuture<>();
        deletes.begin("r1", first, false);

        first.complete(null);

        assertThat(deletes.await(Duration.ZERO)).isTrue();
        assertThat(deletes.begin("r1", new CompletableFuture<>(), false)).isNull();
        assertThat(deletes.await(Duration.ZERO)).isFalse();
    }

    @Test
    void one_that_may_be_needed_again_is_begun_anew_by_who_is_back_before_it_is_counted_as_over() {
        assertThat(begunWhileEnding(false, first -> first.complete(null))).isTrue();
    }

    @Test
    void one_that_failed_is_begun_anew_by_who_is_back_before_it_is_counted_as_over() {
        assertThat(begunWhileEnding(true, first -> first.completeExceptionally(new IllegalStateException("closed"))))
                .isTrue();
    }

    @Test
    void one_that_is_done_for_good_is_not_begun_anew_before_it_is_counted_as_over() {
        assertThat(begunWhileEnding(true, first -> first.complete(null))).isFalse();
    }

    /** Begins another one when the first is completed, and before what the first has to do in the end is done. */
    private boolean begunWhileEnding(boolean once, Consumer<CompletableFuture<Void>> ending) {
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletableFuture<Void> second = new CompletableFuture<>();
        assertThat(deletes.begin("r1", first, once)).isNull();
        AtomicInteger counted = new AtomicInteger();
        AtomicBoolean begun = new AtomicBoolean();
        // Of the dependents of a future the last one comes first.
        var unused = first.whenComplete((nothing, failure) -> {
            counted.set(deletes.underWay());
            begun.set(deletes.begin("r1", second, once) == null);
        });

        ending.accept(first);

        assertThat(counted).as("under way at that moment").hasValue(1);
        assertThat(deletes.underWay()).isEqualTo(begun.get() ? 1 : 0);
        second.complete(null);
        assertThat(deletes.underWay()).isZero();
        return begun.get();
    }
}
