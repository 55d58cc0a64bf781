package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.backend.Backend;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testkit.LeakCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the tests of a pool's behaviour share: builders, waiting, and the check that nothing is left behind. */
abstract class PoolTests {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final List<FlamePool> started = new ArrayList<>();

    /** A builder with a name of its own, on threads of this JVM. */
    static FlamePoolBuilder local() {
        return on(LocalBackend.create());
    }

    /** A builder with a name of its own, on small JVMs. */
    static FlamePoolBuilder processes() {
        return on(ProcessBackend.builder().heap("64m").build());
    }

    static FlamePoolBuilder on(Backend backend) {
        return FlamePool.builder("test-" + NUMBERS.incrementAndGet()).backend(backend);
    }

    /** Builds a pool that is ended after the test. */
    FlamePool start(FlamePoolBuilder builder) {
        FlamePool pool = builder.build();
        started.add(pool);
        return pool;
    }

    @AfterEach
    void endAll() {
        started.forEach(FlamePool::shutdownNow);
    }

    static void assertNothingLeftOf(String pool) {
        eventually(() -> assertThat(threadsOf(pool)).isEmpty());
    }

    static Set<String> threadsOf(String pool) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("flame4j-" + pool + "-"))
                .collect(Collectors.toSet());
    }

    /** Waits until the assertion holds. */
    static void eventually(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(assertion);
    }

    /** Runs something that blocks, on a thread of its own. */
    static <T> Background<T> inBackground(Callable<T> work) {
        return new Background<>(work);
    }

    /** A thread and what comes of it. */
    static final class Background<T> {
        private final java.util.concurrent.FutureTask<T> task;
        private final Thread thread;

        private Background(Callable<T> work) {
            task = new java.util.concurrent.FutureTask<>(work);
            thread = new Thread(task, "test-background");
            thread.setDaemon(true);
            thread.start();
        }

        Thread thread() {
            return thread;
        }

        boolean isDone() {
            return task.isDone();
        }

        T get() throws Exception {
            return task.get(60, TimeUnit.SECONDS);
        }

        /** What it threw. */
        Throwable failure() throws Exception {
            try {
                T value = get();
                throw new AssertionError("no failure, but " + value);
            } catch (java.util.concurrent.ExecutionException e) {
                return e.getCause();
            }
        }
    }
}
