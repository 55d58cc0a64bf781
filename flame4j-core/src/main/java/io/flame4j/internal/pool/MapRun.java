package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.FlameException;
import io.flame4j.MapFailedException;
import io.flame4j.MapOptions;
import io.flame4j.PoolSaturatedException;
import io.flame4j.TaskSerializationException;
import io.flame4j.internal.closure.FailureDecoder;
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
import org.jspecify.annotations.Nullable;

/**
 * One {@code map}: the calling thread submits as the window and the pool's queue allow, and then waits for all.
 * {@code this} guards what the completions write.
 */
final class MapRun<I extends @Nullable Object, O extends @Nullable Object> {

    private final String pool;
    private final MapOptions options;
    private final MapCalls<I, O> calls;
    private final int window;
    private final Semaphore permits;
    private final Set<CompletableFuture<O>> inFlight = ConcurrentHashMap.newKeySet();

    private final @Nullable Object[] values;
    private final TreeMap<Integer, Throwable> failures = new TreeMap<>();
    /** In time, not by index. */
    private @Nullable Throwable first;

    private int firstIndex;
    private long completed;

    /** Those whose results keep a slot: nobody could give it back once the results are thrown away. */
    private final List<AsyncCall<O>> keeping = new ArrayList<>();

    private boolean thrownAway;

    MapRun(String pool, int inputs, MapOptions options, int window, MapCalls<I, O> calls) {
        this.pool = pool;
        this.options = options;
        this.calls = calls;
        this.window = window;
        this.permits = new Semaphore(window);
        this.values = new @Nullable Object[inputs];
    }

    /** Runs all; throws the first failure as it is, but for a suppressed exception that says which input it was. */
    List<O> run(Collection<? extends I> inputs) {
        try {
            int index = 0;
            for (I input : inputs) {
                permits.acquire();
                if (hasFailed()) {
                    permits.release();
                    break;
                }
                submitWhenThereIsRoom(index++, input);
            }
            permits.acquire(window);
        } catch (InterruptedException e) {
            cancelAll();
            throwAway();
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(
                    "Pool '" + pool + "': the thread that waited for a map was interrupted; its tasks have been too.",
                    null);
        } catch (RuntimeException | Error e) {
            cancelAll();
            throwAway();
            throw e;
        }
        return result();
    }

    private void submitWhenThereIsRoom(int index, I input) throws InterruptedException {
        Call call;
        try {
            call = calls.make(input);
        } catch (TaskSerializationException e) {
            if (!options.isCollectFailures()) {
                e.addSuppressed(whichInput(index));
                throw e;
            }
            completed(index, null, null, e);
            permits.release();
            return;
        }
        while (true) {
            long before = completed();
            try {
                submit(index, call);
                return;
            } catch (PoolSaturatedException e) {
                // The queue may be full of this map's own calls: then the next one waits its turn here.
                if (!awaitAnotherEnd(before, call)) {
                    call.ended(e);
                    throw e;
                }
                call = calls.again(call);
            }
        }
    }

    private synchronized long completed() {
        return completed;
    }

    /** Waits until a call has ended since then; false when none is left that could. */
    private synchronized boolean awaitAnotherEnd(long before, Call waiting) throws InterruptedException {
        try {
            while (completed == before && !inFlight.isEmpty()) {
                wait();
            }
            return completed != before;
        } catch (InterruptedException e) {
            waiting.ended(Call.cancellation());
            throw e;
        }
    }

    private void submit(int index, Call made) {
        AsyncCall<O> call = calls.submit(made);
        inFlight.add(call);
        call.whenComplete((value, failure) -> {
            if (failure == null && call.keepsSlot()) {
                keep(call);
            }
            completed(index, call, value, failure);
            permits.release();
        });
        if (hasFailed()) {
            // The failure came after it was last looked for, and its cancelling may have missed this call.
            call.cancel(true);
        }
    }

    private void completed(
            int index, @Nullable AsyncCall<O> call, @Nullable Object value, @Nullable Throwable failure) {
        boolean cancelRest = false;
        synchronized (this) {
            if (call != null) {
                // In one step with the counting, or whoever waits for another end looks for it in vain.
                inFlight.remove(call);
            }
            values[index] = value;
            if (failure != null) {
                failures.put(index, failure);
                if (first == null) {
                    first = failure;
                    firstIndex = index;
                    cancelRest = !options.isCollectFailures();
                }
            }
            completed++;
            notifyAll();
            MapProgress.tell(pool, options, completed);
        }
        if (cancelRest) {
            cancelAll();
        }
    }

    private void keep(AsyncCall<O> call) {
        boolean late;
        synchronized (this) {
            late = thrownAway;
            keeping.add(call);
        }
        if (late) {
            call.letGo();
        }
    }

    /** There will be no results: lets go of what they hold. */
    private void throwAway() {
        List<AsyncCall<O>> all;
        synchronized (this) {
            thrownAway = true;
            all = List.copyOf(keeping);
        }
        all.forEach(AsyncCall::letGo);
    }

    private synchronized boolean hasFailed() {
        return first != null && !options.isCollectFailures();
    }

    private void cancelAll() {
        for (CompletableFuture<O> call : new ArrayList<>(inFlight)) {
            call.cancel(true);
        }
    }

    private List<O> result() {
        Throwable failure = failure();
        if (failure != null) {
            throwAway();
            throw Unchecked.rethrow(failure);
        }
        return values();
    }

    /** What the map is to throw, all calls having ended. */
    private synchronized @Nullable Throwable failure() {
        Throwable failure = first;
        if (failure == null) {
            return null;
        }
        if (!options.isCollectFailures()) {
            failure.addSuppressed(whichInput(firstIndex));
            return failure;
        }
        Map.Entry<Integer, Throwable> lowest = failures.firstEntry();
        return new MapFailedException(
                "Pool '" + pool + "': " + failures.size() + " of " + values.length
                        + " calls of a map failed; the first, at index " + lowest.getKey() + ": " + lowest.getValue(),
                failures);
    }

    @SuppressWarnings("unchecked")
    private synchronized List<O> values() {
        return (List<O>) Collections.unmodifiableList(Arrays.asList(values));
    }

    /** Made by the thread that called map. Its frames are those that the failure ends with, if it came of a task. */
    private FlameException whichInput(int index) {
        FlameException note = new FlameException("Pool '" + pool + "': that was the input at index " + index
                + " (from 0) of a map of " + values.length + " inputs");
        note.setStackTrace(FailureDecoder.callerFrames(note));
        return note;
    }
}
