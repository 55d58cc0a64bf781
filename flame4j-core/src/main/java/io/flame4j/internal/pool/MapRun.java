package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.MapFailedException;
import io.flame4j.MapOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code map}: the calling thread submits as the window allows and then waits for all. {@code this} guards what the
 * completions write.
 */
final class MapRun<I extends @Nullable Object, O extends @Nullable Object> {

    private static final Logger LOG = LoggerFactory.getLogger(MapRun.class);

    private final String pool;
    private final MapOptions options;
    private final Function<I, CompletableFuture<O>> submit;
    private final int window;
    private final Semaphore permits;
    private final Set<CompletableFuture<O>> inFlight = ConcurrentHashMap.newKeySet();

    private final @Nullable Object[] values;
    private final Map<Integer, Throwable> failures = new TreeMap<>();
    private @Nullable Throwable first;
    private long completed;

    MapRun(String pool, int inputs, MapOptions options, int window, Function<I, CompletableFuture<O>> submit) {
        this.pool = pool;
        this.options = options;
        this.submit = submit;
        this.window = window;
        this.permits = new Semaphore(window);
        this.values = new @Nullable Object[inputs];
    }

    /** Runs all; throws the first failure as it is. */
    List<O> run(Collection<? extends I> inputs) {
        try {
            int index = 0;
            for (I input : inputs) {
                permits.acquire();
                if (hasFailed()) {
                    break;
                }
                submit(index++, input);
            }
            permits.acquire(window);
        } catch (InterruptedException e) {
            cancelAll();
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(
                    "Pool '" + pool + "': the thread that waited for a map was interrupted; its tasks have been too.",
                    null);
        } catch (RuntimeException | Error e) {
            cancelAll();
            throw e;
        }
        return result();
    }

    private void submit(int index, I input) {
        CompletableFuture<O> call = submit.apply(input);
        inFlight.add(call);
        call.whenComplete((value, failure) -> {
            inFlight.remove(call);
            try {
                completed(index, value, failure);
            } finally {
                permits.release();
            }
        });
    }

    private void completed(int index, @Nullable Object value, @Nullable Throwable failure) {
        boolean cancelRest = false;
        synchronized (this) {
            values[index] = value;
            if (failure != null) {
                failures.put(index, failure);
                cancelRest = first == null && !options.isCollectFailures();
                first = first == null ? failure : first;
            }
            completed++;
            tell();
        }
        if (cancelRest) {
            cancelAll();
        }
    }

    /** Under the monitor, so that counts arrive in order. */
    private void tell() {
        try {
            options.onCompleted().ifPresent(listener -> listener.accept(completed));
        } catch (RuntimeException e) {
            LOG.error("Pool '{}': the listener of a map failed", pool, e);
        }
    }

    private synchronized boolean hasFailed() {
        return first != null && !options.isCollectFailures();
    }

    private void cancelAll() {
        for (CompletableFuture<O> call : new ArrayList<>(inFlight)) {
            call.cancel(true);
        }
    }

    @SuppressWarnings("unchecked")
    private synchronized List<O> result() {
        Throwable failure = first;
        if (failure == null) {
            return (List<O>) Collections.unmodifiableList(Arrays.asList(values));
        }
        if (!options.isCollectFailures()) {
            throw Rethrow.asIs(failure);
        }
        throw new MapFailedException(
                "Pool '" + pool + "': " + failures.size() + " of " + values.length
                        + " calls of a map failed; the first: " + failure,
                failures);
    }
}
