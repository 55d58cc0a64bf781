package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;

class DeletesTest {

    private final Deletes deletes = new Deletes();

    /** Who waits for a future helps to run what depends on it, beside the thread that completes it. */
    @Test
    void who_has_waited_for_a_delete_finds_it_done_when_two_threads_end_it() throws Exception {
        int rounds = 100_000;
        SynchronousQueue<CompletableFuture<Void>> answered = new SynchronousQueue<>();
        ExecutorService server = Executors.newSingleThreadExecutor();
        try {
            var answering = server.submit(() -> {
                for (int i = 0; i < rounds; i++) {
                    answered.take().complete(null);
                }
                return null;
            });
            int begunTwice = 0;
            for (int i = 0; i < rounds; i++) {
                CompletableFuture<Void> done = new CompletableFuture<>();
                assertThat(deletes.begin(i, done, true)).isNull();
                answered.put(done);
                done.get();
                if (deletes.begin(i, new CompletableFuture<>(), true) == null) {
                    begunTwice++;
                }
            }
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
}
