package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two pools that listen at one place. */
class SharedListenerTest extends PoolTests {

    /** Notes where runners were told to dial. */
    private record Noting(Backend backend, List<String> addresses) implements Backend {

        @Override
        public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
            addresses.add(Tickets.of(spec).address().toString());
            return backend.start(spec);
        }

        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public ListenAt listenAt() {
            return backend.listenAt();
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    private static Set<String> listeners() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.matches("flame4j-listener-\\d+"))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @EnumSource(names = {"PROCESS_TCP", "PROCESS_TLS"})
    void twoPoolsServeSideBySideAndEndOneByOne(Backends backend) throws Exception {
        List<String> addresses = new CopyOnWriteArrayList<>();
        FlamePool lively =
                start(on(new Noting(backend.create(), addresses)).min(1).max(1).heartbeat(Duration.ofSeconds(1)));
        FlamePool calm =
                start(on(new Noting(backend.create(), addresses)).min(1).max(1).heartbeat(Duration.ofMinutes(1)));
        assertThat(addresses).hasSize(2);
        assertThat(addresses.get(0)).isEqualTo(addresses.get(1));
        assertThat(listeners()).hasSize(1);

        long pidOfLively = lively.call(Jobs::pid);
        long pidOfCalm = calm.call(Jobs::pid);
        assertThat(pidOfLively).isNotEqualTo(pidOfCalm);

        // Frozen, the runner of the one is soon missed; that of the other is not.
        Processes.freeze(pidOfLively);
        Processes.freeze(pidOfCalm);
        CompletableFuture<Long> missed = lively.callAsync(Jobs::pid);
        CompletableFuture<Long> waiting = calm.callAsync(Jobs::pid);
        try {
            assertThat(missed.get()).isNotEqualTo(pidOfLively);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(RunnerLostException.class);
        }
        assertThat(waiting.isDone()).isFalse();

        lively.close();
        assertThat(waiting.isDone()).isFalse();
        Processes.thaw(pidOfCalm);
        assertThat(waiting.get()).isEqualTo(pidOfCalm);
        assertThat(listeners()).hasSize(1);
        assertThat(calm.stats().calls().boots()).isEqualTo(1);

        FlamePool next = start(on(new Noting(backend.create(), addresses)).max(1));
        assertThat(next.<Long, RuntimeException>call(Jobs::pid)).isPositive();
        assertThat(addresses.get(addresses.size() - 1)).isEqualTo(addresses.get(0));
        next.close();
        calm.close();
        await().untilAsserted(() -> assertThat(listeners()).isEmpty());
    }
}
