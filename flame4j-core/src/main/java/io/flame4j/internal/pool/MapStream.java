package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.MapOptions;
import io.flame4j.MapResult;
import io.flame4j.PoolSaturatedException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Results of a map as they finish, pulled by one reading thread, which also submits: inputs that are queued, running or
 * done but not read yet are never more than the window.
 */
final class MapStream<I extends @Nullable Object, O extends @Nullable Object>
        extends Spliterators.AbstractSpliterator<MapResult<I, O>> {

    private final String pool;
    private final Iterator<? extends I> inputs;
    private final MapOptions options;
    private final MapCalls<I, O> calls;
    private final int window;
    private final LinkedBlockingQueue<Finished<I, O>> done = new LinkedBlockingQueue<>();
    private final Set<CompletableFuture<O>> inFlight = ConcurrentHashMap.newKeySet();
    private long submitted;
    private long read;

    /** A result that was not read yet, and the call that it comes from, if it came to one. */
    private record Finished<I extends @Nullable Object, O extends @Nullable Object>(
            MapResult<I, O> result, @Nullable AsyncCall<O> call) {

        /** Gives back what the result keeps. */
        void throwAway() {
            if (call != null) {
                call.letGo();
            }
        }
    }

    private volatile boolean closed;

    /** An input that found the pool's queue full, of calls of this map at least in part: it is tried again later. */
    private @Nullable I heldBack;

    private boolean holdsBack;

    /** Its call, which whoever closes this ends. */
    private volatile @Nullable Call heldBackCall;

    MapStream(String pool, Iterator<? extends I> inputs, MapOptions options, int window, MapCalls<I, O> calls) {
        super(Long.MAX_VALUE, Spliterator.NONNULL);
        this.pool = pool;
        this.inputs = inputs;
        this.options = options;
        this.window = window;
        this.calls = calls;
    }

    @Override
    public boolean tryAdvance(Consumer<? super MapResult<I, O>> action) {
        boolean room = true;
        while (room && !closed && submitted - read < window && (holdsBack || inputs.hasNext())) {
            room = submitNext();
        }
        if (closed || read == submitted) {
            return false;
        }
        MapResult<I, O> next;
        try {
            next = done.take().result();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(
                    "Pool '" + pool + "': the thread that read the results of a map was interrupted; its tasks have"
                            + " been too.",
                    null);
        }
        read++;
        long count = read;
        MapProgress.tell(pool, options, count);
        action.accept(next);
        return true;
    }

    /** Submits the next input; false when there is no room for it before another call has ended. */
    @SuppressWarnings("NullAway") // an input may be null when the type of the inputs says so
    private boolean submitNext() {
        I input = holdsBack ? heldBack : inputs.next();
        Call before = heldBackCall;
        Call call = null;
        holdsBack = false;
        heldBack = null;
        heldBackCall = null;
        try {
            call = before == null ? calls.make(input) : calls.again(before);
            submit(submitted, input, call);
        } catch (PoolSaturatedException e) {
            if (submitted > read) {
                holdBack(input, call);
                return false;
            }
            ended(call, e);
            done.add(new Finished<>(new MapResult<>(submitted, input, null, e), null));
        } catch (RuntimeException e) {
            // This input cannot travel, or the pool is closed: that is this input's result.
            done.add(new Finished<>(new MapResult<>(submitted, input, null, e), null));
        }
        submitted++;
        return true;
    }

    private void holdBack(I input, @Nullable Call call) {
        heldBack = input;
        holdsBack = true;
        heldBackCall = call;
        if (closed) {
            // Closed meanwhile by another thread, which may have missed it.
            ended(call, Call.cancellation());
        }
    }

    private static void ended(@Nullable Call call, RuntimeException why) {
        if (call != null) {
            call.ended(why);
        }
    }

    private void submit(long index, I input, Call made) {
        AsyncCall<O> call = calls.submit(made);
        inFlight.add(call);
        call.whenComplete((value, failure) -> {
            inFlight.remove(call);
            Finished<I, O> finished = new Finished<>(new MapResult<>(index, input, value, failure), call);
            done.add(finished);
            if (closed) {
                finished.throwAway();
            }
        });
        if (closed) {
            // Closed meanwhile by another thread, which may have missed this call.
            call.cancel(true);
        }
    }

    /** Cancels what is queued or running, and throws away what nobody has read. */
    void close() {
        closed = true;
        ended(heldBackCall, Call.cancellation());
        for (CompletableFuture<O> call : new ArrayList<>(inFlight)) {
            call.cancel(true);
        }
        // They stay where they are: a reader that waits must wake.
        done.forEach(Finished::throwAway);
    }
}
