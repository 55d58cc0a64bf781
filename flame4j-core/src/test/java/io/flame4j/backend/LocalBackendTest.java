package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RemoteTask;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerInitializer;
import io.flame4j.TaskSerializationException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runners on threads of this JVM, with a real pool. */
@Timeout(60)
class LocalBackendTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final BlockingQueue<Object> RECEIVED = new LinkedBlockingQueue<>();
    private static volatile CountDownLatch latch = new CountDownLatch(1);

    private FlamePool pool;

    private FlamePool start(LocalBackend backend) {
        RECEIVED.clear();
        latch = new CountDownLatch(1);
        pool = FlamePool.builder("local-backend-" + NUMBERS.incrementAndGet())
                .backend(backend)
                .max(2)
                .build();
        return pool;
    }

    @AfterEach
    void close() {
        if (pool != null) {
            pool.shutdownNow();
            Awaitility.await()
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().startsWith("flame4j-" + pool.name() + "-")));
        }
    }

    /** Serializable in name only. */
    private static final class Stuck implements Serializable {
        private static final long serialVersionUID = 1L;
        private final Object lock = new Object();
        private int uses;
    }

    @Test
    void tasksMakeTheTripThroughBytes() {
        start(LocalBackend.create());
        List<String> list = new ArrayList<>(List.of("a"));
        assertThat(pool.<Boolean, RuntimeException>call(() -> list.add("b"))).isTrue();
        assertThat(list).containsExactly("a");
        Stuck stuck = new Stuck();
        assertThatThrownBy(() -> pool.call(() -> stuck.uses++)).isInstanceOf(TaskSerializationException.class);
    }

    @Test
    void theProcessIsNoRunner() {
        start(LocalBackend.create());
        assertThat(pool.<Boolean, RuntimeException>call(
                        () -> FlameParent.current().isPresent()))
                .isFalse();
        assertThat(pool.call(() -> RunnerContext.current().runnerId())).startsWith(pool.name());
        assertThat(LocalBackend.create().name()).isEqualTo("local");
        assertThat(LocalBackend.create().bootParallelism()).isEqualTo(10);
    }

    @Test
    void withoutSerializationValuesAreHandedOver() {
        assertThat(LocalBackend.create().isSerializing()).isTrue();
        start(LocalBackend.create().serialization(false));
        Stuck stuck = new Stuck();
        List<Object> progress = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            List<Object> input = new ArrayList<>();
            Object result = pool.call(
                    (RemoteTask<Object, RuntimeException>) () -> {
                        stuck.uses++;
                        input.add(stuck);
                        RunnerContext.current().progress((Serializable) input);
                        return input;
                    },
                    CallOptions.defaults().onProgress(progress::add));
            assertThat(result).isSameAs(input);
            assertThat(input).containsExactly(stuck);
            assertThat(stuck.uses).isEqualTo(i);
            assertThat(progress.get(i - 1)).isSameAs(input);
        }
        Object notSerializable = new Object();
        RECEIVED.add(notSerializable);
        assertThat(pool.<Object, RuntimeException>call(RECEIVED::poll)).isSameAs(notSerializable);
    }

    public static final class Broken implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {
            throw new IllegalStateException("no licence");
        }
    }

    @Test
    void aFailedInitializerFailsTheBootForGood() {
        FlamePool broken = FlamePool.builder("local-backend-broken")
                .backend(LocalBackend.create())
                .initializer(Broken.class)
                .build();
        try (broken) {
            assertThatThrownBy(() -> broken.call(() -> 1))
                    .isInstanceOf(RunnerBootException.class)
                    .hasMessageContaining("no licence");
        }
    }

    @Test
    void closingThePoolLeavesNoThreads() {
        start(LocalBackend.create());
        pool.cast(() -> latch.await());
        pool.call(() -> 1);
        pool.shutdownNow();
    }
}
