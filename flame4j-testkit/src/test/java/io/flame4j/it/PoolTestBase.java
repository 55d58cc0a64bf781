package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.PoolStats;
import io.flame4j.testkit.LeakCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A pool, a directory where its jobs leave their marks, and the check that nothing else is left in the end. */
abstract class PoolTestBase {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @TempDir
    Path directory;

    PoolWatch watch = new PoolWatch();

    FlamePool pool;

    FlamePool start(FlamePoolBuilder builder) {
        pool = builder.listener(watch).build();
        return pool;
    }

    @AfterEach
    void shutDown() {
        if (pool != null) {
            pool.shutdownNow();
        }
    }

    /** Runs {@link Jobs#hold} without waiting for it. */
    CompletableFuture<Long> hold(String job) {
        String where = directory.toString();
        return pool.callAsync(() -> Jobs.hold(where, job));
    }

    /** Runs so many holds of one job, and waits until all of them are running. */
    List<CompletableFuture<Long>> holdAll(String job, int count) {
        List<CompletableFuture<Long>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(hold(job));
        }
        Jobs.awaitRuns(directory, job, count);
        return calls;
    }

    /** Waits for a call that is to succeed. */
    static <T> T valueOf(CompletableFuture<T> call) {
        try {
            return call.get(Jobs.LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the call did not succeed: " + e, e);
        }
    }

    /** Waits for a call that is to fail. */
    static Throwable failureOf(CompletableFuture<?> call) {
        Throwable failure = call.handle((value, thrown) -> thrown)
                .orTimeout(Jobs.LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
        assertThat(failure).as("the failure of a call").isNotNull();
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    PoolStats awaitStats(String what, Predicate<PoolStats> condition) {
        return Awaitility.await(what)
                .atMost(Jobs.LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(pool::stats, condition);
    }

    /** The pool serves as many calls at a time as it was made for. */
    void assertServes(String job, int concurrency) {
        List<CompletableFuture<Long>> calls = holdAll(job, concurrency);
        Jobs.go(directory, job);
        calls.forEach(PoolTestBase::valueOf);
        assertThat(Jobs.runs(directory, job)).hasSize(concurrency);
        awaitStats("all slots to be free", stats -> stats.busySlots() == 0);
    }
}
